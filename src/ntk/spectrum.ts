/** The top of a kernel's spectrum. */

import * as tf from '@tensorflow/tfjs';
import { randomStream } from '../math/random.ts';
import { takeOne } from './readback.ts';

const POWER_ITERATIONS = 12;

/**
 * λmax of a kernel by power iteration, from below. The step sizes made from it leave a margin of more than 2.
 * The start is positive because the biases make the kernel's top eigenvector nearly constant.
 * @param shape of the vectors that the kernel multiplies.
 */
export async function topEigenvalue(shape: readonly [number, number], multiply: (vector: tf.Tensor2D) => tf.Tensor2D): Promise<number> {
  const [rows, columns] = shape;
  const random = randomStream(0, 'power iteration');
  const start = Float32Array.from({ length: rows * columns }, () => random.uniform());
  const norm = tf.tidy(() => {
    let vector: tf.Tensor2D = tf.tensor2d(start, [rows, columns]);
    let length = tf.norm(vector);
    for (let i = 0; i < POWER_ITERATIONS; i++) {
      const [next, nextLength] = tf.tidy(() => {
        const product = multiply(tf.div<tf.Tensor2D>(vector, length));
        return [product, tf.norm(product)];
      });
      tf.dispose([vector, length]);
      [vector, length] = [next, nextLength];
    }
    return length;
  });
  const [value] = await takeOne(norm);
  return value!;
}
