/**
 * What a pool's labels and soft labels ask of its logits, as a function of them: the sum over the samples of
 *   CE(f + shift, y) + λ T² KL(softmax(h/T) || softmax(f/T)),
 * whose derivative is g = softmax(f + shift) - Y + λ T (softmax(f/T) - softmax(h/T)) (ops/ntkEvolve.ts).
 */

import * as tf from '@tensorflow/tfjs';
import { priorShift, type Targets } from './evolution.ts';
import type { Pool } from './pool.ts';

/** What the softmaxes of an objective are taken with. */
export interface Softening {
  /** T. */
  readonly temperature: number;
  /** λ T. */
  readonly softWeight: number;
}

/** What an objective is made of. */
export interface Asked extends Softening {
  /** Class indices, N. */
  readonly labels: Int32Array;
  /** What the prior adds to the logits in the label term, C. */
  readonly shift: Float32Array;
  /** h, N x C; null where f⁰ teaches. */
  readonly teacher: Float32Array | null;
}

/** What a pool asks of its C logits. */
export function askedOf(
  { labels, teacher }: Pick<Pool, 'labels' | 'teacher'>,
  classes: number,
  { temperature, softLabelWeight, priorAdjustment }: Targets,
): Asked {
  const shift = priorShift(labels, classes, priorAdjustment);
  return { labels, shift, teacher, temperature, softWeight: softLabelWeight * temperature };
}

/** Bounds the second derivative of the sum along any direction. */
export const curvatureBound = ({ temperature, softWeight }: Softening): number => (1 + softWeight / temperature) / 2;

/** What every gradient subtracts, Y + λ T softmax(h/T), N x C as h. Runs inside a caller's `tf.tidy`. */
export function targetsOf(labels: tf.Tensor1D, teacher: tf.Tensor2D, { temperature, softWeight }: Softening): tf.Tensor2D {
  const hard = tf.cast(tf.oneHot(labels, teacher.shape[1]), 'float32');
  return tf.add(hard, tf.mul(tf.softmax(tf.div<tf.Tensor2D>(teacher, temperature)), softWeight));
}

/** into += weight · softmax((logits + shift) / divisor), row by row of so many classes. */
function addSoftmaxes(
  into: Float32Array,
  logits: Float32Array,
  { classes, divisor, shift, weight }: { classes: number; divisor: number; shift: Float32Array | null; weight: number },
): void {
  const powers = new Float64Array(classes);
  for (let start = 0; start < logits.length; start += classes) {
    let top = -Infinity;
    for (let c = 0; c < classes; c++) {
      const power = (logits[start + c]! + (shift ? shift[c]! : 0)) / divisor;
      powers[c] = power;
      if (power > top) top = power;
    }
    let sum = 0;
    for (let c = 0; c < classes; c++) {
      const power = Math.exp(powers[c]! - top);
      powers[c] = power;
      sum += power;
    }
    const share = weight / sum;
    for (let c = 0; c < classes; c++) into[start + c]! += share * powers[c]!;
  }
}

/** g at these logits, N x C each, in host memory; `targets` are `targetsOf`. */
export function gradientAt(
  logits: Float32Array,
  { targets, shift, temperature, softWeight }: Softening & { readonly targets: Float32Array; readonly shift: Float32Array },
): Float32Array {
  const gradient = new Float32Array(logits.length);
  const classes = shift.length;
  addSoftmaxes(gradient, logits, { classes, divisor: 1, shift, weight: 1 });
  if (softWeight !== 0) addSoftmaxes(gradient, logits, { classes, divisor: temperature, shift: null, weight: softWeight });
  for (let i = 0; i < gradient.length; i++) gradient[i]! -= targets[i]!;
  return gradient;
}

/** The objective in host memory. */
export class Objective {
  readonly #asked: Softening & { readonly targets: Float32Array; readonly shift: Float32Array };

  /** @param logits f⁰, N x C. */
  constructor({ labels, shift, teacher, temperature, softWeight }: Asked, logits: Float32Array) {
    const classes = shift.length;
    const targets = new Float32Array(labels.length * classes);
    labels.forEach((label, p) => (targets[p * classes + label] = 1));
    if (softWeight !== 0) addSoftmaxes(targets, teacher ?? logits, { classes, divisor: temperature, shift: null, weight: softWeight });
    this.#asked = { targets, shift, temperature, softWeight };
  }

  /** g at these logits, N x C. */
  gradient(logits: Float32Array): Float32Array {
    return gradientAt(logits, this.#asked);
  }
}
