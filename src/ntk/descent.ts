/** Steps down the gradient of the mean cross-entropy on the own samples: all that a method without a kernel computes. */

import * as tf from '@tensorflow/tfjs';
import { classCount, type ModelSpec } from '../model/model.ts';
import { lossGradient, networkOf } from './network.ts';
import { takeOne } from './readback.ts';
import './registerKernels.ts';

/** Which steps are taken. */
export interface Descent {
  /** η. */
  readonly learningRate: number;
  /** μ of the heavy ball, which starts at rest. */
  readonly momentum: number;
  /** The rows that each step takes; null for all of them. */
  readonly batches: readonly (Int32Array | null)[];
}

/** n x C. */
function oneHot(labels: Uint8Array, classes: number): tf.Tensor2D {
  const rows = new Float32Array(labels.length * classes);
  labels.forEach((label, p) => (rows[p * classes + label] = 1));
  return tf.tensor2d(rows, [labels.length, classes]);
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
            const gradient = lossGradient(networkOf(spec, tf.add<tf.Tensor1D>(start, change)), x, y);
            const velocity = tf.add<tf.Tensor1D>(tf.mul(before, momentum), gradient);
            return { change: tf.sub<tf.Tensor1D>(change, tf.mul(velocity, learningRate)), velocity };
          }),
        atRest,
      ).change;
    }),
  );
}
