/** L-BFGS (Nocedal & Wright 2006, algorithm 7.4) on the objective of a ridge, as its solver sees it: wherever its vectors lie. */

import type * as tf from '@tensorflow/tfjs';
import type { Asked } from './objective.ts';
import type { Tangents } from './tangents.ts';

/** What a step is solved for from. Its owner disposes of it. */
export interface RidgeProblem {
  readonly tangents: Tangents;
  /** f⁰, N x C. */
  readonly logits: tf.Tensor2D;
  readonly asked: Asked;
}

/** Pairs that are remembered. */
export const MEMORY = 10;

/** A point on a line, and the objective's slope there along it. */
export interface Trial {
  readonly distance: number;
  readonly slope: number;
}

/** The way on in the direction of L-BFGS. */
export interface Line {
  /** At the distance 0. */
  readonly slope: number;
  /** Where to look first: around a unit step or, with nothing remembered, one that cannot go too far. */
  readonly trials: readonly Trial[];
  /** Looks around a distance. */
  readonly tryAt: (distance: number) => Promise<readonly Trial[]>;
  /** Goes to the distance of a trial, takes the gradient there, and remembers both: one product with Θ. It is the end of the line. */
  advance(distance: number): Promise<void>;
}

/**
 * Where the solver stands and what it remembers. A point is a θ (tangents.ts), of which inner products are taken, with the R that
 * makes it, θ = -Jᵀ R, carried along linearly, and its logits. Whoever makes one disposes of it.
 */
export interface Lbfgs {
  /** Euclidean norm of the gradient by θ where it stands. */
  readonly gradientNorm: number;
  /** Whether nothing is remembered: the direction is the steepest one. */
  readonly isFresh: boolean;
  turn(): Promise<Line>;
  /** Goes on by the θ of this R, N x C, and forgets: one product. */
  moveBy(residual: Float32Array): Promise<void>;
  forget(): Promise<void>;
  /** R and the logits where it stands, N x C each. */
  end(): Promise<{ readonly residual: Float32Array; readonly logits: Float32Array }>;
  dispose(): void;
}
