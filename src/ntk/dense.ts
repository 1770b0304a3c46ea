/** The dense layers of a network, ReLU between them: forward and backward pass. All of it runs inside a caller's `tf.tidy`. */

import * as tf from '@tensorflow/tfjs';
import { ntkProduct } from './ops/ntkProduct.ts';

/** One dense layer on the device. */
export interface DenseLayer {
  /** inputs x outputs. */
  readonly kernel: tf.Tensor2D;
  /** outputs. */
  readonly bias: tf.Tensor1D;
}

/** What each layer reads: `inputs`, then the ReLU activations of the layer below, n x its size. */
export function readByLayers(layers: readonly DenseLayer[], inputs: tf.Tensor2D): tf.Tensor2D[] {
  const reads = [inputs];
  for (const { kernel, bias } of layers.slice(0, -1)) reads.push(ntkProduct({ a: reads.at(-1)!, b: kernel, bias }, { relu: true }));
  return reads;
}

/** f, n x C, from what the last layer reads. */
export function logitsOf(layers: readonly DenseLayer[], lastInputs: tf.Tensor2D): tf.Tensor2D {
  const { kernel, bias } = layers.at(-1)!;
  return ntkProduct({ a: lastInputs, b: kernel, bias });
}

/**
 * The derivatives of sum(R ∘ f), in the order of the flat parameter vector, and `below`: that at what the first layer reads.
 * @param reads what each layer reads.
 * @param cotangent R, n x C.
 */
export function densePullback(
  layers: readonly DenseLayer[],
  reads: readonly tf.Tensor2D[],
  cotangent: tf.Tensor2D,
): { derivatives: tf.Tensor1D[]; below: () => tf.Tensor2D } {
  const derivatives: tf.Tensor1D[] = [];
  let atOutput = cotangent;
  for (let l = layers.length - 1; l >= 0; l--) {
    const kernel = ntkProduct({ a: reads[l]!, b: atOutput }, { transposeA: true });
    derivatives.unshift(tf.reshape(kernel, [kernel.size]), tf.sum<tf.Tensor1D>(atOutput, 0));
    if (l > 0) atOutput = ntkProduct({ a: atOutput, b: layers[l]!.kernel, gate: reads[l]! }, { transposeB: true });
  }
  return { derivatives, below: () => ntkProduct({ a: atOutput, b: layers[0]!.kernel }, { transposeB: true }) };
}

/** D (n x C x outputs) times the layer's kernel, transposed: n x C x inputs. */
function downThrough({ kernel }: DenseLayer, above: tf.Tensor3D): tf.Tensor3D {
  const [samples, classes, outputs] = above.shape;
  const product = ntkProduct({ a: tf.reshape<tf.Rank.R2>(above, [samples * classes, outputs]), b: kernel }, { transposeB: true });
  return tf.reshape(product, [samples, classes, kernel.shape[0]]);
}

/**
 * For each hidden layer D, n x C x h: its D_k are the derivatives of logit k at the layer's output, over √C, so that
 * D Dᵀ = (1/C) sum_k D_k D_kᵀ with all classes side by side. D_k = mask ∘ (D_k^{above} Wᵀ), down from the logits.
 * @param hidden the ReLU activations of the hidden layers, n x h each.
 */
export function hiddenCotangents(layers: readonly DenseLayer[], hidden: readonly tf.Tensor2D[]): tf.Tensor3D[] {
  const mask = (activations: tf.Tensor2D) => tf.expandDims<tf.Tensor3D>(tf.step(activations), 1);
  const top = hidden.at(-1);
  if (!top) return [];
  const cotangents = [tf.mul<tf.Tensor3D>(mask(top), tf.expandDims<tf.Tensor3D>(scaledLast(layers), 0))];
  for (let l = hidden.length - 2; l >= 0; l--) {
    cotangents.unshift(tf.mul<tf.Tensor3D>(downThrough(layers[l + 1]!, cotangents[0]!), mask(hidden[l]!)));
  }
  return cotangents;
}

/** The derivatives of the logits at what the last layer reads, over √C: C x inputs. */
function scaledLast(layers: readonly DenseLayer[]): tf.Tensor2D {
  const { kernel } = layers.at(-1)!;
  return tf.mul<tf.Tensor2D>(tf.transpose(kernel), 1 / Math.sqrt(kernel.shape[1]));
}

/** D as in `hiddenCotangents` at what the first layer reads: n x C x inputs. */
export function inputCotangents(layers: readonly DenseLayer[], [inputs, ...hidden]: readonly tf.Tensor2D[]): tf.Tensor3D {
  const [lowest] = hiddenCotangents(layers, hidden);
  return lowest ? downThrough(layers[0]!, lowest) : tf.tile(tf.expandDims<tf.Tensor3D>(scaledLast(layers), 0), [inputs!.shape[0], 1, 1]);
}
