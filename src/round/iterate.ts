/** What a client carries from round to round. */
export interface Iterate {
  /** w, d floats. */
  readonly weights: Float32Array;
  /** v, d floats; null without momentum. */
  readonly velocity: Float32Array | null;
}

interface Weighted {
  readonly vector: Float32Array;
  readonly weight: number;
}

/** Σ weight · vector, in the order given, accumulated in float64. */
function combine(terms: readonly Weighted[]): Float32Array {
  const sum = new Float64Array(terms[0]?.vector.length ?? 0);
  for (const { vector, weight } of terms) {
    for (let i = 0; i < sum.length; i++) sum[i]! += weight * vector[i]!;
  }
  return Float32Array.from(sum);
}

/** Σ weight · vector / Σ weight. */
export function weightedMean(terms: readonly Weighted[]): Float32Array {
  const total = terms.reduce((sum, { weight }) => sum + weight, 0);
  return combine(terms.map(({ vector, weight }) => ({ vector, weight: weight / total })));
}

/**
 * The mix: w̄ = Σ m_ij w_j and v̄ = Σ m_ij v_j. The caller puts the client's own iterate in a missing neighbour's place: that
 * weight falls to the client itself, so rows still sum to one and the mixing matrix stays symmetric.
 */
export function mix(own: Iterate, selfWeight: number, others: readonly { readonly iterate: Iterate; readonly weight: number }[]): Iterate {
  const members = [{ iterate: own, weight: selfWeight }, ...others];
  const velocities = members.flatMap(({ iterate, weight }) => (iterate.velocity ? [{ vector: iterate.velocity, weight }] : []));
  return {
    weights: combine(members.map(({ iterate, weight }) => ({ vector: iterate.weights, weight }))),
    velocity: own.velocity ? combine(velocities) : null,
  };
}

/** scale · Σ vectors. */
export function scaledSum(vectors: readonly Float32Array[], scale: number): Float32Array {
  return combine(vectors.map((vector) => ({ vector, weight: scale })));
}

/** Nesterov: v = μ v̄ + Δ, w = w̄ + Δ + μ v (the placement is a reconstruction of SPARK's). */
export function momentumStep(mixed: Iterate, delta: Float32Array, momentum: number): Iterate {
  const { weights: w, velocity: v } = mixed;
  if (!v) return { weights: w.map((weight, i) => weight + delta[i]!), velocity: null };
  const velocity = v.map((component, i) => momentum * component + delta[i]!);
  return { weights: w.map((weight, i) => weight + delta[i]! + momentum * velocity[i]!), velocity };
}
