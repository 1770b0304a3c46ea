import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { randomStream } from '../math/random.ts';
import { miniBatches } from './batches.ts';

const upTo = (max: number) => fc.integer({ min: 1, max });

describe('miniBatches', () => {
  it('gives as many batches as asked for, every row once before any comes again', () => {
    fc.assert(
      fc.property(upTo(60), upTo(70), upTo(40), fc.nat(), (n, size, steps, seed) => {
        const batches = miniBatches(n, size, steps, randomStream(seed, 'batches'));
        expect(batches).toHaveLength(steps);
        for (const batch of batches) {
          expect(batch.length).toBeGreaterThan(0);
          expect(batch.length).toBeLessThanOrEqual(size);
        }
        const drawn = batches.flatMap((batch) => [...batch]);
        for (let start = 0; start < drawn.length; start += n) {
          const epoch = drawn.slice(start, start + n);
          expect(new Set(epoch).size).toBe(epoch.length);
          expect(epoch.every((row) => row >= 0 && row < n)).toBe(true);
        }
      }),
    );
  });

  it('draws the same from the same stream and another order from another', () => {
    const draw = (round: number) => miniBatches(40, 10, 4, randomStream(1, 'batches', 0, round));
    expect(draw(3)).toEqual(draw(3));
    expect(draw(3)).not.toEqual(draw(4));
  });
});
