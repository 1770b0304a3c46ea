/**
 * Averages that a few liars cannot move far, in place of the plain mean of a mix. None is told who lies, and all take more honest
 * neighbours than others for granted.
 */
import { axpby } from '../math/vectors.ts';
import type { Settings } from '../settings/settings.ts';

export type Aggregation = Settings['aggregation'];

/** The part of the values that a trimmed mean leaves out at each end. */
const TRIMMED_PART = 0.2;

/** A vector with its weight in a mean. */
export interface Weighted {
  readonly vector: Float32Array;
  readonly weight: number;
}

function distance(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i]! - b[i]!) ** 2;
  return Math.sqrt(sum);
}

/**
 * x + Σ m_j clip(x_j - x, τ): self-centred clipping (He, Karimireddy and Jaggi, arXiv 2202.01545). Its τ asks who is honest; ours is
 * the median of the distances, the lower of two, so that nobody pulls further than half of the others.
 */
function clipped(own: Float32Array, others: readonly Weighted[]): Float32Array {
  const distances = others.map(({ vector }) => distance(vector, own));
  const most = distances.toSorted((a, b) => a - b)[(distances.length - 1) >> 1] ?? 0;
  const sum = Float64Array.from(own);
  others.forEach(({ vector, weight }, k) => {
    // What is not finite is no nearer for being scaled.
    const scale = Number.isFinite(distances[k]) ? weight * Math.min(1, most / Math.max(distances[k]!, Number.MIN_VALUE)) : 0;
    if (scale > 0) for (let i = 0; i < sum.length; i++) sum[i]! += scale * (vector[i]! - own[i]!);
  });
  return new Float32Array(sum);
}

/**
 * The mean of x and of the half of the others nearest to where it is going, with one more of an odd number, and all as near as the last of
 * them: nearest neighbour averaging (Farhadkhani et al., arXiv 2209.10931), which leaves out as many as may lie; ours takes half. Theirs takes
 * those nearest to x itself, where models that are old or have never learned are nearer than honest ones that differ; ours goes as far
 * beyond x as that is from the start, which they lie far behind. Weights count for nothing.
 */
function nearest(own: Float32Array, others: readonly Weighted[], start: Float32Array): Float32Array {
  const ahead = axpby(2, own, -1, start);
  const byDistance = others.map(({ vector }) => ({ vector, far: distance(vector, ahead) })).filter(({ far }) => Number.isFinite(far));
  const most = byDistance.map(({ far }) => far).toSorted((a, b) => a - b)[Math.ceil(others.length / 2) - 1] ?? Infinity;
  const kept = byDistance.filter(({ far }) => far <= most);
  return trimmed([own, ...kept.map(({ vector }) => vector)], 0);
}

/** The mean of each coordinate without its `cut` largest and smallest values (Yin et al., arXiv 1803.01498): weights count for nothing. */
function trimmed(vectors: readonly Float32Array[], cut: number): Float32Array {
  const values = new Float64Array(vectors.length);
  const kept = vectors.length - 2 * cut;
  return Float32Array.from({ length: vectors[0]?.length ?? 0 }, (_, i) => {
    for (let k = 0; k < values.length; k++) values[k] = vectors[k]![i]!;
    values.sort();
    let sum = 0;
    for (let k = cut; k < cut + kept; k++) sum += values[k]!;
    return sum / kept;
  });
}

/**
 * @param others the neighbours that have answered, each with its m_ij.
 * @param start where all began; the own vector where that is not known, or there is no such place.
 */
export function robustMean(
  rule: Exclude<Aggregation, 'mean'>,
  own: Float32Array,
  others: readonly Weighted[],
  start: Float32Array,
): Float32Array {
  const all = [own, ...others.map(({ vector }) => vector)];
  const most = (all.length - 1) >> 1;
  switch (rule) {
    case 'clipped':
      return clipped(own, others);
    case 'nearest':
      return nearest(own, others, start);
    case 'trimmed':
      return trimmed(all, Math.min(Math.ceil(TRIMMED_PART * all.length), most));
    case 'median':
      return trimmed(all, most);
  }
}
