import { expect, test } from 'vitest';
import type { MetricsMessage } from '../../protocol/messages.ts';
import type { Presence } from '../../transport/transport.ts';
import type { Clock } from '../clock.ts';
import { averageOf, Evaluator, summaryOf, type CollectedRound } from './evaluator.ts';

/** Of four samples. */
const metrics = (round: number, accuracy = 0.5): MetricsMessage => ({
  type: 'metrics',
  run: 'r',
  round,
  tally: { confusion: [4 * accuracy, 4 - 4 * accuracy, 0, 0], loss: 8 * accuracy },
  bytesSent: 10,
  seconds: accuracy,
  weights: Float32Array.of(accuracy, 1),
});

/** Client `a` evaluates for itself and the others; deadlines pass when the test says so. */
function evaluation() {
  const deadlines = new Set<() => void>();
  const clock: Clock = {
    now: () => 0,
    after(_ms, callback) {
      deadlines.add(callback);
      return () => deadlines.delete(callback);
    },
  };
  const members: Presence[] = [
    { id: 'a', number: 0 },
    { id: 'b', number: 1 },
    { id: 'c', number: 4 },
  ];
  const taken: CollectedRound<MetricsMessage>[] = [];
  const evaluator = new Evaluator<MetricsMessage>({
    self: 'a',
    clock,
    deadlineMs: 1000,
    round: () => 2,
    reporters: () => members,
    collected: (round) => taken.push(round),
  });
  const rounds = () => taken.map(({ round, reports }) => [round, reports.map(({ member }) => member.id).join('')]);
  return { evaluator, members, deadlines, taken, rounds };
}

test('a round is complete with the last report of a member, in the order of the rounds', () => {
  const { evaluator, members, deadlines, rounds } = evaluation();
  for (const from of ['c', 'a', 'b', 'stranger']) evaluator.collect(from, metrics(1));
  expect(rounds()).toEqual([[1, 'abc']]);
  for (const from of ['a', 'b']) evaluator.collect(from, metrics(3));
  for (const from of ['a', 'b']) evaluator.collect(from, metrics(2));
  evaluator.collect('c', metrics(3));
  expect(rounds()).toHaveLength(1);
  members.pop();
  evaluator.review();
  expect(rounds()).toEqual([
    [1, 'abc'],
    [2, 'ab'],
    [3, 'abc'],
  ]);
  evaluator.collect('b', metrics(2));
  expect(rounds()).toHaveLength(3);
  expect(deadlines.size).toBe(0);
});

test("others are waited for from the evaluator's own report on, and nobody can close a round in its place", () => {
  const { evaluator, deadlines, rounds } = evaluation();
  evaluator.collect('b', metrics(4));
  evaluator.collect('b', metrics(1));
  expect(deadlines.size).toBe(0);
  evaluator.collect('a', metrics(2));
  expect(deadlines.size).toBe(1);
  for (const pass of deadlines) pass();
  expect(rounds()).toEqual([
    [1, 'b'],
    [2, 'a'],
  ]);
  evaluator.collect('a', metrics(3));
  evaluator.close();
  expect(deadlines.size).toBe(0);
});

test('what no client of the run can have done yet is not kept', () => {
  const { evaluator, rounds } = evaluation();
  const furthest = 2 + 3 + 16;
  for (const round of [furthest, furthest + 1]) for (const from of ['a', 'b', 'c']) evaluator.collect(from, metrics(round));
  expect(rounds()).toEqual([[furthest, 'abc']]);
});

test('a summary is of the average of the weights, and sums counts', () => {
  const { evaluator, taken } = evaluation();
  ['a', 'b', 'c'].forEach((from, k) => evaluator.collect(from, metrics(0, k / 4)));
  expect(averageOf(taken[0]!)).toEqual(Float32Array.of(0.25, 1));
  const summary = summaryOf(taken[0]!, { confusion: [5, 1, 0, 4], loss: 1 });
  expect(summary).toMatchObject({
    round: 0,
    averaged: { accuracy: 0.9, loss: 0.1 },
    confusion: [5, 1, 0, 4],
    mean: { accuracy: 0.25, loss: 0.5 },
    bytesSent: 30,
    seconds: 0.5,
  });
  expect(summary.clients.map(({ id, accuracy }) => [id, accuracy])).toEqual([
    ['a', 0],
    ['b', 0.25],
    ['c', 0.5],
  ]);
});
