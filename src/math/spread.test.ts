import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { spread } from './spread.ts';

describe('spread', () => {
  it('leaves labels alone that are far enough apart', () => {
    expect(spread([90, 10, 50], 20, 0, 100)).toEqual([90, 10, 50]);
  });

  it('moves two labels on one spot by half the gap each', () => {
    expect(spread([50, 50], 20, 0, 100)).toEqual([40, 60]);
  });

  it('shifts a crowd at the border inwards', () => {
    expect(spread([99, 98], 10, 0, 100)).toEqual([100, 90]);
  });

  it('keeps the gap, the order and the bounds', () => {
    const labels = fc.array(fc.double({ min: 0, max: 200, noNaN: true }), { maxLength: 10 });
    fc.assert(
      fc.property(labels, (wanted) => {
        const placed = spread(wanted, 15, 0, 200);
        const sorted = placed.toSorted((a, b) => a - b);
        sorted.slice(1).forEach((value, k) => expect(value - sorted[k]!).toBeGreaterThanOrEqual(15 - 1e-9));
        for (const value of placed) expect(value).toBeGreaterThanOrEqual(0);
        for (const value of placed) expect(value).toBeLessThanOrEqual(200 + 1e-9);
        for (const [i, a] of wanted.entries()) {
          for (const [j, b] of wanted.entries()) if (a < b) expect(placed[i]!).toBeLessThan(placed[j]!);
        }
      }),
    );
  });
});
