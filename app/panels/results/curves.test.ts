import { describe, expect, it } from 'vitest';
import type { OwnRound, RoundSummary } from '../../../src/client/view.ts';
import { accuracyByBytes, curvesByRound, type Curves } from './curves.ts';

const score = (accuracy: number) => ({ accuracy, loss: 1 - accuracy });

const ownRound = (round: number, accuracy: number, bytesSent = 100): OwnRound => ({
  round,
  score: score(accuracy),
  phases: { mix: 0, linearise: 0, evolve: 0, step: 0, evaluate: 0 },
  work: {},
  solver: null,
  bytesSent,
  neighbours: [],
  missed: [],
});

const summary = (round: number, averaged: number, other: number): RoundSummary => ({
  round,
  averaged: score(averaged),
  confusion: [],
  mean: score((averaged + other) / 2),
  clients: [{ id: 'b', number: 1, ...score(other) }],
  bytesSent: 80,
  seconds: 1,
});

const other = { id: 'b', number: 1 };

const self = { id: 'a', number: 0 };

const values = ({ curves }: Curves, key: string) => curves.find((curve) => curve.key === key)?.values;

describe('curvesByRound', () => {
  const view = { self, others: [other], own: [ownRound(0, 0.3), ownRound(1, 0.5)], summaries: [summary(0, 0.6, 0.4)], alone: null };

  it('counts rounds from 1 and leaves out what is not known yet', () => {
    const curves = curvesByRound(view, 'accuracy', true);
    expect(curves.x).toEqual([1, 2]);
    expect(values(curves, 'own')).toEqual([0.3, 0.5]);
    expect(values(curves, 'averaged')).toEqual([0.6, undefined]);
    expect(values(curves, 'mean')).toEqual([0.5, undefined]);
    expect(values(curves, 'b')).toEqual([0.4, undefined]);
  });

  it('has what this client reached alone, once that is known', () => {
    expect(values(curvesByRound(view, 'accuracy', true), 'alone')).toBeUndefined();
    const curves = curvesByRound({ ...view, alone: { rounds: 2, scores: [score(0.2), score(0.25)] } }, 'accuracy', false);
    expect(values(curves, 'alone')).toEqual([0.2, 0.25]);
  });

  it('keeps a client’s one colour', () => {
    const colours = new Map(curvesByRound(view, 'accuracy', true).curves.map(({ key, colour }) => [key, colour]));
    expect(colours.get('own')).toBe('--me');
    expect(colours.get('b')).toBe('--client-1');
  });

  it('draws a long run at no more places than a short one, its last round always', () => {
    const rounds = Array.from({ length: 2500 }, (_, round) => round);
    const long = {
      ...view,
      own: rounds.map((round) => ownRound(round, round / 2500)),
      summaries: rounds.map((round) => summary(round, round / 2500, 0)),
    };
    const { x, curves } = curvesByRound(long, 'accuracy', true);
    expect(x.length).toBeLessThan(500);
    expect(x.at(-1)).toBe(2500);
    for (const key of ['own', 'averaged'])
      expect(curves.find((curve) => curve.key === key)!.values).toEqual(x.map((at) => (at - 1) / 2500));
    const bytes = accuracyByBytes(long);
    expect(values(bytes, 'averaged')!.at(bytes.x.indexOf(80 * 2500))).toBe(2499 / 2500);
    expect(bytes.x.length).toBeLessThan(1000);
  });

  it('draws the loss without the others', () => {
    const curves = curvesByRound(view, 'loss', false);
    expect(curves.curves.map(({ key }) => key)).toEqual(['averaged', 'own', 'mean']);
    expect(values(curves, 'own')).toEqual([0.7, 0.5]);
  });
});

describe('accuracyByBytes', () => {
  it('sets each line over the bytes sent so far', () => {
    const curves = accuracyByBytes({
      own: [ownRound(0, 0.3, 100), ownRound(1, 0.5, 60)],
      summaries: [summary(0, 0.6, 0.4), summary(1, 0.8, 0.6)],
    });
    expect(curves.x).toEqual([80, 100, 160]);
    expect(values(curves, 'averaged')).toEqual([0.6, undefined, 0.8]);
    expect(values(curves, 'own')).toEqual([undefined, 0.3, 0.5]);
  });

  it('is empty before the first round', () => expect(accuracyByBytes({ own: [], summaries: [] }).x).toEqual([]));
});
