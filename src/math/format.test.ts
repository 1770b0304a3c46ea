import fc from 'fast-check';
import { expect, test } from 'vitest';
import { digits, megabytes, percent, points } from './format.ts';

test('numbers are printed with their unit and few digits', () => {
  expect([0, 0.8471, 1].map((fraction) => percent(fraction))).toEqual(['0.0 %', '84.7 %', '100.0 %']);
  expect([4.443e6, 12.34e6, 936.4e6, 1174.2e6].map((bytes) => megabytes(bytes))).toEqual(['4.44 MB', '12.3 MB', '936 MB', '1174 MB']);
  expect([0, 18.2e6, 936.4e6].map((bytes) => megabytes(bytes, 2))).toEqual(['0.0 MB', '18 MB', '936 MB']);
  expect(percent(0.805, 0)).toBe('81 %');
  expect(points(-0.0101)).toBe('-1.0');
});

test('what is printed is off by half a unit of its last digit at most', () => {
  fc.assert(
    fc.property(fc.double({ min: 1e-3, max: 1e6, noNaN: true }), (value) => {
      expect(Math.abs(Number(digits(value)) - value)).toBeLessThanOrEqual(value >= 100 ? 0.5 : 0.005 * value * (1 + 1e-9));
    }),
  );
});
