/**
 * The gradient flow of the logits in continuous time, as NTK-DFL has it (arXiv 2410.01922, and its public code):
 *   df/dt = -(η/N) K g(f),   R(t) = ∫ g(f) dt,   so that f⁰ + J Δ = f(t) with the step Δ = -(η/N) Jᵀ R(t),
 * followed with error control (chebyshev.ts) to each of several times, one of which is chosen later (round/ntk.ts). Their
 * code sums g at whole times; with inputs of their size the sum is this integral, and with standardised ones, whose flow is over
 * in less than one time at first, it would be none.
 */

import { concat } from '../math/vectors.ts';
import { integrate, StepSizeError } from './chebyshev.ts';
import { EvolutionError, stepSizeOf, type Evolved, type Timed } from './evolution.ts';
import type { Objective } from './objective.ts';

/** What the logits follow. */
export interface TimedProblem {
  /** The kernel's product with a matrix N x C. */
  readonly multiply: (matrix: Float32Array) => Promise<Float32Array>;
  readonly objective: Objective;
  /** f⁰, N x C. */
  readonly logits: Float32Array;
  /** N. */
  readonly samples: number;
}

/**
 * @param round t of η = learningRate exp(-decay t).
 * @returns R and f at each time, one N x C after another.
 * @throws {EvolutionError} when the numbers are no longer finite.
 */
export async function followToTimes(
  { multiply, objective, logits, samples }: TimedProblem,
  { learningRate, decay, times, tolerance }: Timed,
  round: number,
): Promise<Evolved> {
  const stepSize = stepSizeOf({ rule: 'fixed', learningRate, decay }, round, samples, undefined);
  const scale = stepSize / samples;
  const { length } = logits;
  let products = 0;
  /** Of f, then of R. */
  const slope = async (state: Float32Array) => {
    const gradient = objective.gradient(state.subarray(0, length));
    const product = await multiply(gradient);
    products++;
    const slopes = new Float32Array(2 * length);
    for (let i = 0; i < length; i++) slopes[i] = -scale * product[i]!;
    slopes.set(gradient, length);
    return slopes;
  };
  const start = new Float32Array(2 * length);
  start.set(logits);
  try {
    const states = await integrate({ slope, length }, start, times, tolerance);
    const halves = (from: number) => concat(states.map((state) => state.subarray(from, from + length)));
    return { residual: halves(length), logits: halves(0), scale, stepSize, products };
  } catch (error) {
    if (!(error instanceof StepSizeError)) throw error;
    throw new EvolutionError('The flow has no finite step any more: the weights have diverged. Take a smaller learning rate.', {
      cause: error,
    });
  }
}
