import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { PartitionRule } from '../settings/settings.ts';
import { shareOf } from './partition.ts';
import { histogram, loadShare, loadTest, previews, standardise, type Samples } from './samples.ts';
import { memorySource, tinyDataset } from '../testing/tinyDataset.ts';

const counts = [30, 50, 0, 40];
const tiny = tinyDataset(counts);
const firstRows = [0, 30, 80, 80];

/** The training row that a tiny image says it is. */
const rowOf = ({ values, width }: Samples, i: number) => values[i * width + 1]!;

describe('loadShare', () => {
  test('brings exactly the rows of the share, each with its label', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat(),
        fc.constantFrom<PartitionRule>({ kind: 'iid' }, { kind: 'dirichlet', alpha: 0.1 }, { kind: 'shards', classes: 2 }),
        fc.integer({ min: 2, max: 40 }),
        async (seed, partition, samples) => {
          const share = shareOf(1, { seed, partition, samples, sizeSpread: 0 }, counts);
          const loaded = await loadShare(memorySource(tiny), share);
          expect(loaded).toMatchObject({ count: samples, width: 4 });
          expect(loaded.values).toHaveLength(4 * samples);
          expect([...loaded.labels]).toEqual([...loaded.values].filter((_, i) => i % 4 === 0));
          const rows = Array.from({ length: samples }, (_, i) => rowOf(loaded, i)).sort((a, b) => a - b);
          const wanted = share.flatMap(({ classIndex, start, count }) =>
            Array.from({ length: count }, (_, i) => firstRows[classIndex]! + start + i),
          );
          expect(rows).toEqual(wanted.sort((a, b) => a - b));
        },
      ),
      { numRuns: 30 },
    );
  });

  test('reads ranges that touch as one, and nothing else', async () => {
    const source = memorySource(tiny);
    await loadShare(source, [
      { classIndex: 1, start: 0, count: 5 },
      { classIndex: 0, start: 20, count: 10 },
      { classIndex: 3, start: 7, count: 2 },
    ]);
    expect(source.reads).toEqual([
      { start: 20, end: 35 },
      { start: 87, end: 89 },
    ]);
  });

  test('reads at most six ranges at once', async () => {
    const source = memorySource(tiny);
    await loadShare(
      source,
      Array.from({ length: 12 }, (_, i) => ({ classIndex: 1, start: 4 * i, count: 1 })),
    );
    expect(source.reads).toHaveLength(12);
    expect(source.mostAtOnce()).toBe(6);
  });

  test('mixes the classes, in the same order every time', async () => {
    const share = shareOf(0, { seed: 1, partition: { kind: 'iid' }, samples: 30, sizeSpread: 0 }, counts);
    const loaded = await loadShare(memorySource(tiny), share);
    expect([...loaded.labels]).not.toEqual([...loaded.labels].sort());
    expect(await loadShare(memorySource(tiny), share)).toEqual(loaded);
  });
});

test('loadTest brings the first test rows and their labels', async () => {
  const loaded = await loadTest(memorySource(tiny), 3);
  expect(loaded).toEqual({
    count: 3,
    width: 4,
    values: Uint8Array.of(0, 0, 1, 255, 1, 1, 1, 255, 2, 2, 1, 255),
    labels: Uint8Array.of(0, 1, 2),
  });
});

test('standardise scales bytes to 0 .. 1, takes off the mean and divides by the deviation', () => {
  expect(standardise(Uint8Array.of(0, 51, 255), { mean: 0.25, std: 0.5 })).toEqual(Float32Array.of(-0.5, -0.1, 1.5));
  expect(standardise(Float32Array.of(0.25, 3.25), { mean: 0.25, std: 0.5 })).toEqual(Float32Array.of(0, 6));
});

test('floats come as they are', async () => {
  const source = () => memorySource(tinyDataset(counts, 12, 'f32'));
  const loaded = await loadShare(source(), [{ classIndex: 1, start: 4, count: 1 }]);
  expect(loaded).toEqual({ count: 1, width: 4, values: Float32Array.of(1.25, 34.25, 0.25, 255.25), labels: Uint8Array.of(1) });
  expect((await loadTest(source(), 1)).values).toEqual(Float32Array.of(0.25, 0.25, 1.25, 255.25));
});

test('histogram counts every class, also those without samples', () => {
  expect(histogram(Uint8Array.of(2, 0, 2, 2), 4)).toEqual([1, 0, 3, 0]);
});

describe('previews', () => {
  const samples: Samples = {
    count: 5,
    width: 1,
    values: Uint8Array.of(10, 11, 12, 13, 14),
    labels: Uint8Array.of(3, 3, 1, 3, 1),
  };

  test('show every class before any a second time', () => {
    expect(previews(samples, 3)).toEqual([
      { label: 1, pixels: Uint8Array.of(12) },
      { label: 3, pixels: Uint8Array.of(10) },
      { label: 1, pixels: Uint8Array.of(14) },
    ]);
  });

  test('bring floats into the range of bytes, image by image', () => {
    const floats = { ...samples, count: 2, width: 3, values: Float32Array.of(-1, 0, 1, 5, 5, 5), labels: Uint8Array.of(0, 1) };
    expect(previews(floats, 2).map(({ pixels }) => pixels)).toEqual([Uint8Array.of(0, 128, 255), Uint8Array.of(0, 0, 0)]);
  });

  test('are no more than there are', () => {
    expect(previews(samples, 50)).toHaveLength(5);
  });
});
