/** A person's own data in a real browser: read as Node reads it, kept over a reload, ended at will. */

import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Browser, Page } from 'playwright';
import sharp, { type Sharp } from 'sharp';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { formedImage, type ImageForm } from '../src/data/formats/formedImage.ts';
import { decodeImage } from '../src/datasets/decodeImage.ts';
import { projectRoot } from '../src/datasets/paths.ts';
import { defaultForm, type OwnForm } from '../src/own/ownData.ts';
import { launchBrowser } from '../src/runner/browser.ts';
import { CASES_FOLDER, folderCases, tableCases } from '../src/testing/cases.ts';
import type {} from './pages/own.ts';
import { servePages, type PagesServer } from './support/pages.ts';

let server: PagesServer;
let browser: Browser;
let page: Page;
let folder = '';

beforeAll(async () => {
  server = await servePages();
  browser = await launchBrowser();
  page = await browser.newPage();
  folder = await mkdtemp(join(tmpdir(), 'sparkmesh-own-'));
});

beforeEach(async () => {
  await page.goto(server.url('own'));
  await page.waitForFunction(() => 'own' in window);
  await page.evaluate(() => window.own.forget());
});

afterAll(async () => {
  await browser?.close();
  await server?.close();
  await rm(folder, { recursive: true });
});

const pathOf = (name: string) => join(projectRoot, CASES_FOLDER, name);
const read = (form: Partial<OwnForm> = {}) => page.evaluate((given) => window.own.read(given), form);

async function readFolder(path: string, form: Partial<OwnForm> = {}) {
  await page.setInputFiles('#folder', path);
  return read(form);
}

async function readFiles(paths: readonly string[], form: Partial<OwnForm> = {}) {
  await page.setInputFiles('#files', [...paths]);
  return read(form);
}

async function plant(files: Readonly<Record<string, Uint8Array>>): Promise<string> {
  const into = await mkdtemp(join(folder, 'given-'));
  for (const [name, bytes] of Object.entries(files)) {
    await mkdir(dirname(join(into, name)), { recursive: true });
    await writeFile(join(into, name), bytes);
  }
  return into;
}

describe('inputs that people really have', () => {
  it.each(Object.entries(tableCases))('%s is read as it is right', async (name, { label, right }) => {
    const message = await readFiles([pathOf(name)], { table: { ...defaultForm.table, label } });
    if (message.type !== 'read') throw new Error(JSON.stringify(message));
    const { rows, classes, columns, leftOut, dialect } = message.data.reading;
    expect({ rows, classes, columns, leftOut, encoding: dialect?.encoding, decimal: dialect?.decimal }).toEqual(right);
  });

  it.each(Object.entries(folderCases))('%s/ is read as it is right', async (name, { classes, leftOut }) => {
    const message = await readFolder(pathOf(name));
    if (message.type !== 'read') throw new Error(JSON.stringify(message));
    const { reading } = message.data;
    expect(reading.classes).toEqual(classes);
    const sorted = reading.leftOut.map((one) => ({ ...one, examples: one.examples.toSorted() }));
    expect(sorted).toHaveLength(leftOut.length);
    expect(sorted).toEqual(expect.arrayContaining(leftOut.map((one) => ({ ...one, count: one.examples.length }))));
  });
});

/** A photo's like: areas, edges and grain, in colour. */
function photo(width: number, height: number): Sharp {
  const at = (x: number, y: number) => [(255 * x) / width, (255 * y) / height, x % 40 < 20 === y % 30 < 15 ? 30 : 220];
  const grain = (k: number) => ((k * 7919) % 23) - 11;
  const data = Uint8Array.from({ length: width * height * 3 }, (_, k) => {
    const pixel = Math.floor(k / 3);
    return Math.min(255, Math.max(0, at(pixel % width, Math.floor(pixel / width))[k % 3]! + grain(k)));
  });
  return sharp(data, { raw: { width, height, channels: 3 } });
}

