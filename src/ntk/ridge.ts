/**
 * The step as the one minimum of a convex objective over δ, the pool's loss in the linearised model and a ridge:
 *   (1/N) Σ_p loss_p(f⁰_p + J_p δ) + (ρ/2) |δ|²,
 * by L-BFGS in the space of θ (tangents.ts), where δ's norm is θ's. Every point that it visits is θ = -Jᵀ R for an R that is
 * carried along, so that wherever it ends the owners of the samples can make δ = -Jᵀ R.
 */

import * as tf from '@tensorflow/tfjs';
import { DeviceLbfgs } from './deviceLbfgs.ts';
import { EvolutionError, type Ridge, type Solved } from './evolution.ts';
import { HostLbfgs } from './hostLbfgs.ts';
import type { Lbfgs, Line, RidgeProblem, Trial } from './lbfgs.ts';

/** N x C each, row-major. */
export interface RidgeSolution extends Solved {
  /** R: the step is -Jᵀ R. */
  readonly residual: Float32Array;
  /** f⁰ + J δ. */
  readonly logits: Float32Array;
}

/** A point on a line is taken when the slope there is at most this part of the first: the approximate Wolfe conditions. */
const SLOPE = 0.4;
const MOST_TRIALS = 20;

/**
 * Solves to the tolerance, to the bound, or until float32 shows no way down any more; which, the solution's gradient tells.
 * @param start another R than 0 to begin from, N x C.
 * @throws {EvolutionError} when the numbers are no longer finite.
 */
export async function solveRidge(problem: RidgeProblem, options: Omit<Ridge, 'kind'>, start?: Float32Array): Promise<RidgeSolution> {
  // Where a product waits for the way to the device and back, everything stays there.
  const vectors = tf.getBackend() === 'webgpu' ? DeviceLbfgs : HostLbfgs;
  const lbfgs = await vectors.begin(problem, options.ridge);
  try {
    return await minimise(lbfgs, options, start);
  } finally {
    lbfgs.dispose();
  }
}

/** The same from where L-BFGS has begun, wherever its vectors lie. */
export async function minimise(
  lbfgs: Lbfgs,
  { tolerance, maxProducts }: Pick<Ridge, 'tolerance' | 'maxProducts'>,
  start?: Float32Array,
): Promise<RidgeSolution> {
  let products = 1;
  const atZero = lbfgs.gradientNorm;
  if (start) {
    await lbfgs.moveBy(start);
    products++;
  }
  while (products < maxProducts && lbfgs.gradientNorm > tolerance * atZero) {
    const line = await lbfgs.turn();
    const found = line.slope < 0 ? await search(line) : null;
    if (!found) {
      if (lbfgs.isFresh) break;
      await lbfgs.forget();
      continue;
    }
    await line.advance(found.distance);
    products++;
  }
  const relativeGradient = atZero > 0 ? lbfgs.gradientNorm / atZero : 0;
  const { residual, logits } = await lbfgs.end();
  if (!Number.isFinite(relativeGradient) || !logits.every(Number.isFinite)) {
    throw new EvolutionError('The evolved logits are not finite: the weights have diverged. Take a larger ridge.');
  }
  return { residual, logits, products, relativeGradient };
}

/**
 * Where a convex function's slope has fallen enough (Hager & Zhang 2005); values are never compared, which float32 could not near
 * the minimum.
 */
async function search(line: Line): Promise<Trial | null> {
  const { slope } = line;
  let low: Trial = { distance: 0, slope };
  let high: Trial | null = null;
  let { trials } = line;
  for (let left = MOST_TRIALS; left > 0; left--) {
    const flattest = trials.reduce((a, b) => (Math.abs(b.slope) < Math.abs(a.slope) ? b : a));
    if (Math.abs(flattest.slope) <= SLOPE * Math.abs(slope)) return flattest;
    for (const trial of trials) {
      if (Number.isNaN(trial.slope)) return null;
      if (trial.slope >= 0) high = high && high.distance < trial.distance ? high : trial;
      else if (trial.distance > low.distance) low = trial;
    }
    if (left > 1) trials = await line.tryAt(high ? between(low, high) : beyond(low, slope));
  }
  return null;
}

/** Where the slope would be 0 if it were straight between two of its points, but not at their very edge. */
function between(low: Trial, high: Trial): number {
  const part = low.slope / (low.slope - high.slope);
  return low.distance + (high.distance - low.distance) * Math.min(0.9, Math.max(0.1, part));
}

/** The same beyond all that was tried, from 2 to 10 times as far; `slope` is that at 0. */
function beyond(low: Trial, slope: number): number {
  return low.distance * Math.min(10, Math.max(2, slope / (slope - low.slope)));
}
