import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import sharp from 'sharp';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { DatasetError } from '../data/dataset.ts';
import { readImageFolder } from './imageFolder.ts';

const grey = (value: number) => sharp({ create: { width: 3, height: 3, channels: 3, background: { r: value, g: value, b: value } } });

/** PNG files of 3 x 3 pixels of one grey. */
const files = new Map<number, Buffer>();
beforeAll(async () => {
  for (const value of [10, 20, 30]) files.set(value, await grey(value).png().toBuffer());
});
const flat = (value: 10 | 20 | 30) => files.get(value) ?? Buffer.alloc(0);

describe('readImageFolder', () => {
  let folder = '';
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sparkmesh-images-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  async function write(files: Readonly<Record<string, Uint8Array>>): Promise<void> {
    for (const [name, content] of Object.entries(files)) {
      await mkdir(dirname(join(folder, name)), { recursive: true });
      await writeFile(join(folder, name), content);
    }
  }

  const read = (skipBroken = false) => readImageFolder(folder, { size: { width: 2, height: 2 }, channels: 1, skipBroken });

  test('takes every image for its folder, whatever it is called, and counts the litter that it leaves aside', async () => {
    await write({
      'cats/b.png': flat(20),
      'cats/a.PNG': flat(10),
      'cats/.DS_Store': Buffer.from('x'),
      'cats/thumbs.db': Buffer.from('x'),
      'ants/photo': await grey(128).webp({ lossless: true }).toBuffer(),
      'ants/DESKTOP.INI': Buffer.from('x'),
      '__MACOSX/cats/._a.PNG': Buffer.from('x'),
    });
    const { rows, reading } = await read();
    expect(rows).toEqual({
      kind: 'images',
      width: 2,
      height: 2,
      values: Uint8Array.of(128, 128, 128, 128, 10, 10, 10, 10, 20, 20, 20, 20),
      labels: ['ants', 'cats', 'cats'],
    });
    expect(reading).toMatchObject({
      kind: 'images',
      rows: 3,
      classes: [
        { name: 'ants', rows: 1 },
        { name: 'cats', rows: 2 },
      ],
      leftOut: [{ what: 'system file', count: 4 }],
    });
  });

  describe('with broken images', () => {
    beforeEach(() =>
      write({
        'cats/a.png': flat(10),
        'cats/cut.png': flat(10).subarray(0, 50),
        'cats/z.png': flat(20),
        'dogs/a.png': flat(30),
        'dogs/empty.png': Buffer.alloc(0),
        'dogs/notes.txt': Buffer.from('x'),
      }),
    );

    test('is refused naming all of them at once', async () => {
      const [cut, empty, notes] = ['cats/cut.png', 'dogs/empty.png', 'dogs/notes.txt'].map((path) => join(folder, path));
      await expect(read()).rejects.toThrow(
        new DatasetError(
          `3 of 6 images cannot be read: ${cut} (broken), ${empty} (empty), ${notes} (neither PNG, JPEG, WebP, GIF nor AVIF); save them ` +
            'again or move them away, or go on without them with --skip-broken.',
        ),
      );
    });

    test('goes on without them, when a person says so, and tells which', async () => {
      const { rows, reading } = await read(true);
      expect([...rows.values]).toEqual([10, 10, 10, 10, 20, 20, 20, 20, 30, 30, 30, 30]);
      expect(rows.labels).toEqual(['cats', 'cats', 'dogs']);
      expect(reading.leftOut).toEqual([
        { what: 'file', why: 'broken', count: 1, examples: [join(folder, 'cats/cut.png')] },
        { what: 'file', why: 'empty', count: 1, examples: [join(folder, 'dogs/empty.png')] },
        { what: 'file', why: 'neither PNG, JPEG, WebP, GIF nor AVIF', count: 1, examples: [join(folder, 'dogs/notes.txt')] },
      ]);
    });

    test('names no more than twenty', async () => {
      await write(Object.fromEntries(Array.from({ length: 30 }, (_, k) => [`cats/bad ${k}.png`, Buffer.alloc(0)])));
      await expect(read()).rejects.toThrow(/^33 of 36 images cannot be read: .* and 13 more; save them/);
    });

    test('is refused where a class has no others', async () => {
      await write({ 'foxes/a.png': Buffer.alloc(0) });
      await expect(read(true)).rejects.toThrow(/foxes has no image that can be read; put some in, or delete it\.$/);
    });
  });

  test.each<[string, Readonly<Record<string, Uint8Array>>, RegExp]>([
    [
      'an image beside the classes',
      { 'cats/a.png': Buffer.of(1), 'b.png': Buffer.of(2) },
      /b\.png lies beside the classes' folders; move it into one of them, or away\.$/,
    ],
    [
      'a folder inside a class',
      { 'cats/small/a.png': Buffer.of(1) },
      /cats\/small is a folder inside a class; move its images up, or it away\.$/,
    ],
    ['an empty class', { 'cats/.keep': Buffer.alloc(0) }, /cats is an empty class; put images in, or delete it\.$/],
  ])('refuses %s', async (_, files, sentence) => {
    await write(files);
    await expect(read()).rejects.toThrow(DatasetError);
    await expect(read()).rejects.toThrow(sentence);
  });

  test('refuses what is no folder', async () => {
    await expect(readImageFolder(join(folder, 'none'), { size: { width: 2, height: 2 }, channels: 1, skipBroken: true })).rejects.toThrow(
      /none is not a folder that can be read; check its name\.$/,
    );
  });
});
