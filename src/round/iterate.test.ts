import { describe, expect, it } from 'vitest';
import { mix, momentumStep, type Iterate } from './iterate.ts';

const own: Iterate = { weights: Float32Array.of(1), velocity: Float32Array.of(0) };
const other: Iterate = { weights: Float32Array.of(3), velocity: Float32Array.of(4) };
const row = { selfWeight: 0.5, neighbours: [{ peer: 'b', weight: 0.5 }] };

describe('mix', () => {
  it('averages weights and velocities by the row', () => {
    expect(mix(own, row, new Map([['b', other]]), 'mean', null)).toEqual({ weights: Float32Array.of(2), velocity: Float32Array.of(2) });
  });

  it('puts the own iterate in the place of who has not answered', () => {
    expect(mix(other, row, new Map(), 'mean', null)).toEqual(other);
  });

  it('keeps the own velocity where none is sent, and none where there is none', () => {
    const silent = { ...own, velocity: null };
    expect(mix(other, row, new Map([['b', silent]]), 'mean', null)).toEqual({ weights: Float32Array.of(2), velocity: Float32Array.of(4) });
    expect(mix(silent, row, new Map([['b', silent]]), 'mean', null).velocity).toBeNull();
  });

  it('takes weights and velocities by a robust rule, of those who have answered', () => {
    const far = { weights: Float32Array.of(1e9), velocity: Float32Array.of(-1e9) };
    const three = { selfWeight: 0.25, neighbours: ['b', 'c', 'd'].map((peer) => ({ peer, weight: 0.25 })) };
    const answers = new Map([
      ['b', other],
      ['c', far],
    ]);
    expect(mix(own, three, answers, 'median', null)).toEqual({ weights: Float32Array.of(3), velocity: Float32Array.of(0) });
    expect(mix({ ...own, velocity: null }, three, answers, 'median', null).velocity).toBeNull();
  });
});

describe('momentumStep', () => {
  const delta = Float32Array.of(1);
  const momentum = { factor: 0.5, velocity: 'mixed' } as const;

  it('is the step alone without momentum', () => {
    const still = { ...other, velocity: null };
    expect(momentumStep(still, delta, { kind: 'none' })).toEqual({ weights: Float32Array.of(4), velocity: null });
  });

  it('heavy ball: v = μ v̄ + Δ = 3, w = w̄ + v = 6', () => {
    expect(momentumStep(other, delta, { kind: 'heavy-ball', ...momentum })).toEqual({
      weights: Float32Array.of(6),
      velocity: Float32Array.of(3),
    });
  });

  it('Nesterov: v = μ v̄ + Δ = 3, w = w̄ + Δ + μ v = 5.5', () => {
    expect(momentumStep(other, delta, { kind: 'nesterov', ...momentum })).toEqual({
      weights: Float32Array.of(5.5),
      velocity: Float32Array.of(3),
    });
  });
});
