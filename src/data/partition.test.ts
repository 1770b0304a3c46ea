import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PartitionError, shareOf, type PartitionSettings, type Share } from './partition.ts';

const fashion = Array<number>(10).fill(6000);

const size = (share: Share) => share.reduce((sum, { count }) => sum + count, 0);

/** The rows of a share, as `class/row`. */
const rowsOf = (share: Share) =>
  share.flatMap(({ classIndex, start, count }) => Array.from({ length: count }, (_, i) => `${classIndex}/${start + i}`));

const countsOf = (share: Share, classes: number) =>
  Array.from({ length: classes }, (_, c) => size(share.filter(({ classIndex }) => classIndex === c)));

/** Small datasets, some with empty classes, and settings under which at least one client fits. */
const cases = fc
  .record({
    trainCounts: fc
      .array(fc.integer({ min: 0, max: 40 }), { minLength: 2, maxLength: 8 })
      .filter((counts) => counts.some((n) => n > 1)),
    seed: fc.nat(),
    alpha: fc.oneof(fc.constant('iid' as const), fc.constantFrom(1e-3, 0.1, 1, 100)),
  })
  .chain((base) => {
    const total = base.trainCounts.reduce((sum, n) => sum + n, 0);
    return fc.record({
      trainCounts: fc.constant(base.trainCounts),
      settings: fc.record({
        seed: fc.constant(base.seed),
        alpha: fc.constant<PartitionSettings['alpha']>(base.alpha),
        samples: fc.integer({ min: 2, max: total }),
      }),
    });
  });

describe('shareOf', () => {
  test('shares of all clients that fit are disjoint, of the exact size, and inside their class', () => {
    fc.assert(
      fc.property(cases, ({ trainCounts, settings }) => {
        const clients = Math.floor(trainCounts.reduce((sum, n) => sum + n, 0) / settings.samples);
        const shares = Array.from({ length: clients }, (_, k) => shareOf(k, settings, trainCounts));
        for (const share of shares) {
          expect(size(share)).toBe(settings.samples);
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
        const fits = Math.floor(trainCounts.reduce((sum, n) => sum + n, 0) / settings.samples);
        expect(() => shareOf(fits, settings, trainCounts)).toThrow(PartitionError);
        expect(() => shareOf(fits, settings, trainCounts)).toThrow(`room for ${fits} clients of ${settings.samples} samples`);
      }),
    );
  });

  test('a share is the same whoever asks, in whatever order', () => {
    const settings = { seed: 3, alpha: 0.1, samples: 200 } as const;
    const ascending = [0, 1, 2, 3, 4].map((k) => shareOf(k, settings, fashion));
    const descending = [4, 3, 2, 1, 0].map((k) => shareOf(k, settings, fashion)).reverse();
    expect(descending).toEqual(ascending);
  });

  test('iid takes as many of each class', () => {
    const share = shareOf(7, { seed: 1, alpha: 'iid', samples: 200 }, fashion);
    expect(countsOf(share, 10)).toEqual(Array(10).fill(20));
  });

  test('iid with a remainder gives it to other classes of other clients', () => {
    const favoured = Array.from({ length: 30 }, (_, k) =>
      countsOf(shareOf(k, { seed: 1, alpha: 'iid', samples: 25 }, fashion), 10).flatMap((n, c) => (n === 3 ? [c] : [])),
    );
    for (const classes of favoured) expect(classes).toHaveLength(5);
    expect(new Set(favoured.flat()).size).toBe(10);
  });

  test('a smaller alpha means fewer classes a client', () => {
    const largest = (alpha: number) => {
      const shares = Array.from({ length: 100 }, (_, k) => countsOf(shareOf(k, { seed: 2, alpha, samples: 200 }, fashion), 10));
      return shares.reduce((sum, counts) => sum + Math.max(...counts), 0) / shares.length / 200;
    };
    expect(largest(0.1)).toBeGreaterThan(0.5);
    expect(largest(100)).toBeLessThan(0.2);
  });

  test('another seed draws another partition', () => {
    const share = (seed: number) => shareOf(0, { seed, alpha: 0.5, samples: 200 }, fashion);
    expect(share(1)).not.toEqual(share(2));
  });

  test('300 clients of 200 use every image of Fashion-MNIST', () => {
    const settings = { seed: 0, alpha: 0.1, samples: 200 } as const;
    const rows = Array.from({ length: 300 }, (_, k) => shareOf(k, settings, fashion)).flatMap(rowsOf);
    expect(new Set(rows).size).toBe(60_000);
  });
});
