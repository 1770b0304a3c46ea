import * as tf from '@tensorflow/tfjs';
import { classCount, denseLayouts, type ModelSpec } from '../model/model.ts';
import { hiddenActivations, logitsOf, pullback, type DenseLayer } from './network.ts';
import { takeOne } from './readback.ts';
import './register.ts';

/** Steps down the gradient of the mean cross-entropy on the own samples: all that a method without a kernel computes. */

export interface Descent {
  /** η. */
  readonly learningRate: number;
  /** μ of the heavy ball, which starts at rest. */
  readonly momentum: number;
  /** The rows that each step takes; null for all of them. */
  readonly batches: readonly (Int32Array | null)[];
}

/** The layers of a flat parameter vector that is on the device already. */
function layersAt(spec: ModelSpec, flat: tf.Tensor1D): DenseLayer[] {
  return denseLayouts(spec).map(({ inputs, outputs, kernelOffset, biasOffset }) => ({
    kernel: tf.reshape(tf.slice(flat, kernelOffset, inputs * outputs), [inputs, outputs]),
    bias: tf.slice(flat, biasOffset, outputs),
  }));
}

/** n x C. */
function oneHot(labels: Uint8Array, classes: number): tf.Tensor2D {
  const rows = new Float32Array(labels.length * classes);
  labels.forEach((label, p) => (rows[p * classes + label] = 1));
  return tf.tensor2d(rows, [labels.length, classes]);
}

/** ∇F, d numbers: F the mean cross-entropy of the rows X (n x width) with one-hot labels Y (n x C). */
function lossGradient(layers: readonly DenseLayer[], x: tf.Tensor2D, y: tf.Tensor2D): tf.Tensor1D {
  const logits = logitsOf(layers, hiddenActivations(layers, x).at(-1) ?? x);
  return pullback(layers, x, tf.div<tf.Tensor2D>(tf.sub(tf.softmax(logits), y), x.shape[0]));
}

/**
 * Heavy-ball steps from `weights`, one a batch: vel = μ vel + ∇F(w), w -= η vel.
 * @param inputs the own samples on the device, n x width; `labels` their n class indices.
 * @returns by how much the weights have changed, d numbers.
 */
export function descend(
  spec: ModelSpec,
  weights: Float32Array,
  inputs: tf.Tensor2D,
  labels: Uint8Array,
  { learningRate, momentum, batches }: Descent,
): Promise<Float32Array> {
  return takeOne(
    tf.tidy(() => {
      const start = tf.tensor1d(weights);
      const targets = oneHot(labels, classCount(spec));
      const atRest = { change: tf.zerosLike(start), velocity: tf.zerosLike(start) };
      return batches.reduce(
        ({ change, velocity: before }, batch) =>
          tf.tidy(() => {
            const rows = batch && tf.tensor1d(batch, 'int32');
            const [x, y] = rows ? [tf.gather(inputs, rows), tf.gather(targets, rows)] : [inputs, targets];
            const gradient = lossGradient(layersAt(spec, tf.add(start, change)), x, y);
            const velocity = tf.add<tf.Tensor1D>(tf.mul(before, momentum), gradient);
            return { change: tf.sub<tf.Tensor1D>(change, tf.mul(velocity, learningRate)), velocity };
          }),
        atRest,
      ).change;
    }),
  );
}
