import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { defaultSettings } from '../settings/settings.ts';
import {
  clientsThatFit,
  PartitionError,
  rowsToHold,
  shareOf,
  shareSize,
  trainingShare,
  validationShare,
  type PartitionSettings,
  type Share,
} from './partition.ts';

const fashion = Array<number>(10).fill(6000);

const total = (counts: readonly number[]) => counts.reduce((sum, n) => sum + n, 0);
const size = (share: Share) => share.reduce((sum, { count }) => sum + count, 0);

/** The rows of a share, as `class/row`. */
const rowsOf = (share: Share) =>
  share.flatMap(({ classIndex, start, count }) => Array.from({ length: count }, (_, i) => `${classIndex}/${start + i}`));

const countsOf = (share: Share, classes: number) =>
  Array.from({ length: classes }, (_, c) => size(share.filter(({ classIndex }) => classIndex === c)));

const iid = { kind: 'iid' } as const;
const dirichlet = (alpha: number) => ({ kind: 'dirichlet', alpha }) as const;
const shards = (classes: number) => ({ kind: 'shards', classes }) as const;

const equal = { seed: 1, partition: dirichlet(0.1), samples: 200, sizeSpread: 0 } as const;

/** Small datasets, some with empty classes, and settings under which at least one client fits. */
const cases = fc
  .record({
    trainCounts: fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 2, maxLength: 8 }).filter((counts) => counts.some((n) => n > 1)),
    seed: fc.nat(),
    partition: fc.constantFrom(iid, dirichlet(1e-3), dirichlet(0.1), dirichlet(100), shards(1), shards(3), shards(20)),
    sizeSpread: fc.constantFrom(0, 0.5, 1.5),
  })
  .chain(({ trainCounts, ...fixed }) =>
    fc.record({
      trainCounts: fc.constant(trainCounts),
      settings: fc.integer({ min: 2, max: total(trainCounts) }).map((samples): PartitionSettings => ({ ...fixed, samples })),
    }),
  )
  .filter(({ trainCounts, settings }) => clientsThatFit(settings, total(trainCounts)) > 0);

