import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { randomStream } from '../math/random.ts';
import { stratifiedSplit } from './split.ts';

const random = (c: number) => randomStream(0, 'split', c);

describe('stratifiedSplit', () => {
  test('takes the fraction of every class, at least one row and never all, and loses none', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 6 }),
        fc.double({ min: 0.01, max: 0.9, noNaN: true }),
        (counts, fraction) => {
          let next = 0;
          const rows = counts.map((count) => Array.from({ length: count }, () => next++));
          const { train, test: held } = stratifiedSplit(rows, fraction, random);
          counts.forEach((count, c) => {
            const taken = held[c]!.length;
            expect([...train[c]!, ...held[c]!].sort((a, b) => a - b)).toEqual(rows[c]);
            expect(taken).toBeLessThan(count);
            if (count > 1) expect(taken).toBeGreaterThan(0);
            if (taken > 1 && taken < count - 1) expect(Math.abs(taken - fraction * count)).toBeLessThanOrEqual(0.5);
          });
          expect(stratifiedSplit(rows, fraction, random)).toEqual({ train, test: held });
        },
      ),
    );
  });

  test('draws at random', () => {
    const rows = [Array.from({ length: 40 }, (_, i) => i)];
    expect(stratifiedSplit(rows, 0.5, random).test[0]).not.toEqual(rows[0]!.slice(0, 20));
  });
});
