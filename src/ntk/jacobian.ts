/** The Jacobian of a network of dense layers, for the exchanges that send it. All of it runs inside a caller's `tf.tidy`. */

import * as tf from '@tensorflow/tfjs';
import { hiddenCotangents, logitsOf, readByLayers, type DenseLayer } from './dense.ts';
import { ntkProduct } from './ops/ntkProduct.ts';

/**
 * A layer's part of J: for sample p and logit k it is a_p ⊗ δ_pk by the kernel and δ_pk by the bias, so that with a 1 behind a_p
 * both are one outer product.
 */
export interface LayerDerivatives {
  /** A, what the layer reads: n x inputs. */
  readonly reads: tf.Tensor2D;
  /** The derivatives of all logits at the layer's output, over √C: n x C x outputs. */
  readonly cotangents: tf.Tensor3D;
}

/** J layer by layer, and the logits, n x C. */
export function linearisation(
  layers: readonly DenseLayer[],
  inputs: tf.Tensor2D,
): { readonly parts: readonly LayerDerivatives[]; readonly logits: tf.Tensor2D } {
  const reads = readByLayers(layers, inputs);
  const logits = logitsOf(layers, reads.at(-1)!);
  const [samples, classes] = logits.shape;
  const atLogits = tf.mul<tf.Tensor2D>(tf.eye(classes), 1 / Math.sqrt(classes));
  const cotangents = [...hiddenCotangents(layers, reads.slice(1)), tf.tile(tf.expandDims<tf.Tensor3D>(atLogits, 0), [samples, 1, 1])];
  return { parts: reads.map((a, l) => ({ reads: a, cotangents: cotangents[l]! })), logits };
}

/** J over √C: n x C d, a sample's logits side by side, of each the parameters in the order of the flat vector. */
export function jacobian(parts: readonly LayerDerivatives[]): tf.Tensor2D {
  const blocks = parts.flatMap(({ reads, cotangents }) => {
    const [samples, classes, outputs] = cotangents.shape;
    const inputs = reads.shape[1];
    const kernel = tf.mul(tf.reshape(reads, [samples, 1, inputs, 1]), tf.reshape(cotangents, [samples, classes, 1, outputs]));
    return [tf.reshape<tf.Rank.R3>(kernel, [samples, classes, inputs * outputs]), cotangents];
  });
  return rowsOf(tf.concat(blocks, 2));
}

/** The rows of a sample's logits side by side. */
export function rowsOf(derivatives: tf.Tensor3D): tf.Tensor2D {
  const [samples, classes, width] = derivatives.shape;
  return tf.reshape(derivatives, [samples, classes * width]);
}

/** Jᵀ R, d numbers: of the samples of one client, whose J is over √C (n x C d); R is n x C. */
export function backProjection(j: tf.Tensor2D, residual: tf.Tensor2D): tf.Tensor1D {
  const [samples, classes] = residual.shape;
  const byLogit = tf.reshape<tf.Rank.R2>(j, [samples * classes, j.shape[1] / classes]);
  const row = tf.reshape<tf.Rank.R2>(tf.mul(residual, Math.sqrt(classes)), [1, samples * classes]);
  return tf.reshape(ntkProduct({ a: row, b: byLogit }), [-1]);
}