describe('shareOf', () => {
  test('shares of all clients that fit are disjoint, of the exact size, and inside their class', () => {
    fc.assert(
      fc.property(cases, ({ trainCounts, settings }) => {
        const clients = clientsThatFit(settings, total(trainCounts));
        const shares = Array.from({ length: clients }, (_, k) => shareOf(k, settings, trainCounts));
        for (const [k, share] of shares.entries()) {
          expect(size(share)).toBe(shareSize(k, settings));
          if (settings.sizeSpread === 0) expect(size(share)).toBe(settings.samples);
          for (const { classIndex, start, count } of share) {
            expect(start).toBeGreaterThanOrEqual(0);
            expect(count).toBeGreaterThan(0);
            expect(start + count).toBeLessThanOrEqual(trainCounts[classIndex]!);
          }
        }
        const rows = shares.flatMap(rowsOf);
        expect(new Set(rows).size).toBe(rows.length);
      }),
    );
  });

  test('one client more than fits is told how many do', () => {
    fc.assert(
      fc.property(cases, ({ trainCounts, settings }) => {
        const fits = clientsThatFit(settings, total(trainCounts));
        expect(() => shareOf(fits, settings, trainCounts)).toThrow(PartitionError);
        expect(() => shareOf(fits, settings, trainCounts)).toThrow(`room for ${fits} clients of ${settings.samples} samples`);
      }),
    );
  });

  test('a share is the same whoever asks, in whatever order', () => {
    const settings = { ...equal, seed: 3 };
    const ascending = [0, 1, 2, 3, 4].map((k) => shareOf(k, settings, fashion));
    const descending = [4, 3, 2, 1, 0].map((k) => shareOf(k, settings, fashion)).reverse();
    expect(descending).toEqual(ascending);
  });

  test('iid takes as many of each class', () => {
    const share = shareOf(7, { ...equal, partition: iid }, fashion);
    expect(countsOf(share, 10)).toEqual(Array(10).fill(20));
  });

  test('iid with a remainder gives it to other classes of other clients', () => {
    const favoured = Array.from({ length: 30 }, (_, k) =>
      countsOf(shareOf(k, { ...equal, partition: iid, samples: 25 }, fashion), 10).flatMap((n, c) => (n === 3 ? [c] : [])),
    );
    for (const classes of favoured) expect(classes).toHaveLength(5);
    expect(new Set(favoured.flat()).size).toBe(10);
  });

  test('a smaller alpha means fewer classes a client', () => {
    const largest = (alpha: number) => {
      const settings = { ...equal, seed: 2, partition: dirichlet(alpha) };
      const shares = Array.from({ length: 100 }, (_, k) => countsOf(shareOf(k, settings, fashion), 10));
      return shares.reduce((sum, counts) => sum + Math.max(...counts), 0) / shares.length / 200;
    };
    expect(largest(0.1)).toBeGreaterThan(0.5);
    expect(largest(100)).toBeLessThan(0.2);
  });

  test('another seed draws another partition', () => {
    const share = (seed: number) => shareOf(0, { ...equal, seed, partition: dirichlet(0.5) }, fashion);
    expect(share(1)).not.toEqual(share(2));
  });

  test('shards give every client as many classes as asked for, evenly and all classes alike', () => {
    const settings = { ...equal, partition: shards(3), samples: 30 };
    const clients = Array.from({ length: 60 }, (_, k) => countsOf(shareOf(k, settings, fashion), 10));
    for (const counts of clients) expect(counts.filter((n) => n > 0)).toEqual([10, 10, 10]);
    const holders = Array.from({ length: 10 }, (_, c) => clients.filter((counts) => counts[c]! > 0).length);
    // 20 decks leave one class in ten out: each class is dealt in about 18 of them.
    expect(Math.min(...holders)).toBeGreaterThan(12);
  });

  test('shards of one class deal every class to one of ten clients', () => {
    const settings = { ...equal, partition: shards(1) };
    const classes = Array.from({ length: 10 }, (_, k) => shareOf(k, settings, fashion)[0]!.classIndex);
    expect(new Set(classes).size).toBe(10);
  });

  test('unequal sizes keep their mean, and spread with sigma', () => {
    const sizes = (sizeSpread: number) => Array.from({ length: 400 }, (_, k) => shareSize(k, { ...equal, sizeSpread }));
    expect(new Set(sizes(0))).toEqual(new Set([200]));
    for (const sigma of [0.3, 0.6]) {
      const drawn = sizes(sigma);
      expect(Math.abs(total(drawn) / drawn.length / 200 - 1)).toBeLessThan(0.1);
      const logs = drawn.map(Math.log);
      const mean = total(logs) / logs.length;
      const deviation = Math.sqrt(total(logs.map((log) => (log - mean) ** 2)) / logs.length);
      expect(Math.abs(deviation / sigma - 1)).toBeLessThan(0.15);
    }
  });

  test('300 clients of 200 use every image of Fashion-MNIST', () => {
    const settings = { ...equal, seed: 0 };
    const rows = Array.from({ length: 300 }, (_, k) => shareOf(k, settings, fashion)).flatMap(rowsOf);
    expect(new Set(rows).size).toBe(60_000);
  });
});

describe('validation', () => {
  test('takes the rows that no client can hold, of each class its part', () => {
    const counts = [60, 12, 6];
    expect(rowsToHold({ scoreOn: 'validation' }, counts)).toEqual([50, 10, 5]);
    expect(rowsToHold({ scoreOn: 'test' }, counts)).toEqual(counts);
    expect(validationShare(13, counts)).toEqual([
      { classIndex: 0, start: 50, count: 10 },
      { classIndex: 1, start: 10, count: 2 },
      { classIndex: 2, start: 5, count: 1 },
    ]);
    expect(size(validationShare(1000, counts))).toBe(13);
    expect(countsOf(validationShare(6, fashion), 10).every((count) => count <= 1)).toBe(true);
  });

  test('shares nothing with the clients', () => {
    const settings = { ...defaultSettings(), ...equal, samples: 50, scoreOn: 'validation' } as const;
    const counts = Array<number>(4).fill(60);
    const held = new Set([0, 1, 2, 3].flatMap((client) => rowsOf(trainingShare(client, settings, counts))));
    expect(held.size).toBe(200);
    expect(rowsOf(validationShare(1000, counts)).filter((row) => held.has(row))).toEqual([]);
  });
});

test('centralised training holds the samples of the first clients together', () => {
  const settings = { ...defaultSettings('centralised'), ...equal, union: 3 };
  const union = rowsOf(trainingShare(0, settings, fashion));
  expect(new Set(union)).toEqual(new Set([0, 1, 2].flatMap((client) => rowsOf(shareOf(client, settings, fashion)))));
  expect(union).toHaveLength(600);
});
