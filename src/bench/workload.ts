/** One client's round at a given size: N pooled samples of 784 inputs, one hidden layer, 10 classes. */

import { randomStream } from '../math/random.ts';
import { initialWeights, type ModelSpec } from '../model/model.ts';

export const INPUTS = 784;
export const CLASSES = 10;
/** Dimensions of the sketched inputs that the whole kernel is made from. */
export const SKETCH = 64;
/** Products with the whole kernel that a ridge is given; on real pools it takes 17 to 28 to a hundredth of its first gradient. */
export const RIDGE_PRODUCTS = 25;

export interface Size {
  /** N. */
  readonly samples: number;
  readonly hidden: number;
  /** S. */
  readonly steps: number;
}

export interface Workload extends Size {
  readonly spec: ModelSpec;
  readonly weights: Float32Array;
  /** X, N x 784. */
  readonly rows: Float32Array;
  /** X Xᵀ, N x N. */
  readonly inputGram: Float32Array;
  readonly labels: Int32Array;
  /** R, N x C. */
  readonly cotangent: Float32Array;
}

export function workload(size: Size): Workload {
  const { samples, hidden } = size;
  const spec = { layers: [INPUTS, hidden, CLASSES] };
  const random = randomStream(1, 'bench', samples);
  const normals = (count: number) => Float32Array.from({ length: count }, () => random.normal());
  const rows = normals(samples * INPUTS);
  const inputGram = new Float32Array(samples * samples);
  for (let p = 0; p < samples; p++) {
    for (let q = p; q < samples; q++) {
      let sum = 0;
      for (let i = 0; i < INPUTS; i++) sum += rows[p * INPUTS + i]! * rows[q * INPUTS + i]!;
      inputGram[p * samples + q] = sum;
      inputGram[q * samples + p] = sum;
    }
  }
  const labels = Int32Array.from({ length: samples }, () => random.integer(CLASSES));
  return { ...size, spec, weights: initialWeights(spec, 1), rows, inputGram, labels, cotangent: normals(samples * CLASSES) };
}

/**
 * Of `solve` the ways are not one computation in several forms but two methods' whole evolution: a ridge with the whole kernel,
 * and a flow with the averaged one, which has to be built first.
 */
export type Stage = 'product' | 'forward' | 'kernel' | 'evolution' | 'pullback' | 'solve';

/**
 * Floating-point operations a stage needs at least, a multiplication and an addition counting as two. Of a symmetric matrix
 * only one half is counted, so a kernel that computes both halves reaches half of its device's rate at most.
 */
export function operations(stage: Stage, { samples, hidden, steps }: Size): number {
  switch (stage) {
    case 'product':
      return 2 * samples * hidden * samples;
    case 'forward':
      return 2 * samples * hidden * (INPUTS + CLASSES);
    case 'kernel':
      return 2 * samples * (samples + 1) * hidden;
    case 'evolution':
      return 2 * samples * samples * CLASSES * steps;
    // Of the ridge's products; the flow with the averaged kernel needs others.
    case 'solve':
      return 4 * samples * hidden * (SKETCH + 2 * CLASSES) * RIDGE_PRODUCTS;
    case 'pullback':
      return 2 * samples * hidden * (2 * INPUTS + 2 * CLASSES);
  }
}
