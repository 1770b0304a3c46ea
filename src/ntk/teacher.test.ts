import fc from 'fast-check';
import { expect, test } from 'vitest';
import * as reference from '../testing/reference.ts';
import { softenedMean } from './teacher.ts';

const classes = 3;
const logits = fc
  .array(fc.float({ min: -50, max: 50, noNaN: true }), { minLength: 2 * classes, maxLength: 2 * classes })
  .map((f) => Float32Array.from(f));
const votes = fc
  .array(fc.record({ logits, weight: fc.double({ min: 0.01, max: 1, noNaN: true }) }), { minLength: 1, maxLength: 4 })
  .map((parts) => {
    const total = parts.reduce((sum, { weight }) => sum + weight, 0);
    return parts.map((part) => ({ ...part, weight: part.weight / total }));
  });
const temperatures = fc.double({ min: 0.2, max: 100, noNaN: true });

test('is that of float64, row by row', () => {
  fc.assert(
    fc.property(votes, temperatures, (parts, temperature) => {
      const expected = [0, 1].flatMap((p) =>
        reference.softenedMean(
          parts.map(({ weight, logits: f }) => ({ weight, logits: f.slice(p * classes, (p + 1) * classes) })),
          temperature,
        ),
      );
      const mean = softenedMean(parts, classes, temperature);
      // Beside a certain class the logarithm of its share is nothing.
      mean.forEach((value, i) => expect(Math.abs(value - expected[i]!)).toBeLessThan(1e-6 * Math.max(temperature, Math.abs(value))));
    }),
  );
});

test('of one model, whatever its logits, is that model up to a constant of each sample', () => {
  const alone = softenedMean([{ weight: 1, logits: Float32Array.of(1e4, -1e4, 0, 3, 1, 2) }], classes, 0.1);
  expect([...alone.subarray(0, 3)]).toEqual([0, -2e4, -1e4]);
  expect(alone[0 + 3]! - alone[1 + 3]!).toBeCloseTo(2, 6);
});

test('of models that exclude each other is where either believes, and finite where neither does', () => {
  const mean = softenedMean(
    [
      { weight: 0.25, logits: Float32Array.of(3e4, 0, 0) },
      { weight: 0.75, logits: Float32Array.of(0, 3e4, 0) },
    ],
    classes,
    1,
  );
  expect(mean[0]).toBeCloseTo(Math.log(0.25), 6);
  expect(mean[1]).toBeCloseTo(Math.log(0.75), 6);
  expect(mean[2]).toBe(-3e4);
});

test('leaves out who weighs nothing', () => {
  const one = Float32Array.of(1, 2, 3);
  const other = { weight: 0, logits: Float32Array.of(0, 1e4, 0) };
  expect(softenedMean([{ weight: 1, logits: one }, other], classes, 2)).toEqual(softenedMean([{ weight: 1, logits: one }], classes, 2));
});
