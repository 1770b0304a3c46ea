import { expect, test } from 'vitest';
import type { RoundSummary } from '../../../src/client/view.ts';
import { defaultSettings } from '../../../src/settings/settings.ts';
import type { KeptRun } from '../../runs.ts';
import { overlayChart } from './overlay.ts';

const summary = (round: number, accuracy: number): RoundSummary => ({
  round,
  averaged: { accuracy, loss: 1 },
  confusion: [],
  mean: { accuracy, loss: 1 },
  clients: [],
  bytesSent: 1,
  seconds: 1,
});
const run = (id: string, rounds: number, ...accuracies: number[]): KeptRun => ({
  id,
  number: 3,
  settings: { ...defaultSettings(), rounds },
  clients: 2,
  summaries: accuracies.map((accuracy, round) => summary(round, accuracy)),
});

test('runs of different length lie over one axis, the present one on top', () => {
  const { data, x } = overlayChart([run('a', 30, 0.1, 0.2, 0.3)], run('b', 20, 0.5));
  expect(x.max).toBe(30);
  expect(data.x).toEqual([1, 2, 3]);
  expect(data.curves).toMatchObject([
    { key: 'a', short: '3', colour: '--client-2', kind: 'run', values: [0.1, 0.2, 0.3] },
    { name: 'this run', kind: 'averaged' },
  ]);
  expect(data.curves[1]!.values[0]).toBe(0.5);
});
