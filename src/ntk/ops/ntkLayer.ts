import * as tf from '@tensorflow/tfjs';

export const NTK_LAYER = 'NtkLayer';

export interface NtkLayerInputs {
  /** What the dense layer reads: its inputs A (N x in), or their Gram matrix A Aᵀ (N x N) where that is known already. */
  readonly inputs: { readonly rows: tf.Tensor2D } | { readonly gram: tf.Tensor2D };
  /** D (N x r) with D Dᵀ the Gram matrix of the logits' derivatives at the layer's output; absent: all ones. */
  readonly cotangents?: tf.Tensor2D;
  /** What other layers contributed (N x N); absent: zero. */
  readonly base?: tf.Tensor2D;
}

/**
 * One dense layer's part of the empirical NTK: base + (A Aᵀ + 1) ∘ (D Dᵀ), the + 1 being the bias.
 * N x N and exactly symmetric: of `base` and `gram` only the upper half is read.
 */
export function ntkLayer({ inputs, cotangents, base }: NtkLayerInputs): tf.Tensor2D {
  return tf.engine().runKernel<tf.Tensor2D>(NTK_LAYER, {
    ...inputs,
    ...(cotangents && { cotangents }),
    ...(base && { base }),
  });
}
