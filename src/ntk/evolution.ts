import * as tf from '@tensorflow/tfjs';
import { randomStream } from '../math/random.ts';
import type { EvolutionSettings } from '../settings/settings.ts';
import { ntkProduct } from './ops/ntkProduct.ts';
import { takeOne } from './readback.ts';

/** The evolution of one round: the run's settings, with what depends on the round. */
export interface EvolutionOptions extends Pick<EvolutionSettings, 'stepSize' | 'integrator' | 'steps' | 'temperature' | 'priorAdjustment'> {
  /** λ of this round. */
  readonly softLabelWeight: number;
  /** t, from 0. */
  readonly round: number;
}

export class EvolutionError extends Error {
  override readonly name = 'EvolutionError';
}

const POWER_ITERATIONS = 12;

/**
 * λmax of a kernel (N x N) by power iteration, from below. The step sizes made from it leave a margin of more than 2.
 * The start is positive because the biases make the kernel's top eigenvector nearly constant.
 */
async function topEigenvalue(kernel: tf.Tensor2D): Promise<number> {
  const samples = kernel.shape[0];
  const random = randomStream(0, 'power iteration');
  const start = Float32Array.from({ length: samples }, () => random.uniform());
  const norm = tf.tidy(() => {
    // A row times the symmetric K: as the right factor K is packed once for this and the evolution (XNNPACK).
    let vector: tf.Tensor2D = tf.tensor2d(start, [1, samples]);
    let length = tf.norm(vector);
    for (let i = 0; i < POWER_ITERATIONS; i++) {
      vector = ntkProduct({ a: tf.div<tf.Tensor2D>(vector, length), b: kernel });
      length = tf.norm(vector);
    }
    return length;
  });
  const [value] = await takeOne(norm);
  if (!(value! > 0 && value! < Infinity)) {
    throw new EvolutionError(`The kernel's largest eigenvalue is ${value}: the weights have diverged. Take a smaller step size.`);
  }
  return value!;
}

/** η of the round, with λmax(K) where it is made from that. */
export async function stepSizeOf(
  { stepSize: rule, round }: EvolutionOptions,
  kernel: tf.Tensor2D,
): Promise<{ stepSize: number; topEigenvalue?: number }> {
  if (rule.rule === 'fixed') return { stepSize: rule.learningRate * Math.exp(-rule.decay * round) };
  const top = await topEigenvalue(kernel);
  return { stepSize: (rule.scale * kernel.shape[0]) / top, topEigenvalue: top };
}

/** a log π_c with the pool's class frequencies π_c = (count_c + 0.1 N/C) / (1.1 N), so that an absent class keeps a little. */
export function priorShift(labels: Int32Array, classes: number, adjustment: number): Float32Array {
  const counts = new Float32Array(classes);
  for (const label of labels) counts[label]! += 1;
  return counts.map((count) => adjustment * Math.log((count + (0.1 * labels.length) / classes) / (1.1 * labels.length)));
}
