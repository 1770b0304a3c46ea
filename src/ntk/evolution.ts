/** What a round's evolution is made of, and what it takes from the pool: step size and prior. */

/** η by round t: `fixed` η exp(-decay · t), or `spectral` scale · N / λmax of the kernel. */
export type StepSize =
  | { readonly rule: 'fixed'; readonly learningRate: number; readonly decay: number }
  | { readonly rule: 'spectral'; readonly scale: number };

/** The flow of the logits in function space, followed for S steps. */
export interface Flow {
  readonly kind: 'flow';
  readonly stepSize: StepSize;
  readonly integrator: 'euler' | 'accelerated';
  /** S. */
  readonly steps: number;
}

/** The minimum of the pool's loss in the linearised model plus (ρ/2) |δ|², in place of a time at which a flow is stopped. */
export interface Ridge {
  readonly kind: 'ridge';
  /** ρ. */
  readonly ridge: number;
  /** The solver ends when the gradient is this part of what it was at δ = 0, */
  readonly tolerance: number;
  /** or after so many products with the kernel. */
  readonly maxProducts: number;
}

/** The gradient flow itself, followed with error control to several times, of which one is chosen (NTK-DFL's code). */
export interface Timed {
  readonly kind: 'timed';
  /** What time is scaled by, as η of a fixed step size: η exp(-decay · t). */
  readonly learningRate: number;
  readonly decay: number;
  /** Ascending. */
  readonly times: readonly number[];
  /** Of the logits at each step, relative to 1 and their size. */
  readonly tolerance: number;
}

/**
 * K or Θ: `averaged` K = (1/C) Σ_k J_k J_kᵀ (N x N, as published), `whole` Θ = J Jᵀ ((N C) x (N C), never formed), which knows
 * how one logit's step moves another (this project's addition).
 */
export type KernelKind = 'averaged' | 'whole';

/** What the pool's labels and soft labels ask of the logits. */
export interface Targets {
  /** T. */
  readonly temperature: number;
  /** λ of this round. */
  readonly softLabelWeight: number;
  /** a. */
  readonly priorAdjustment: number;
}

/** How the logits of a round get where they end. */
export type Evolution = Flow | Ridge | Timed;

/** The evolution of one round: the run's settings, with what depends on the round. */
export type EvolutionOptions = Evolution &
  Targets & {
    /** t, from 0. */
    readonly round: number;
  };

/** How a ridge was solved. */
export interface Solved {
  /** With the kernel. */
  readonly products: number;
  /** The gradient at the end over that at δ = 0. */
  readonly relativeGradient: number;
}

/**
 * Where an evolution ended. Matrices are row-major, their rows the pool's samples in its order; of several times they stand one
 * after another.
 */
export interface Evolved {
  /** R, N x C: the step is -`scale` · Jᵀ R. */
  readonly residual: Float32Array;
  /** f⁰ + J δ of the step δ, or what the averaged kernel has for it, N x C. */
  readonly logits: Float32Array;
  /** η/N of a flow; of a ridge 1. */
  readonly scale: number;
  /** η of a flow. */
  readonly stepSize?: number;
  /** λmax of the kernel, where the step size comes from it. */
  readonly topEigenvalue?: number;
  /** Of a ridge. */
  readonly solver?: Solved;
  /** With the kernel, of a flow to several times. */
  readonly products?: number;
  /** K, N x N, if it was wanted and there is one. */
  readonly kernel?: Float32Array;
}

/** Signals an evolution that leads nowhere; its message says what to change. */
export class EvolutionError extends Error {
  override readonly name = 'EvolutionError';
}

/** η of a round, λmax the kernel's where it is made from that. @throws {EvolutionError} when λmax is no positive number. */
export function stepSizeOf(rule: StepSize, round: number, samples: number, topEigenvalue: number | undefined): number {
  if (rule.rule === 'fixed') return rule.learningRate * Math.exp(-rule.decay * round);
  if (!(topEigenvalue !== undefined && topEigenvalue > 0 && topEigenvalue < Infinity)) {
    throw new EvolutionError(`The kernel's largest eigenvalue is ${topEigenvalue}: the weights have diverged. Take a smaller step size.`);
  }
  return (rule.scale * samples) / topEigenvalue;
}

/** a log π_c with the pool's class frequencies π_c = (count_c + 0.1 N/C) / (1.1 N), so that an absent class keeps a little. */
export function priorShift(labels: Int32Array, classes: number, adjustment: number): Float32Array {
  const counts = new Float32Array(classes);
  for (const label of labels) counts[label]! += 1;
  return counts.map((count) => adjustment * Math.log((count + (0.1 * labels.length) / classes) / (1.1 * labels.length)));
}

/** The same evolution as short as it can be, which computes one time whatever it is made of. */
export function shortened(evolution: Evolution): Evolution {
  switch (evolution.kind) {
    case 'flow':
      return { ...evolution, steps: 1 };
    case 'ridge':
      return { ...evolution, maxProducts: 2 };
    case 'timed':
      return { ...evolution, times: evolution.times.slice(0, 1), tolerance: 1 };
  }
}
