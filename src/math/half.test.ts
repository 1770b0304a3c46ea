import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeHalf, encodeHalf, halfExponent, MAX_EXPONENT, MAX_HALF, throughHalf } from './half.ts';

const encode = (value: number) => encodeHalf(Float32Array.of(value))[0]!;
const decode = (half: number) => decodeHalf(Uint16Array.of(half))[0]!;
const unscaled = (value: number) => decode(encode(value));

const positiveFinite = Array.from({ length: 0x7c00 }, (_, half) => half);

describe('half floats', () => {
  test('known values of IEEE 754', () => {
    expect(decode(0x3c00)).toBe(1);
    expect(decode(0xc000)).toBe(-2);
    expect(decode(0x3555)).toBe(1365 / 4096);
    expect(decode(0x0001)).toBe(2 ** -24);
    expect(decode(0x03ff)).toBe(1023 * 2 ** -24);
    expect(decode(0x0400)).toBe(2 ** -14);
    expect(decode(0x7bff)).toBe(MAX_HALF);
  });

  test('every finite half survives decoding and encoding, both signs', () => {
    const halves = Uint16Array.from([...positiveFinite, ...positiveFinite.map((half) => half | 0x8000)]);
    expect(encodeHalf(decodeHalf(halves))).toEqual(halves);
  });

  test('decoding rises with the bits', () => {
    const values = decodeHalf(Uint16Array.from(positiveFinite));
    expect(values.every((value, i) => i === 0 || value > values[i - 1]!)).toBe(true);
  });

  test('a value between two halves goes to the nearer one, the middle to the even one', () => {
    for (const half of positiveFinite.slice(0, -1)) {
      const [low, high] = [decode(half), decode(half + 1)];
      const middle = (low + high) / 2;
      const quarter = (high - low) / 4;
      const even = half % 2 === 0 ? half : half + 1;
      const cases = [
        [low + quarter, half],
        [middle, even],
        [high - quarter, half + 1],
      ] as const;
      for (const [value, expected] of cases) {
        if (encode(value) !== expected || encode(-value) !== (expected | 0x8000)) expect.fail(`${value} became ${encode(value)}`);
      }
    }
  });

  test('no half is nearer than the one chosen', () => {
    fc.assert(
      fc.property(fc.float({ min: -65504, max: 65504, noNaN: true }), (value) => {
        const half = encode(value);
        const error = Math.abs(decode(half) - value);
        for (const other of [half - 1, half + 1]) {
          const distance = Math.abs(decode(other & 0xffff) - value);
          expect(Number.isFinite(distance) ? distance : Infinity).toBeGreaterThanOrEqual(error);
        }
      }),
    );
  });

  test('finite values beyond the largest half saturate; infinities, NaN and the sign of zero stay', () => {
    for (const value of [65505, 65519.9, 65520, 1e6, 3.4e38]) {
      expect(unscaled(value)).toBe(MAX_HALF);
      expect(unscaled(-value)).toBe(-MAX_HALF);
    }
    expect(unscaled(Infinity)).toBe(Infinity);
    expect(unscaled(-Infinity)).toBe(-Infinity);
    expect(unscaled(NaN)).toBeNaN();
    expect(unscaled(-0)).toBe(-0);
    expect(unscaled(1e-30)).toBe(0);
  });

  test('times a power of two they reach every float32, and keep eleven bits of the largest', () => {
    fc.assert(
      fc.property(fc.float32Array({ noNaN: true, noDefaultInfinity: true, minLength: 1, maxLength: 20 }), (values) => {
        const top = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
        throughHalf(values).forEach((value, i) => {
          expect(Math.abs(value - values[i]!)).toBeLessThanOrEqual(Math.abs(values[i]!) * 2 ** -11 + top * 2 ** -24 + 2 ** -25);
        });
      }),
    );
    expect(halfExponent(Float32Array.of(MAX_HALF, -MAX_HALF, Infinity))).toBe(0);
    expect(halfExponent(Float32Array.of(1, -65505))).toBe(1);
    expect(halfExponent(Float32Array.of(3.4028234e38))).toBe(MAX_EXPONENT);
  });
});
