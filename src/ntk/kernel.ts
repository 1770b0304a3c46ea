import * as tf from '@tensorflow/tfjs';
import type { DenseLayer } from './network.ts';
import { ntkLayer } from './ops/ntkLayer.ts';
import { ntkProduct } from './ops/ntkProduct.ts';

/**
 * For each layer but the two uppermost, D with D Dᵀ = (1/C) sum_k D_k D_kᵀ, where D_k (N x h) holds the derivatives of logit k
 * at the layer's output: down from the logits, D_k = mask ∘ (D_k^{above} Wᵀ), all classes side by side in N x (C h).
 */
function cotangentFactors(layers: readonly DenseLayer[], hidden: readonly tf.Tensor2D[]): tf.Tensor2D[] {
  const factors: tf.Tensor2D[] = [];
  if (hidden.length < 2) return factors;
  const lastKernel = layers.at(-1)!.kernel;
  const [samples, classes] = [hidden[0]!.shape[0], lastKernel.shape[1]];
  let above: tf.Tensor3D = tf.mul(
    tf.expandDims<tf.Tensor3D>(tf.step(hidden.at(-1)!), 1),
    tf.expandDims<tf.Tensor3D>(tf.mul(tf.transpose(lastKernel), 1 / Math.sqrt(classes)), 0),
  );
  for (let l = hidden.length - 2; l >= 0; l--) {
    const { kernel } = layers[l + 1]!;
    const [below, size] = kernel.shape;
    const product = ntkProduct({ a: tf.reshape(above, [samples * classes, size]), b: kernel }, { transposeB: true });
    above = tf.mul(tf.reshape(product, [samples, classes, below]), tf.expandDims(tf.step(hidden[l]!), 1));
    factors.unshift(tf.reshape(above, [samples, classes * below]));
  }
  return factors;
}

/**
 * The empirical NTK of a ReLU MLP, averaged over the C logits, layer by layer and without a Jacobian
 * (Novak et al. 2022, "Fast Finite Width Neural Tangent Kernel"). Runs inside a caller's `tf.tidy`.
 * @param inputGram X Xᵀ, N x N.
 * @param hidden the ReLU activations of the hidden layers, N x h_l each.
 * @returns K, N x N.
 */
export function empiricalNtk(layers: readonly DenseLayer[], inputGram: tf.Tensor2D, hidden: readonly tf.Tensor2D[]): tf.Tensor2D {
  /** What layer l reads. */
  const inputs = (l: number) => (l === 0 ? { gram: inputGram } : { rows: hidden[l - 1]! });
  const top = hidden.at(-1);
  if (!top) return ntkLayer(inputs(0), { kind: 'last' });
  const squares = tf.mean<tf.Tensor1D>(tf.square(layers.at(-1)!.kernel), 1);
  const kernel = ntkLayer(inputs(hidden.length - 1), { kind: 'hidden', hidden: top, squares });
  return cotangentFactors(layers, hidden).reduce(
    (base, cotangents, l) => ntkLayer(inputs(l), { kind: 'cotangents', cotangents, base }),
    kernel,
  );
}
