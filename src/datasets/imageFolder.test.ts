import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { encode as encodeJpeg } from 'jpeg-js';
import { PNG } from 'pngjs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { DatasetError } from '../data/dataset.ts';
import { readGreyImage, resize } from './greyImage.ts';
import { readImageFolder } from './imageFolder.ts';
import type { Size } from '../data/formats/labelledRows.ts';

type Pixel = readonly [red: number, green: number, blue: number, alpha: number];
const grey = (value: number): Pixel => [value, value, value, 255];

const rgba = (pixels: readonly Pixel[]) => Buffer.from(pixels.flat());

function png({ width, height }: Size, pixels: readonly Pixel[], options: { colorType?: 0 | 2 | 4 | 6; bitDepth?: 8 | 16 } = {}): Buffer {
  const image = new PNG({ width, height });
  // Of 16 bits the encoder wants two bytes a value.
  image.data = options.bitDepth === 16 ? Buffer.from(Uint16Array.from(pixels.flat(), (value) => 257 * value).buffer) : rgba(pixels);
  return PNG.sync.write(image, options);
}

const jpeg = ({ width, height }: Size, pixels: readonly Pixel[]) => encodeJpeg({ width, height, data: rgba(pixels) }, 100).data;

const size = (width: number, height: number): Size => ({ width, height });

/** Red, green, blue; black, grey, white; and transparent twice. */
const palette: readonly Pixel[] = [
  [255, 0, 0, 255],
  [0, 255, 0, 255],
  [0, 0, 255, 255],
  grey(0),
  grey(100),
  grey(255),
  [0, 0, 0, 0],
  [0, 0, 0, 51],
];

describe('readGreyImage', () => {
  test('weighs colours as the eye does, and puts what is transparent on white', () => {
    const bytes = readGreyImage(png(size(4, 2), palette), size(4, 2), 'a.png');
    expect(bytes).toEqual(Uint8Array.of(76, 150, 29, 0, 100, 255, 255, 204));
  });

  test.each([
    ['grey', { colorType: 0 }],
    ['without transparency', { colorType: 2 }],
    ['grey with transparency', { colorType: 4 }],
    ['of 16 bits', { colorType: 6, bitDepth: 16 }],
  ] as const)('reads a PNG %s', (_, options) => {
    const bytes = readGreyImage(png(size(3, 1), [grey(0), grey(100), grey(255)], options), size(3, 1), 'a.png');
    expect(bytes).toEqual(Uint8Array.of(0, 100, 255));
  });

  test('reads a PNG of few colours', () => {
    // 2 x 1, two colours, a bit each: white and black.
    const file = Buffer.from(
      'iVBORw0KGgoAAAANSUhEUgAAAAIAAAABAQMAAADO7O3JAAAABlBMVEUAAAD///+l2Z/dAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg==',
      'base64',
    );
    expect(readGreyImage(file, size(2, 1), 'a.png')).toEqual(Uint8Array.of(255, 0));
  });

  test('reads a JPEG, up to what its compression loses', () => {
    const pixels = Array.from({ length: 64 }, (_, i) => grey(i < 32 ? 40 : 200));
    const bytes = readGreyImage(jpeg(size(8, 8), pixels), size(8, 8), 'a.jpg');
    bytes.forEach((value, i) => expect(Math.abs(value - (i < 32 ? 40 : 200))).toBeLessThan(4));
  });

  const undecoded = 'a.png cannot be decoded: it is broken or has more than 50 million pixels; save it again, or move it away.';
  test.each<[string, Buffer, string]>([
    ['another kind of file', Buffer.from('GIF89a'), 'a.png is neither PNG nor JPEG; convert it, or move it away.'],
    ['an empty file', Buffer.alloc(0), 'a.png is neither PNG nor JPEG; convert it, or move it away.'],
    ['a PNG cut short', png(size(9, 9), Array(81).fill(grey(7))).subarray(0, 60), undecoded],
    ['a JPEG cut short', jpeg(size(64, 64), Array(4096).fill(grey(7))).subarray(0, 300), undecoded],
    // Its header alone, which says 60,000 x 60,000.
    ['an enormous PNG', Buffer.from('89504e470d0a1a0a0000000d494844520000ea600000ea60080600000000000000', 'hex'), undecoded],
  ])('refuses %s', (_, file, sentence) => {
    expect(() => readGreyImage(file, size(2, 2), 'a.png')).toThrow(new DatasetError(sentence));
  });
});

