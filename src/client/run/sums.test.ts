import { expect, test } from 'vitest';
import type { MetricsMessage } from '../../protocol/messages.ts';
import { summaryOf, sumOfMetrics, sumOfTallies } from './sums.ts';

/** Of four samples. */
const metrics = (number: number, accuracy: number): MetricsMessage => ({
  type: 'metrics',
  run: 'r',
  round: 3,
  clients: [{ id: `c${number}`, number, accuracy, loss: 2 * accuracy }],
  tally: { confusion: [4 * accuracy, 4 - 4 * accuracy, 0, 0], loss: 8 * accuracy },
  bytesSent: 10,
  seconds: accuracy,
  weights: Float32Array.of(accuracy, 1),
});

const [a, b, c] = [metrics(2, 0), metrics(0, 0.25), metrics(1, 0.5)] as const;

test('metrics add up in any order and any grouping, weights to the mean of all', () => {
  const sum = sumOfMetrics(a, [b, c]);
  expect(sum).toMatchObject({ tally: { confusion: [3, 9, 0, 0], loss: 6 }, bytesSent: 30, seconds: 0.5 });
  expect(sum.weights).toEqual(Float32Array.of(0.25, 1));
  expect(sumOfMetrics(sumOfMetrics(a, [b]), [c])).toEqual(sum);
  expect(sumOfMetrics(a, [sumOfMetrics(b, [c])])).toEqual(sum);
});

test('tallies add up, and name whose they are', () => {
  const tally = (id: string) =>
    ({ type: 'tally', run: 'r', round: 3, clients: [{ id }], tally: { confusion: [1, 2, 3, 4], loss: 1 } }) as const;
  expect(sumOfTallies(tally('a'), [tally('b')])).toMatchObject({
    clients: [{ id: 'a' }, { id: 'b' }],
    tally: { confusion: [2, 4, 6, 8], loss: 2 },
  });
});

test('a summary has the score of the averaged model, and of the clients by their numbers', () => {
  const summary = summaryOf(sumOfMetrics(a, [b, c]), { confusion: [5, 1, 0, 4], loss: 1 });
  expect(summary).toMatchObject({
    round: 3,
    averaged: { accuracy: 0.9, loss: 0.1 },
    confusion: [5, 1, 0, 4],
    mean: { accuracy: 0.25, loss: 0.5 },
    bytesSent: 30,
    seconds: 0.5,
  });
  expect(summary.clients.map(({ number, accuracy }) => [number, accuracy])).toEqual([
    [0, 0.25],
    [1, 0.5],
    [2, 0],
  ]);
});
