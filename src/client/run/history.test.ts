import { expect, it } from 'vitest';
import type { RoundSummary } from '../view.ts';
import { History } from './history.ts';

const score = { accuracy: 0.5, loss: 1 };
const summary = (round: number, bytesSent = 0): RoundSummary => ({
  round,
  averaged: score,
  confusion: [],
  mean: score,
  clients: [],
  bytesSent,
  seconds: 1,
});

/** A history with one round of 3 seconds that cost 60 bytes. */
function oneRound(): History {
  const history = new History();
  history.begin(1000, 40);
  history.enter('mix', 1000);
  history.enter('mix', 1500);
  history.enter('linearise', 2000);
  history.enter('mix', 2250);
  const ended = history.end({ round: 0, neighbours: ['a'], missed: ['b', 'c'], solver: null }, 3000, 100);
  history.add({ ...ended, score, work: { score: 7 } }, 4000);
  return history;
}

it('counts the time of each phase, also of one that comes twice, and what the round has cost', () => {
  const history = oneRound();
  expect(history.own).toEqual([
    {
      round: 0,
      score,
      phases: { mix: 1750, linearise: 250, evaluate: 1000 },
      solver: null,
      work: { score: 7 },
      bytesSent: 60,
      neighbours: ['a'],
      missed: ['b', 'c'],
    },
  ]);
  expect(history.phase).toBeNull();
});

it('counts each round anew, with its seconds from its own beginning', () => {
  const history = oneRound();
  history.begin(5000, 100);
  history.enter('descend', 5000);
  const ended = history.end({ round: 1, neighbours: [], missed: ['b'], solver: null }, 5500, 130);
  expect(history.phase).toBe('evaluate');
  expect(history.add({ ...ended, score, work: {} }, 5750)).toBe(0.75);
  expect(history.own[1]).toMatchObject({ round: 1, phases: { descend: 500, evaluate: 250 }, bytesSent: 30 });
  expect(history.own[1]!.phases).not.toHaveProperty('mix');
  expect(['a', 'b', 'c'].map((peer) => history.missedRoundsOf(peer))).toEqual([0, 2, 1]);
});

it('keeps summaries in the order of their rounds, of each round the first, and makes a new list of them', () => {
  const history = new History();
  const before = history.summaries;
  expect([summary(2), summary(0), summary(2, 9)].map((heard) => history.addSummary(heard))).toEqual([true, true, false]);
  expect(history.summaries).toEqual([summary(0), summary(2)]);
  expect(before).toEqual([]);
});

it('goes on from its past, which what comes later does not change', () => {
  const history = oneRound();
  history.addSummary(summary(0));
  const past = history.past();
  const resumed = new History(past);
  resumed.end({ round: 1, neighbours: [], missed: ['b'], solver: null }, 0, 0);
  resumed.addSummary(summary(1));
  expect([resumed.missedRoundsOf('b'), resumed.missedRoundsOf('c')]).toEqual([2, 1]);
  expect(resumed.own).toBe(history.own);
  expect(past.missedRounds).toEqual(
    new Map([
      ['b', 1],
      ['c', 1],
    ]),
  );
  expect(past.summaries).toEqual([summary(0)]);
});
