import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BLOCK, dequantise, quantise } from './quantise.ts';
import { randomStream } from './random.ts';

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
