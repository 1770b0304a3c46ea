/**
 * The step as the one minimum of a convex objective over δ, the pool's loss in the linearised model and a ridge:
 *   (1/N) Σ_p loss_p(f⁰_p + J_p δ) + (ρ/2) |δ|²,
 * by L-BFGS in the space of θ (tangents.ts), where δ's norm is θ's. Every point that it visits is θ = -Jᵀ R for an R that is
 * carried along, so that wherever it ends the owners of the samples can make δ = -Jᵀ R.
 */

import * as tf from '@tensorflow/tfjs';
import { EvolutionError, type Ridge } from './evolution.ts';
import { add, dot, LimitedMemory, scaled } from './lbfgs.ts';
import type { Objective } from './objective.ts';
import { takeOne } from './readback.ts';
import type { Tangents } from './tangents.ts';

/** What a step is solved for from. */
export interface RidgeProblem {
  readonly tangents: Tangents;
  readonly objective: Objective;
  /** f⁰, N x C. */
  readonly logits: Float32Array;
  /** N. */
  readonly samples: number;
}

/** N x C each, row-major. */
export interface RidgeSolution {
  /** R: the step is -Jᵀ R. */
  readonly residual: Float32Array;
  /** f⁰ + J δ. */
  readonly logits: Float32Array;
  /** Gradients computed, each by one product with Θ. */
  readonly products: number;
  /** The last gradient over the one at δ = 0, Euclidean. */
  readonly relativeGradient: number;
}

/** Pairs that L-BFGS remembers. */
const MEMORY = 10;

/** A point on a line is taken when the slope there is at most this part of the first: the approximate Wolfe conditions. */
const SLOPE = 0.4;
const MOST_TRIALS = 20;

/**
 * Solves to the tolerance, to the bound, or until float32 shows no way down any more; which, the solution's gradient tells.
 * @param start another R than 0 to begin from, N x C.
 * @throws {EvolutionError} when the numbers are no longer finite.
 */
export async function solveRidge(
  { tangents, objective, logits: atZero, samples }: RidgeProblem,
  { ridge, tolerance, maxProducts }: Omit<Ridge, 'kind'>,
  start?: Float32Array,
): Promise<RidgeSolution> {
  const { unknowns } = tangents;
  const classes = atZero.length / samples;
  const forward = (point: Float32Array) => takeOne(tf.tidy(() => tangents.forward(point.subarray(0, unknowns))));
  const backward = (matrix: Float32Array) => takeOne(tf.tidy(() => tangents.backward(tf.tensor2d(matrix, [samples, classes]))));
  /** The gradient by θ, and the R that it is -Jᵀ R of. */
  const gradientAt = async (point: Float32Array, slopes: Float32Array): Promise<Float32Array> => {
    const gradient = new Float32Array(point.length);
    const sums = await backward(slopes);
    for (let i = 0; i < unknowns; i++) gradient[i] = ridge * point[i]! + sums[i]! / samples;
    for (let i = 0; i < slopes.length; i++) gradient[unknowns + i] = ridge * point[unknowns + i]! - slopes[i]! / samples;
    return gradient;
  };
  const normOf = (vector: Float32Array) => Math.sqrt(dot(vector, vector, unknowns));

  let point = new Float32Array(unknowns + atZero.length);
  let logits = atZero.slice();
  let slopes = objective.gradient(logits);
  let gradient = await gradientAt(point, slopes);
  let products = 1;
  const atStart = normOf(gradient);
  if (start) {
    point = Float32Array.of(...(await backward(start)).map((value) => -value), ...start);
    const moved = await forward(point);
    logits = logits.map((value, i) => value + moved[i]!);
    slopes = objective.gradient(logits);
    gradient = await gradientAt(point, slopes);
    products++;
  }
  const memory = new LimitedMemory(MEMORY, unknowns);
  while (products < maxProducts && normOf(gradient) > tolerance * atStart) {
    const direction = memory.direction(gradient);
    const slope = dot(gradient, direction, unknowns);
    const tangent = await forward(direction);
    const line = { slope, curvature: ridge * dot(direction, direction, unknowns), ridgeSlope: ridge * dot(point, direction, unknowns) };
    /** The point at a distance along the direction: its logits, their g, and the slope of the objective. */
    const at = (distance: number) => {
      const ahead = new Float32Array(logits.length);
      for (let i = 0; i < ahead.length; i++) ahead[i] = logits[i]! + distance * tangent[i]!;
      const g = objective.gradient(ahead);
      return {
        distance,
        logits: ahead,
        slopes: g,
        slope: dot(g, tangent, g.length) / samples + line.ridgeSlope + distance * line.curvature,
      };
    };
    // The softmaxes' curvature is at most this: a step that cannot go too far, where nothing is known yet.
    const safe = -slope / ((objective.curvature * dot(tangent, tangent, tangent.length)) / samples + line.curvature);
    const found = slope < 0 ? search(at, slope, memory.isEmpty ? safe : 1) : null;
    if (!found) {
      if (memory.isEmpty) break;
      memory.clear();
      continue;
    }
    const step = scaled(direction, found.distance);
    add(point, 1, step);
    ({ logits, slopes } = found);
    const next = await gradientAt(point, slopes);
    products++;
    // The last gradient is not needed any more: it becomes the change.
    for (let i = 0; i < gradient.length; i++) gradient[i] = next[i]! - gradient[i]!;
    memory.learn(step, gradient);
    gradient = next;
  }
  const relativeGradient = atStart > 0 ? normOf(gradient) / atStart : 0;
  if (!Number.isFinite(relativeGradient) || !logits.every(Number.isFinite)) {
    throw new EvolutionError('The evolved logits are not finite: the weights have diverged. Take a larger ridge.');
  }
  return { residual: point.slice(unknowns), logits, products, relativeGradient };
}

/**
 * The distance at which a convex function's slope has fallen enough (Hager & Zhang 2005); values are never compared, which
 * float32 could not near the minimum.
 * @param slope at 0, negative.
 */
function search<T extends { readonly slope: number }>(at: (distance: number) => T, slope: number, first: number): T | null {
  let low = { distance: 0, slope };
  let high: { distance: number; slope: number } | null = null;
  let distance = first;
  for (let trial = 0; trial < MOST_TRIALS; trial++) {
    const found = at(distance);
    if (Math.abs(found.slope) <= SLOPE * Math.abs(slope)) return found;
    if (Number.isNaN(found.slope)) return null;
    if (found.slope < 0) low = { distance, slope: found.slope };
    else high = { distance, slope: found.slope };
    if (high) {
      const part = low.slope / (low.slope - high.slope);
      distance = low.distance + (high.distance - low.distance) * Math.min(0.9, Math.max(0.1, part));
    } else {
      distance *= Math.min(10, Math.max(2, slope / (slope - low.slope)));
    }
  }
  return null;
}
