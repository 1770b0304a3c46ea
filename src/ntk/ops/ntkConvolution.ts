/** What a convolution block moves about between its matrix products. Images are count x height x width x channels. */

import * as tf from '@tensorflow/tfjs';
import * as v from 'valibot';

export const NTK_PATCHES = 'NtkPatches';
export const NTK_FOLD = 'NtkFold';
export const NTK_UNPOOL = 'NtkUnpool';

const foldAttrs = v.object({
  /** Images that lie side by side in the channels. */
  sets: v.number(),
});

/** The attribute as tfjs hands it to a kernel. */
export function foldSets(attrs: tf.NamedAttrMap | undefined): number {
  return v.parse(foldAttrs, attrs).sets;
}

/**
 * What a convolution reads at each position (im2col): the product with its kernel is the convolution.
 * @returns count x (height - 2) x (width - 2) x 9 channels, a patch's numbers in the order of an image's.
 */
export function ntkPatches(images: tf.Tensor4D): tf.Tensor4D {
  return tf.engine().runKernel<tf.Tensor4D>(NTK_PATCHES, { images });
}

/**
 * The transpose of `ntkPatches`: adds every number of a patch to where it came from.
 * @param patches count x h x w x (sets · 9 channels).
 * @returns count x (h + 2) x (w + 2) x (sets · channels).
 */
export function ntkFold(patches: tf.Tensor4D, sets: number): tf.Tensor4D {
  return tf.engine().runKernel<tf.Tensor4D>(NTK_FOLD, { patches }, { sets });
}

/**
 * The way back through the mean of every 2 x 2 pixels and the ReLU before it.
 * @param pooled derivatives by the means, count x h x w x (sets · channels).
 * @param gate the ReLU's activations, count x height x width x channels: where they are not positive, nothing comes through.
 * @returns count x height x width x (sets · channels); 0 in an odd last row or column.
 */
export function ntkUnpool(pooled: tf.Tensor4D, gate: tf.Tensor4D): tf.Tensor4D {
  return tf.engine().runKernel<tf.Tensor4D>(NTK_UNPOOL, { pooled, gate });
}
