import { describe, expect, test } from 'vitest';
import { defaultSettings } from '../settings/settings.ts';
import type { RunRecord } from './record.ts';
import { bytesCurve, bytesTo, largestDrop, meanCurve, roundsTo, spreadOf } from './summary.ts';

const record = (...averaged: number[]): RunRecord => ({
  clients: 4,
  settings: defaultSettings(),
  versions: {},
  backend: 'wasm',
  seconds: 1,
  rounds: averaged.map((accuracy) => ({ averaged: accuracy, mean: accuracy - 0.1, loss: 1, bytes: 10 })),
});

test('mean and sample standard deviation', () => {
  expect(spreadOf([1, 2, 3])).toEqual({ mean: 2, deviation: 1 });
  expect(spreadOf([5])).toEqual({ mean: 5, deviation: 0 });
});

describe('rounds and bytes until an accuracy', () => {
  const run = record(0.5, 0.8, 0.7, 0.9);
  test('count from the first round that reaches it', () => {
    expect([0.5, 0.75, 0.85].map((accuracy) => roundsTo(run, accuracy))).toEqual([1, 2, 4]);
    expect(bytesTo(run, 0.85)).toBe(40);
  });
  test('are null where it is never reached', () => {
    expect(roundsTo(run, 0.95)).toBeNull();
    expect(bytesTo(run, 0.95)).toBeNull();
  });
  test('may be asked of the clients', () => {
    expect(roundsTo(run, 0.75, 'mean')).toBe(4);
  });
});

test('the largest drop counts after a round only', () => {
  const run = record(0.9, 0.5, 0.6, 0.55, 0.7);
  expect(largestDrop(run, 1)).toBeCloseTo(0.4);
  expect(largestDrop(run, 2)).toBeCloseTo(0.05);
  expect(largestDrop(run, 4)).toBe(0);
});

test('curves go as far as the shortest run', () => {
  const runs = [record(0.2, 0.4, 0.6), record(0.4, 0.8)];
  expect(meanCurve(runs, 'averaged').map((value) => value.toFixed(3))).toEqual(['0.300', '0.600']);
  expect(bytesCurve(runs, 5)).toEqual([2, 4]);
});