/** Files of every kind that a browser and sharp read. */
const common: Readonly<Record<string, () => Sharp>> = {
  'photo.jpg': () => photo(641, 480).jpeg({ quality: 85 }),
  'small.jpg': () => photo(20, 31).jpeg({ quality: 95, chromaSubsampling: '4:4:4' }),
  'progressive.jpg': () => photo(320, 240).jpeg({ progressive: true }),
  'grey.jpg': () => photo(200, 100).grayscale().jpeg(),
  'plain.png': () => photo(300, 200).png(),
  'clear.png': () => photo(64, 64).ensureAlpha(0.4).png(),
  'deep.png': () => photo(64, 48).toColourspace('rgb16').png(),
  'few.png': () => photo(90, 90).png({ palette: true, colours: 32 }),
  'photo.webp': () => photo(320, 200).webp({ quality: 80 }),
  'exact.webp': () => photo(50, 50).webp({ lossless: true }),
  'drawing.gif': () => photo(60, 80).gif(),
  'photo.avif': () => photo(160, 120).avif({ quality: 70 }),
  'wide.jpg': () => photo(300, 200).withIccProfile('p3').jpeg({ quality: 90 }),
  ...Object.fromEntries(
    [2, 3, 6, 8].map((orientation) => [`turned ${orientation}.jpg`, () => photo(120, 80).withMetadata({ orientation }).jpeg()]),
  ),
};

describe('images', () => {
  it.each([1, 3] as const)('with %d channels are those of Node within one level', async (channels) => {
    const files = Object.fromEntries(
      await Promise.all(Object.entries(common).map(async ([name, make]) => [`all/${name}`, await make().toBuffer()] as const)),
    );
    const form: ImageForm = { size: { width: 28, height: 24 }, channels };
    const given = await plant({ ...files, 'other/a.png': files['all/plain.png']! });
    const message = await readFolder(given, { image: form });
    expect(message).toMatchObject({ type: 'read', data: { reading: { leftOut: [] } } });
    const rows = await page.evaluate(() => window.own.rows());
    expect(rows).toHaveLength(Object.keys(common).length + 1);
    const apart: Record<string, number> = {};
    for (const { path, values } of rows) {
      const right = formedImage(await decodeImage(await readFile(join(given, path))), form);
      apart[path] = Math.max(...right.map((value, i) => Math.abs(value - values[i]!)));
    }
    expect(Object.fromEntries(Object.entries(apart).filter(([, most]) => !(most <= 1)))).toEqual({});
  });

  it('are taken from where a folder has its classes, and added to those that are there, none twice', async () => {
    const image = await photo(40, 40).png().toBuffer();
    const given = await plant({ 'my/set/cats/a.png': image, 'my/set/dogs/b.png': image, 'my/set/notes.txt': Buffer.from('x') });
    const first = await readFolder(given);
    expect(first).toMatchObject({
      type: 'read',
      data: {
        reading: {
          classes: [
            { name: 'cats', rows: 1 },
            { name: 'dogs', rows: 1 },
          ],
          leftOut: [{ what: 'file', why: 'lies beside the classes’ folders', examples: ['notes.txt'] }],
        },
      },
    });
    await page.reload();
    await page.waitForFunction(() => 'own' in window);
    expect(await readFiles([join(given, 'my/set/cats/a.png')])).toEqual({ type: 'asked', images: 1 });
    const more = await readFiles([join(given, 'my/set/cats/a.png'), join(given, 'my/set/dogs/b.png')], { looseClass: ' foxes ' });
    const again = await readFiles([join(given, 'my/set/cats/a.png'), join(given, 'my/set/dogs/b.png')], { looseClass: 'foxes' });
    for (const message of [more, again]) {
      expect(message).toMatchObject({
        data: {
          reading: {
            classes: [
              { name: 'cats', rows: 1 },
              { name: 'dogs', rows: 1 },
              { name: 'foxes', rows: 2 },
            ],
          },
        },
      });
    }
  });

  it('are refused where each lies in a folder of a folder', async () => {
    const image = await photo(8, 8).png().toBuffer();
    const given = await plant({ 'train/cats/a.png': image, 'test/cats/a.png': image });
    expect(await readFolder(given)).toMatchObject({
      type: 'refused',
      refusal: { message: expect.stringMatching(/^The images lie in folders inside folders, such as test\/cats\/a\.png; give the folder/) },
    });
  });

  it('that have been read stay when reading ends before its end, and only the others are read then', async () => {
    const image = await photo(640, 480).jpeg().toBuffer();
    const given = await plant(Object.fromEntries(Array.from({ length: 80 }, (_, k) => [`${'ab'[k % 2]}/${k}.jpg`, image])));
    await page.setInputFiles('#folder', given);
    await page.evaluate(() => window.own.readUntil(20));
    await page.reload();
    await page.waitForFunction(() => 'own' in window);
    const kept = await page.evaluate(() => window.own.kept());
    const done = kept?.stoppedAt?.done ?? 0;
    expect(kept).toMatchObject({ stoppedAt: { unit: 'images', total: 80 }, data: { reading: { rows: done } } });
    expect(done).toBeGreaterThanOrEqual(20);
    expect(done).toBeLessThan(80);
    const rows = await page.evaluate(() => window.own.rows());
    expect(rows.length).toBeGreaterThanOrEqual(done);
    const message = await readFolder(given);
    expect(message).toMatchObject({ type: 'read', data: { reading: { rows: 80, leftOut: [] } } });
    expect((await page.evaluate(() => window.own.rows())).length).toBe(80);
    expect(await page.evaluate(() => window.own.kept())).toMatchObject({ stoppedAt: null });
  });
});

