import * as tf from '@tensorflow/tfjs';
import { denseLayouts, type ModelSpec } from '../model/model.ts';
import { ntkProduct } from './ops/ntkProduct.ts';

/** The ReLU MLP as tensors: forward and backward pass. All of it runs inside a caller's `tf.tidy`. */

export interface DenseLayer {
  /** inputs x outputs. */
  readonly kernel: tf.Tensor2D;
  /** outputs. */
  readonly bias: tf.Tensor1D;
}

export function denseLayers(spec: ModelSpec, weights: Float32Array): DenseLayer[] {
  return denseLayouts(spec).map(({ inputs, outputs, kernelOffset, biasOffset }) => ({
    kernel: tf.tensor2d(weights.subarray(kernelOffset, biasOffset), [inputs, outputs]),
    bias: tf.tensor1d(weights.subarray(biasOffset, biasOffset + outputs)),
  }));
}

/** The ReLU activations A_1 .. A_L of the hidden layers, n x h_l each. */
export function hiddenActivations(layers: readonly DenseLayer[], inputs: tf.Tensor2D): tf.Tensor2D[] {
  const activations: tf.Tensor2D[] = [];
  for (const { kernel, bias } of layers.slice(0, -1)) {
    activations.push(ntkProduct({ a: activations.at(-1) ?? inputs, b: kernel, bias }, { relu: true }));
  }
  return activations;
}

/** f, n x C, from what the last layer reads. */
export function logitsOf(layers: readonly DenseLayer[], lastInputs: tf.Tensor2D): tf.Tensor2D {
  const { kernel, bias } = layers.at(-1)!;
  return ntkProduct({ a: lastInputs, b: kernel, bias });
}

/** Jᵀ R: the derivative of sum(R ∘ f) by all parameters, in the order of the flat vector; `cotangent` R is n x C. */
export function pullback(layers: readonly DenseLayer[], inputs: tf.Tensor2D, cotangent: tf.Tensor2D): tf.Tensor1D {
  const activations = [inputs, ...hiddenActivations(layers, inputs)];
  const derivatives: tf.Tensor1D[] = [];
  let atOutput = cotangent;
  for (let l = layers.length - 1; l >= 0; l--) {
    const kernel = ntkProduct({ a: activations[l]!, b: atOutput }, { transposeA: true });
    derivatives.unshift(tf.reshape(kernel, [kernel.size]), tf.sum<tf.Tensor1D>(atOutput, 0));
    if (l > 0) atOutput = ntkProduct({ a: atOutput, b: layers[l]!.kernel, gate: activations[l]! }, { transposeB: true });
  }
  return tf.concat1d(derivatives);
}