describe('resize', () => {
  const sizes = fc.record({ width: fc.integer({ min: 1, max: 12 }), height: fc.integer({ min: 1, max: 12 }) });

  test('keeps an image that has the size, and the mean of any', () => {
    fc.assert(
      fc.property(sizes, sizes, fc.infiniteStream(fc.integer({ min: 0, max: 255 })), (from, to, stream) => {
        const image = Float64Array.from({ length: from.width * from.height }, () => stream.next().value);
        const mean = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0) / values.length;
        expect(resize(image, from, from)).toEqual(image);
        const resized = resize(image, from, to);
        expect(resized).toHaveLength(to.width * to.height);
        expect(mean(resized)).toBeCloseTo(mean(image), 8);
        expect(Math.min(...resized)).toBeGreaterThanOrEqual(Math.min(...image) - 1e-9);
        expect(Math.max(...resized)).toBeLessThanOrEqual(Math.max(...image) + 1e-9);
      }),
    );
  });

  test('averages what falls into a pixel, by the part that does', () => {
    expect(resize(Float64Array.of(0, 10, 20, 30, 2, 12, 22, 32), size(4, 2), size(2, 1))).toEqual(Float64Array.of(6, 26));
    expect(resize(Float64Array.of(0, 30, 60), size(3, 1), size(2, 1))).toEqual(Float64Array.of(10, 50));
    const larger = resize(Float64Array.of(0, 30), size(1, 2), size(1, 3));
    [0, 15, 30].forEach((value, i) => expect(larger[i]).toBeCloseTo(value, 9));
  });
});

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

  const flat = (value: number) => png(size(3, 3), Array(9).fill(grey(value)));
  const two = size(2, 2);

  test('takes every image for its folder, whatever it is called, and leaves litter aside', async () => {
    await write({
      'cats/b.png': flat(20),
      'cats/a.PNG': flat(10),
      'cats/.DS_Store': Buffer.from('x'),
      'Thumbs.db': Buffer.from('x'),
      'ants/photo': jpeg(size(8, 8), Array(64).fill(grey(128))),
    });
    const rows = await readImageFolder(folder, two);
    expect(rows).toEqual({
      kind: 'images',
      width: 2,
      height: 2,
      values: Uint8Array.of(128, 128, 128, 128, 10, 10, 10, 10, 20, 20, 20, 20),
      labels: ['ants', 'cats', 'cats'],
    });
  });

  test.each<[string, Readonly<Record<string, Uint8Array>>, RegExp]>([
    [
      'a file that is no image',
      { 'cats/notes.txt': Buffer.from('x') },
      /cats\/notes\.txt is neither PNG nor JPEG; convert it, or move it away\.$/,
    ],
    [
      'an image beside the classes',
      { 'cats/a.png': flat(1), 'b.png': flat(2) },
      /b\.png lies beside the classes' folders; move it into one of them, or away\.$/,
    ],
    [
      'a folder inside a class',
      { 'cats/small/a.png': flat(1) },
      /cats\/small is a folder inside a class; move its images up, or it away\.$/,
    ],
    ['an empty class', { 'cats/.keep': Buffer.alloc(0) }, /cats is an empty class; put images in, or delete it\.$/],
  ])('refuses %s', async (_, files, sentence) => {
    await write(files);
    await expect(readImageFolder(folder, two)).rejects.toThrow(DatasetError);
    await expect(readImageFolder(folder, two)).rejects.toThrow(sentence);
  });

  test('refuses what is no folder', async () => {
    await expect(readImageFolder(join(folder, 'none'), two)).rejects.toThrow(/none is not a folder that can be read; check its name\.$/);
  });
});
