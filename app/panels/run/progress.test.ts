import { describe, expect, it } from 'vitest';
import type { OwnRound } from '../../../src/client/view.ts';
import { defaultSettings } from '../../../src/settings/settings.ts';
import { currentRound, finishedRounds, pace } from './progress.ts';

const settings = { ...defaultSettings(), rounds: 10 };

function own(...milliseconds: number[]): OwnRound[] {
  return milliseconds.map((ms, round) => ({
    round,
    score: { accuracy: 0.5, loss: 1 },
    phases: { mix: ms / 5, linearise: ms / 5, evolve: ms / 5, step: ms / 5, evaluate: ms / 5 },
    work: {},
    solver: null,
    bytesSent: 0,
    neighbours: [],
    missed: [],
  }));
}

describe('progress', () => {
  it('counts rounds from 1 and stops at the target', () => {
    expect([0, 6, 9, 10].map((round) => currentRound({ round, settings }))).toEqual([1, 7, 10, 10]);
  });

  it('counts what is finished by the last round, for a latecomer too', () => {
    expect(finishedRounds({ own: [] })).toBe(0);
    expect(finishedRounds({ own: own(1, 1, 1).slice(2) })).toBe(3);
  });

  it('takes the pace from the last five rounds', () => {
    const now = pace({ own: own(90_000, 2000, 2000, 2000, 2000, 2000), settings });
    expect(now?.msPerRound).toBeCloseTo(2000);
    expect(now?.roundsPerMinute).toBeCloseTo(30);
    expect(now?.msLeft).toBeCloseTo(8000);
  });

  it('has no pace before a round is finished', () => expect(pace({ own: [], settings })).toBeNull());
});
