import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { roundsWithoutGain, settledAfter } from './patience.ts';

const summary = (accuracy: number, loss: number) => ({ averaged: { accuracy, loss } });
const summaries = fc.array(
  fc.record({
    averaged: fc.record({ accuracy: fc.double({ min: 0, max: 1, noNaN: true }), loss: fc.double({ min: 0.01, max: 5, noNaN: true }) }),
  }),
  { maxLength: 40 },
);

/** After each round. */
const course = (all: readonly { averaged: { accuracy: number; loss: number } }[]) =>
  all.map((_, t) => roundsWithoutGain(all.slice(0, t + 1)));

describe('rounds without gain', () => {
  it('are none while accuracy rises or loss falls, and count up where neither does', () => {
    const all = [summary(0.5, 1), summary(0.6, 1.1), summary(0.6, 0.9), summary(0.6, 0.9), summary(0.59, 0.95), summary(0.7, 2)];
    expect(course(all)).toEqual([0, 0, 0, 1, 2, 0]);
  });

  it('take no crumb for a gain, nor what only makes good a loss', () => {
    expect(course([summary(0.8, 0.5), summary(0.8009, 0.4996), summary(0.7, 0.6), summary(0.8, 0.5)])).toEqual([0, 1, 2, 3]);
  });

  it('grow by one or begin anew', () => {
    fc.assert(
      fc.property(summaries, (all) => {
        const idle = course(all);
        idle.forEach((value, t) => expect(value === 0 || value === (idle[t - 1] ?? 0) + 1).toBe(true));
      }),
    );
  });
});

test('patience ends once so many rounds have brought nothing, and stays so', () => {
  const all = [summary(0.5, 1), summary(0.5, 1), summary(0.5, 1), summary(0.9, 0.1)];
  expect(settledAfter(all, 2)).toBe(3);
  expect(settledAfter(all, 3)).toBeNull();
  expect(settledAfter(all, 0)).toBeNull();
  expect(settledAfter([], 1)).toBeNull();
});
