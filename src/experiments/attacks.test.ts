import { describe, expect, it } from 'vitest';
import type { ProblemSource } from '../client/problem.ts';
import type { Message } from '../protocol/messages.ts';
import { defaultSettings } from '../settings/settings.ts';
import { attackedSource, honestMean, liesOf } from './attacks.ts';

const weightsIn = (round: number, ...weights: number[]): Message => ({
  type: 'weights',
  run: 'r',
  round,
  weights: Float32Array.from(weights),
  velocity: null,
});
const sent = (attack: Parameters<typeof liesOf>[0], client = 4): number[] => {
  const lie = liesOf(attack, 7, client)!;
  lie(weightsIn(0, 1, 1));
  const message = lie(weightsIn(1, 2, 0));
  return message.type === 'weights' ? [...message.weights] : [];
};

describe('an attacker', () => {
  it('sends the opposite of its change, ten times it, what it had five rounds before, or what it began with', () => {
    expect(sent('sign')).toEqual([0, 2]);
    expect(sent('scaled')).toEqual([11, -9]);
    expect(sent('stale')).toEqual([1, 1]);
    const stale = liesOf('stale', 7, 4)!;
    const told = [0, 1, 2, 3, 4, 5, 6].map((round) => stale(weightsIn(round, round)));
    expect(told.map((message) => (message.type === 'weights' ? message.weights[0] : null))).toEqual([0, 0, 0, 0, 0, 0, 1]);
    expect(sent('start')).toEqual([1, 1]);
  });

  it('sends noise that is its own, and the same for the same seed', () => {
    expect(sent('random')).toEqual(sent('random'));
    expect(sent('random')).not.toEqual(sent('random', 9));
  });

  it('is one client in five, lies about weights alone, and not in what it sends where its labels are the lie', () => {
    for (const client of [0, 1, 2, 3]) expect(liesOf('sign', 7, client)).toBeNull();
    expect(liesOf('labels', 7, 4)).toBeNull();
    const decline: Message = { type: 'decline', run: 'r', round: 1, of: 'weights' };
    expect(liesOf('sign', 7, 4)!(decline)).toBe(decline);
  });

  it('learns from wrong labels where those are the attack', async () => {
    const source: ProblemSource = {
      problem: () =>
        Promise.resolve({
          model: { layers: [1, 3] },
          own: { rows: new Float32Array(3), labels: Uint8Array.of(0, 1, 2) },
          test: null,
          initialWeights: new Float32Array(6),
          startsAlike: true,
          view: null,
          digest: '',
          share: null,
        }),
      graph: () => [],
    };
    const labelsOf = async (attack: 'labels' | 'sign', client: number) =>
      (await attackedSource(source, attack).problem(defaultSettings(), client, () => undefined)).own.labels;
    expect(await labelsOf('labels', 4)).toEqual(Uint8Array.of(2, 1, 0));
    for (const [attack, client] of [
      ['labels', 3],
      ['sign', 4],
    ] as const)
      expect(await labelsOf(attack, client)).toEqual(Uint8Array.of(0, 1, 2));
  });
});

it('the mean of the honest leaves liars out', () => {
  const score = { accuracy: 0.5, loss: 1 };
  const clients = [0.2, 0.4, 0.6, 0.8, 1].map((accuracy, number) => ({ id: `c${number}`, number, accuracy, loss: 0 }));
  const summaries = [{ round: 3, averaged: score, confusion: [], mean: score, clients, bytesSent: 0, seconds: 0 }];
  expect(honestMean({ summaries }, 3)).toBeCloseTo(0.5);
  expect(() => honestMean({ summaries }, 2)).toThrow(/round 2/);
});