function idx(code: number, sizes: readonly number[], values: readonly number[]): Buffer {
  const head = Buffer.alloc(4 + 4 * sizes.length);
  head.set([0, 0, code, sizes.length]);
  sizes.forEach((size, d) => head.writeUInt32BE(size, 4 * (d + 1)));
  return Buffer.concat([head, Buffer.from(values)]);
}

describe('files', () => {
  it('in IDX form are told apart, packed or not, and those for testing set aside', async () => {
    const images = idx(0x08, [2, 2, 2], [1, 2, 3, 4, 5, 6, 7, 8]);
    const labels = idx(0x08, [2], [7, 0]);
    const given = await plant({
      'train-labels-idx1-ubyte.gz': gzipSync(labels),
      'train-images-idx3-ubyte.gz': gzipSync(images),
      't10k-images-idx3-ubyte': images,
      't10k-labels-idx1-ubyte': labels,
    });
    const message = await readFiles((await readdir(given)).map((name) => join(given, name)));
    expect(message).toMatchObject({
      type: 'read',
      data: {
        kind: 'images',
        from: 'idx',
        form: { size: { width: 2, height: 2 }, channels: 1 },
        reading: { rows: 2, leftOut: [{ count: 2, examples: ['t10k-images-idx3-ubyte', 't10k-labels-idx1-ubyte'] }] },
      },
    });
  });

  it('of a table are kept, and meant in another way without being given again', async () => {
    await readFiles([pathOf('passengers.csv')]);
    await page.reload();
    await page.waitForFunction(() => 'own' in window);
    expect(await page.evaluate(() => window.own.kept())).toMatchObject({ data: { name: 'passengers.csv', form: { label: 'Survived' } } });
    const message = await read({ table: { ...defaultForm.table, label: 'Sex', leftOut: ['Fare'], categories: ['Pclass'] } });
    expect(message).toMatchObject({
      data: {
        titles: ['Survived', 'Pclass', 'Sex', 'Age', 'Fare'],
        reading: { columns: [{ name: 'Survived' }, { kind: 'category', name: 'Pclass' }, { name: 'Age' }] },
      },
    });
  });

  it.each<[string, Readonly<Record<string, Uint8Array>>, object]>([
    [
      'a first line of which nothing tells if it has names',
      { 'a.csv': Buffer.from(`1.5,x,2,a\n${'1,2,3,a\n4,5,6,b\n'.repeat(6)}`) },
      { saying: 'names', titles: ['1.5', 'x', '2', 'a'] },
    ],
    ['Cyrillic in an encoding of its own', { 'a.csv': Buffer.from('312cd2f3eceee92c32', 'hex') }, { saying: 'encoding', titles: [] }],
    [
      'a word among numbers',
      { 'a.csv': Buffer.from(`a,b,c\n${'1,2,x\n1,3,y\n'.repeat(9)}1,2.5.1,y\n`) },
      { saying: 'categories', titles: ['a', 'b', 'c'] },
    ],
    [
      'two tables',
      { 'a.csv': Buffer.from('1,x\n'), 'b.csv': Buffer.from('1,x\n') },
      { message: expect.stringMatching(/^These are 2 files and none is an image/) },
    ],
    ['nothing but litter', { '.DS_Store': Buffer.from('x') }, { message: expect.stringMatching(/^There is no file in it/) }],
    [
      'packed and broken',
      { 'a.csv.gz': Buffer.from('1f8b0800000000000003deadbeef', 'hex') },
      { message: expect.stringMatching(/a\.csv\.gz is packed by gzip and broken/) },
    ],
  ])('with %s are refused, and asked about where a word would help', async (_, files, refusal) => {
    const given = await plant(files);
    const message = await readFiles(Object.keys(files).map((name) => join(given, name)));
    if (message.type !== 'refused') throw new Error(JSON.stringify(message));
    expect(message.refusal).toMatchObject(refusal);
  });
});
