import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BLOCK, dequantise, quantise, quantiseChange, quantiseWithFeedback } from './quantise.ts';
import { randomStream } from './random.ts';
import { add, subtract } from './vectors.ts';

const values = fc.float32Array({ noNaN: true, noDefaultInfinity: true, min: -1e6, max: 1e6, maxLength: 200 });

describe('quantise', () => {
  it('is off by less than one level of the block everywhere', () => {
    fc.assert(
      fc.property(values, fc.nat(), (array, seed) => {
        const { codes, scales } = quantise(array, { random: randomStream(seed, 'test') });
        const back = dequantise({ codes, scales });
        expect(codes).toHaveLength(array.length);
        expect(scales).toHaveLength(Math.ceil(array.length / BLOCK));
        array.forEach((value, i) => {
          const scale = scales[Math.floor(i / BLOCK)]!;
          expect(Math.abs(back[i]! - value)).toBeLessThanOrEqual(scale * 1.0001 + Math.abs(value) * 1e-6 + 1e-42);
        });
      }),
    );
  });

  it('is unbiased', () => {
    const array = Float32Array.from({ length: 64 }, (_, i) => Math.sin(i) * 3);
    const draws = 4000;
    const sum = new Float64Array(64);
    const random = randomStream(1, 'unbiased');
    let scale = 0;
    for (let draw = 0; draw < draws; draw++) {
      const quantised = quantise(array, { random });
      scale = quantised.scales[0]!;
      dequantise(quantised).forEach((value, i) => (sum[i]! += value));
    }
    // A rounded value lies within one level of the truth, so its variance is at most a quarter; five deviations of the mean.
    const bound = (5 * scale * 0.5) / Math.sqrt(draws);
    array.forEach((value, i) => expect(Math.abs(sum[i]! / draws - value)).toBeLessThan(bound));
  });

  it('keeps the mask of activations: what is positive stays so, zero stays zero', () => {
    fc.assert(
      fc.property(fc.float32Array({ noNaN: true, min: 0, max: 1000, maxLength: 200 }), (array) => {
        const { codes, scales } = quantise(array, { random: randomStream(2, 'mask'), keepsPositive: true });
        array.forEach((value, i) => {
          if (value === 0) expect(codes[i]).toBe(0);
          else if (scales[Math.floor(i / BLOCK)]! > 0) expect(codes[i]).toBeGreaterThan(0);
        });
      }),
    );
  });
});

/** Two arrays of a length. */
const pairs = fc.nat(200).chain((length) => {
  const array = fc.float32Array({ noNaN: true, min: -1e6, max: 1e6, minLength: length, maxLength: length });
  return fc.tuple(array, array);
});

describe('in one pass', () => {
  const random = () => randomStream(3, 'pass');

  it('a change is the rounded difference, and reaches the base with it', () => {
    fc.assert(
      fc.property(pairs, ([array, base]) => {
        const { change, reached } = quantiseChange(array, base, { random: random() });
        expect(change).toEqual(quantise(subtract(array, base), { random: random() }));
        expect(reached).toEqual(add(base, dequantise(change)));
        const whole = quantiseChange(array, null, { random: random() });
        expect(whole.change).toEqual(quantise(array, { random: random() }));
        expect(whole.reached).toEqual(dequantise(whole.change));
      }),
    );
  });

  it('feedback adds the error before, and leaves the one of this rounding', () => {
    fc.assert(
      fc.property(pairs, ([array, before]) => {
        const intended = add(array, before);
        const { rounded, error } = quantiseWithFeedback(array, before, { random: random() });
        expect(rounded).toEqual(quantise(intended, { random: random() }));
        expect(error).toEqual(subtract(intended, dequantise(rounded)));
        const first = quantiseWithFeedback(array, null, { random: random() });
        expect(first.rounded).toEqual(quantise(array, { random: random() }));
        expect(first.error).toEqual(subtract(array, dequantise(first.rounded)));
      }),
    );
  });
});
