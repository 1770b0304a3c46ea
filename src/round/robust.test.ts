import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { robustMean } from './robust.ts';

const rules = ['clipped', 'nearest', 'trimmed', 'median'] as const;
const WIDTH = 4;
const vectors = (min: number) =>
  fc.array(
    fc
      .array(fc.float({ min: -10, max: 10, noNaN: true }), { minLength: WIDTH, maxLength: WIDTH })
      .map((values) => Float32Array.from(values)),
    { minLength: min, maxLength: 9 },
  );
/** Those of which many are as far from each other. */
const corners = fc.array(
  fc.array(fc.constantFrom(-1, 0, 1), { minLength: WIDTH, maxLength: WIDTH }).map((values) => Float32Array.from(values)),
  { minLength: 3, maxLength: 9 },
);
const alike = (others: readonly Float32Array[]) => others.map((vector) => ({ vector, weight: 1 / (others.length + 1) }));

describe.each(rules)('a %s mean', (rule) => {
  it('of what all agree on is that', () => {
    fc.assert(
      fc.property(vectors(1), ([vector]) => {
        const mean = robustMean(rule, vector!, alike([vector!, vector!, vector!]), vector!);
        mean.forEach((value, i) => expect(value).toBeCloseTo(vector![i]!, 4));
      }),
    );
  });

  it('does not depend on the order of the neighbours', () => {
    fc.assert(
      fc.property(fc.oneof(vectors(3), corners), ([own, ...others]) => {
        const mean = robustMean(rule, own!, alike(others), own!);
        const turned = robustMean(rule, own!, alike(others.toReversed()), own!);
        mean.forEach((value, i) => expect(value).toBeCloseTo(turned[i]!, 3));
      }),
    );
  });

  it('stays among the honest whatever one of five neighbours sends', () => {
    const lies = fc.constantFrom(1e30, -1e30, 1e6, -100, 0, NaN, Infinity);
    fc.assert(
      fc.property(fc.array(fc.float({ min: -1, max: 1, noNaN: true }), { minLength: 5, maxLength: 5 }), lies, ([own, ...others], lie) => {
        const mean = robustMean(
          rule,
          Float32Array.of(own!),
          alike([...others, lie].map((value) => Float32Array.of(value))),
          Float32Array.of(own!),
        );
        // Clipped, it pulls a sixth of as far as the middle one of the others.
        expect(Math.abs(mean[0]!)).toBeLessThanOrEqual(rule === 'clipped' ? 2 : 1);
      }),
    );
  });
});

describe('each rule by hand', () => {
  const own = Float32Array.of(0, 0);
  const others = [Float32Array.of(3, 4), Float32Array.of(0, 1), Float32Array.of(-30, 40)].map((vector) => ({ vector, weight: 0.25 }));

  it('clips to the median of the distances 5, 1 and 50', () => {
    // A quarter of (3, 4) + (0, 1) + (-3, 4).
    expect([...robustMean('clipped', own, others, own)]).toEqual([0, 2.25]);
  });

  it('takes the two nearest of three', () => expect([...robustMean('nearest', own, others, own)]).toEqual([1, Math.fround(5 / 3)]));

  it('takes those that are as far from the start as it is itself, not the start', () => {
    const at = (...values: [number, number]) => ({ vector: Float32Array.of(...values), weight: 0.25 });
    const start = Float32Array.of(0, 0);
    // All have gone along the first axis, and each its own way besides; the last has not moved.
    const honest = [at(1, 1), at(1, -1)];
    const seen = [...honest, at(0, 0)];
    expect([...robustMean('nearest', Float32Array.of(1, 0), seen, start)]).toEqual([1, 0]);
    expect([...robustMean('nearest', Float32Array.of(1, 0), [...seen, at(10, 0)], start)]).toEqual([1, 0]);
    expect([...robustMean('nearest', Float32Array.of(1, 0), [...seen, at(-1, 0)], start)]).toEqual([1, 0]);
  });

  it('trims one of four at each end', () => expect([...robustMean('trimmed', own, others, own)]).toEqual([0, 2.5]));

  it('takes the mean of the middle two of four', () => expect([...robustMean('median', own, others, own)]).toEqual([0, 2.5]));

  it('can leave out nobody of two', () => {
    const [one] = others;
    expect([...robustMean('median', own, [one!], own)]).toEqual([1.5, 2]);
    expect([...robustMean('clipped', own, [], own)]).toEqual([0, 0]);
  });
});
