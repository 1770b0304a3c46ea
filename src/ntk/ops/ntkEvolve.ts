/** The flow with the averaged kernel, as one tfjs kernel. */

import * as tf from '@tensorflow/tfjs';
import * as v from 'valibot';

export const NTK_EVOLVE = 'NtkEvolve';

export interface NtkEvolveInputs {
  /** K, N x N, symmetric. */
  readonly kernel: tf.Tensor2D;
  /** f⁰, N x C. */
  readonly logits: tf.Tensor2D;
  /** Class indices, N, int32. */
  readonly labels: tf.Tensor1D;
  /** What the prior adjustment adds to the logits in the label term, C. */
  readonly shift: tf.Tensor1D;
  /** Logits h of who gives the soft labels, N x C; without them f⁰ does. */
  readonly teacher?: tf.Tensor2D;
}

const attrsSchema = v.object({
  /** η/N. */
  rate: v.number(),
  /** S. */
  steps: v.number(),
  accelerated: v.boolean(),
  /** T. */
  temperature: v.number(),
  /** λ T. */
  softWeight: v.number(),
});

export type NtkEvolveAttrs = v.InferOutput<typeof attrsSchema>;

/** Attributes as tfjs hands them to a kernel. */
export function evolveAttrs(attrs: tf.NamedAttrMap | undefined): NtkEvolveAttrs {
  return v.parse(attrsSchema, attrs);
}

/**
 * The momentum β of the inner Nesterov step; with β = 0 the recursion
 *   Ř = R_s + β (R_s - R_{s-1});  f̌ likewise;  R_{s+1} = Ř + g(f̌);  f_{s+1} = f̌ - (η/N) K g(f̌)
 * is Euler's. f needs no product of its own, because it is linear in R.
 */
export function momentumAt(step: number, accelerated: boolean): number {
  return accelerated ? step / (step + 3) : 0;
}

/**
 * S steps of the evolution in function space (SPARK, arXiv 2512.12737), with the gradient
 *   g = softmax(f + shift) - Y + λ T (softmax(f/T) - softmax(h/T)),  h = f⁰ if there is no teacher.
 * @returns planes of C x M, M ≥ N: first the accumulated residual R, transposed, then the logits f. Columns beyond N and
 * further planes are scratch.
 */
export function ntkEvolve({ teacher, ...inputs }: NtkEvolveInputs, attrs: NtkEvolveAttrs): tf.Tensor3D {
  return tf.engine().runKernel<tf.Tensor3D>(NTK_EVOLVE, { ...inputs, ...(teacher && { teacher }) }, attrs);
}

/** R and f, N x C, from the values of what `ntkEvolve` returned, of that shape. */
export function evolvedPlanes(
  values: Float32Array,
  [, classes, columns]: readonly [number, number, number],
  samples: number,
): { residual: Float32Array; logits: Float32Array } {
  const rowsOf = (plane: number) => {
    const rows = new Float32Array(samples * classes);
    for (let c = 0; c < classes; c++) {
      const offset = (plane * classes + c) * columns;
      for (let p = 0; p < samples; p++) rows[p * classes + c] = values[offset + p]!;
    }
    return rows;
  };
  return { residual: rowsOf(0), logits: rowsOf(1) };
}
