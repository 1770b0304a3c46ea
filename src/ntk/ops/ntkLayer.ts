/** One layer's part of the averaged kernel, as one tfjs kernel. */

import * as tf from '@tensorflow/tfjs';

export const NTK_LAYER = 'NtkLayer';

/** The derivatives of the logits at a layer's output, and what the layers above it contribute to the kernel. */
export type LayerDerivatives =
  /** The last layer: its outputs are the logits, and nothing is above. */
  | { readonly kind: 'last' }
  /** Right below the last layer, whose part of the kernel is made in the same pass. */
  | {
      readonly kind: 'hidden';
      /** H, the layer's ReLU activations (N x h). */
      readonly hidden: tf.Tensor2D;
      /** mean_k W[:,k]² over the last layer's logits k (h): D = step(H) · diag(√squares). */
      readonly squares: tf.Tensor1D;
    }
  | {
      readonly kind: 'cotangents';
      /** D (N x r) with D Dᵀ the Gram matrix of the logits' derivatives at the layer's output. */
      readonly cotangents: tf.Tensor2D;
      /** What the layers above contribute (N x N). */
      readonly base: tf.Tensor2D;
    };

/**
 * One dense layer's part of the empirical NTK, added to that of the layers above it:
 *   last:        A Aᵀ + 1
 *   hidden:      (A Aᵀ + 1) ∘ (D Dᵀ) + H Hᵀ + 1
 *   cotangents:  (A Aᵀ + 1) ∘ (D Dᵀ) + base
 * where each + 1 is a bias.
 * @param inputs what the layer reads: A (N x in), or its Gram matrix A Aᵀ (N x N) where that is known already.
 * @returns N x N, exactly symmetric: of `base` and `gram` only the upper half is read.
 */
export function ntkLayer(
  inputs: { readonly rows: tf.Tensor2D } | { readonly gram: tf.Tensor2D },
  derivatives: LayerDerivatives,
): tf.Tensor2D {
  return tf.engine().runKernel<tf.Tensor2D>(NTK_LAYER, { ...inputs, ...tensorsOf(derivatives) });
}

function tensorsOf(derivatives: LayerDerivatives): tf.NamedTensorMap {
  switch (derivatives.kind) {
    case 'last':
      return {};
    case 'hidden':
      return { hidden: derivatives.hidden, squares: derivatives.squares };
    case 'cotangents':
      return { cotangents: derivatives.cotangents, base: derivatives.base };
  }
}
