import * as tf from '@tensorflow/tfjs';
import type { DenseLayer } from './network.ts';
import { ntkLayer } from './ops/ntkLayer.ts';

/**
 * For each layer below the last, D with D Dᵀ = (1/C) sum_k D_k D_kᵀ, where D_k (N x h) holds the derivatives of logit k at
 * the layer's output: down from the logits, D_k = mask ∘ (D_k^{above} Wᵀ), all classes side by side in N x (C h).
 */
function cotangentFactors(layers: readonly DenseLayer[], hidden: readonly tf.Tensor2D[]): tf.Tensor2D[] {
  const top = hidden.at(-1);
  if (!top) return [];
  const masks = hidden.map((activations) => tf.step(activations));
  const lastKernel = layers.at(-1)!.kernel;
  const [samples, classes] = [top.shape[0], lastKernel.shape[1]];

  // Right below the logits D_k is mask · diag(W[:,k]), so that the sum over k is one matrix of N x h.
  const factors = [tf.mul<tf.Tensor2D>(masks.at(-1)!, tf.sqrt(tf.mean(tf.square(lastKernel), 1)))];
  if (hidden.length === 1) return factors;
  let above: tf.Tensor3D = tf.mul(
    tf.expandDims<tf.Tensor3D>(masks.at(-1)!, 1),
    tf.expandDims<tf.Tensor3D>(tf.mul(tf.transpose(lastKernel), 1 / Math.sqrt(classes)), 0),
  );
  for (let l = hidden.length - 2; l >= 0; l--) {
    const [below, size] = layers[l + 1]!.kernel.shape;
    const product = tf.matMul(tf.reshape(above, [samples * classes, size]), tf.transpose(layers[l + 1]!.kernel));
    above = tf.mul(tf.reshape(product, [samples, classes, below]), tf.expandDims(masks[l]!, 1));
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
  const factors = cotangentFactors(layers, hidden);
  const last = hidden.at(-1);
  let kernel = ntkLayer({ inputs: last ? { rows: last } : { gram: inputGram } });
  factors.forEach((cotangents, l) => {
    const below = hidden[l - 1];
    kernel = ntkLayer({ inputs: below ? { rows: below } : { gram: inputGram }, cotangents, base: kernel });
  });
  return kernel;
}
