/** What a client carries from round to round: its mix and its momentum. */

import { add, addTo, axpby } from '../math/vectors.ts';
import type { Momentum } from '../settings/method.ts';
import { robustMean, type Aggregation, type Weighted } from './robust.ts';

/** What a client carries from round to round. */
export interface Iterate {
  /** w, d floats. */
  readonly weights: Float32Array;
  /** v, d floats; null without an outer momentum. */
  readonly velocity: Float32Array | null;
}

/** Numbers that are summed at a time. */
const PIECE = 1024;

/** Σ weight · vector, in the order given, accumulated in float64. */
function combine(terms: readonly Weighted[]): Float32Array {
  const combined = new Float32Array(terms[0]?.vector.length ?? 0);
  const sums = new Float64Array(PIECE);
  for (let start = 0; start < combined.length; start += PIECE) {
    const length = Math.min(PIECE, combined.length - start);
    sums.fill(0);
    for (const { vector, weight } of terms) for (let i = 0; i < length; i++) sums[i]! += weight * vector[start + i]!;
    for (let i = 0; i < length; i++) combined[start + i] = sums[i]!;
  }
  return combined;
}

/** Σ weight · vector / Σ weight. */
export function weightedMean(terms: readonly Weighted[]): Float32Array {
  const total = terms.reduce((sum, { weight }) => sum + weight, 0);
  return combine(terms.map(({ vector, weight }) => ({ vector, weight: weight / total })));
}

/** A mixing row: m_ii, and m_ij of each neighbour. */
interface Row {
  readonly selfWeight: number;
  readonly neighbours: readonly { readonly peer: string; readonly weight: number }[];
}

/**
 * The mix: w̄ = Σ m_ij w_j and v̄ = Σ m_ij v_j. Who has not answered, or sends no velocity, is given the client's own in its
 * place: that weight falls to the client itself, so rows still sum to one and the mixing matrix stays symmetric. Or more robust
 * means of the same (robust.ts), of those who have answered.
 * @param start w⁰, where all began; null where each had its own.
 */
export function mix(
  own: Iterate,
  row: Row,
  answers: ReadonlyMap<string, Iterate>,
  aggregation: Aggregation,
  start: Float32Array | null,
): Iterate {
  return aggregation === 'mean' ? plainMix(own, row, answers) : robustMix(own, row, answers, aggregation, start ?? own.weights);
}

function robustMix(
  own: Iterate,
  { neighbours }: Row,
  answers: ReadonlyMap<string, Iterate>,
  rule: Exclude<Aggregation, 'mean'>,
  start: Float32Array,
): Iterate {
  const present = neighbours.flatMap(({ peer, weight }) => {
    const iterate = answers.get(peer);
    return iterate ? [{ iterate, weight }] : [];
  });
  const { weights, velocity } = own;
  const velocities = present.flatMap(({ iterate, weight }) => (iterate.velocity ? [{ vector: iterate.velocity, weight }] : []));
  return {
    weights: robustMean(
      rule,
      weights,
      present.map(({ iterate, weight }) => ({ vector: iterate.weights, weight })),
      start,
    ),
    // A velocity has come from nowhere.
    velocity: velocity && robustMean(rule, velocity, velocities, velocity),
  };
}

function plainMix(own: Iterate, { selfWeight, neighbours }: Row, answers: ReadonlyMap<string, Iterate>): Iterate {
  const members = [
    { iterate: own, weight: selfWeight },
    ...neighbours.map(({ peer, weight }) => ({ iterate: answers.get(peer) ?? own, weight })),
  ];
  const { velocity } = own;
  return {
    weights: combine(members.map(({ iterate, weight }) => ({ vector: iterate.weights, weight }))),
    velocity: velocity && combine(members.map(({ iterate, weight }) => ({ vector: iterate.velocity ?? velocity, weight }))),
  };
}

/** w⁰ + (1 - γ)(w - w⁰): weights pulled towards an anchor. */
export function pulled(weights: Float32Array, anchor: Float32Array, pull: number): Float32Array {
  return axpby(1 - pull, weights, pull, anchor);
}

/** scale · Σ vectors. */
export function scaledSum(vectors: readonly Float32Array[], scale: number): Float32Array {
  return combine(vectors.map((vector) => ({ vector, weight: scale })));
}

/**
 * v = μ v̄ + Δ. Heavy ball: w = w̄ + v. Nesterov: w = w̄ + Δ + μ v (the placement is a reconstruction of SPARK's). With an own
 * velocity the mix has left it as it was.
 */
export function momentumStep({ weights, velocity: before }: Iterate, delta: Float32Array, momentum: Momentum): Iterate {
  if (momentum.kind === 'none' || !before) return { weights: add(weights, delta), velocity: null };
  const { kind, factor } = momentum;
  const velocity = axpby(factor, before, 1, delta);
  if (kind === 'heavy-ball') return { weights: add(weights, velocity), velocity };
  return { weights: addTo(axpby(1, delta, factor, velocity), weights), velocity };
}
