/** The flow of the logits (ops/ntkEvolve.ts) with any kernel, in tfjs operations: nothing is read back on the way. */

import * as tf from '@tensorflow/tfjs';
import { targetsOf, type Softening } from './objective.ts';
import { momentumAt } from './ops/ntkEvolve.ts';

/** What the logits follow. */
export interface FlowProblem {
  /** The kernel's product with a matrix N x C. */
  readonly multiply: (matrix: tf.Tensor2D) => tf.Tensor2D;
  /** f⁰, N x C. */
  readonly logits: tf.Tensor2D;
  /** N, int32. */
  readonly labels: tf.Tensor1D;
  /** C. */
  readonly shift: tf.Tensor1D;
  /** h, N x C. */
  readonly teacher: tf.Tensor2D;
}

/** How they follow it. */
export interface FlowSteps extends Softening {
  /** η/N. */
  readonly rate: number;
  /** S. */
  readonly steps: number;
  readonly accelerated: boolean;
}

/** S steps: R and f, N x C each. Runs inside a caller's `tf.tidy`. */
export function follow(
  { multiply, logits: start, labels, shift, teacher }: FlowProblem,
  { rate, steps, accelerated, temperature, softWeight }: FlowSteps,
): { residual: tf.Tensor2D; logits: tf.Tensor2D } {
  const softened = (logits: tf.Tensor2D) => tf.mul<tf.Tensor2D>(tf.softmax(tf.div<tf.Tensor2D>(logits, temperature)), softWeight);
  const target = tf.tidy(() => targetsOf(labels, teacher, { temperature, softWeight }));
  let state = { residual: tf.zerosLike(start), logits: start.clone() };
  let last = { residual: state.residual.clone(), logits: start.clone() };
  for (let step = 0; step < steps; step++) {
    const beta = momentumAt(step, accelerated);
    const next = tf.tidy(() => {
      const ahead = (now: tf.Tensor2D, before: tf.Tensor2D) =>
        beta === 0 ? now : tf.add<tf.Tensor2D>(now, tf.mul(tf.sub(now, before), beta));
      const residual = ahead(state.residual, last.residual);
      const logits = ahead(state.logits, last.logits);
      const hard = tf.softmax(tf.add<tf.Tensor2D>(logits, shift));
      const gradient = tf.sub<tf.Tensor2D>(softWeight === 0 ? hard : tf.add<tf.Tensor2D>(hard, softened(logits)), target);
      return {
        residual: tf.add<tf.Tensor2D>(residual, gradient),
        logits: tf.sub<tf.Tensor2D>(logits, tf.mul(multiply(gradient), rate)),
      };
    });
    tf.dispose(last);
    [last, state] = [state, next];
  }
  return state;
}
