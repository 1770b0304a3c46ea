/** A matrix product with bias, ReLU and gate, as one tfjs kernel. */

import * as tf from '@tensorflow/tfjs';
import * as v from 'valibot';

export const NTK_PRODUCT = 'NtkProduct';

/** Matrices, or stacks of as many matrices each (rank 3), which are multiplied one by one. */
export interface NtkProductInputs<T extends tf.Tensor2D | tf.Tensor3D> {
  readonly a: T;
  readonly b: T;
  /** Added to each row of the product. */
  readonly bias?: tf.Tensor1D;
  /** Of the product's shape: where it is not positive, the product becomes 0. */
  readonly gate?: T;
}

const attrsSchema = v.object({
  /** Take aᵀ, bᵀ. */
  transposeA: v.optional(v.boolean(), false),
  transposeB: v.optional(v.boolean(), false),
  relu: v.optional(v.boolean(), false),
});

export type NtkProductAttrs = v.InferOutput<typeof attrsSchema>;

/** Attributes as tfjs hands them to a kernel. */
export function productAttrs(attrs: tf.NamedAttrMap | undefined): NtkProductAttrs {
  return v.parse(attrsSchema, attrs);
}

/**
 * gate(relu(a b + bias)): forward and backward pass of a dense layer in one kernel each. ReLU's derivative is the step of the
 * activations, so a layer's activations are the gate of what comes back through it.
 */
export function ntkProduct<T extends tf.Tensor2D | tf.Tensor3D>(
  { a, b, bias, gate }: NtkProductInputs<T>,
  attrs: Partial<NtkProductAttrs> = {},
): T {
  return tf.engine().runKernel<T>(NTK_PRODUCT, { a, b, ...(bias && { bias }), ...(gate && { gate }) }, attrs);
}
