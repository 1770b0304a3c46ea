/** A network as tensors: what is computed of it at given inputs. All of it runs inside a caller's `tf.tidy`. */

import * as tf from '@tensorflow/tfjs';
import { convolutionLayouts, denseLayouts, patchSize, type DenseLayout, type ModelSpec } from '../model/model.ts';
import { convolutionJacobian, convolutionPullback, convolve, largestTensor, type BlockPass, type ConvolutionLayer } from './convolution.ts';
import { densePullback, inputCotangents, logitsOf, readByLayers, type DenseLayer } from './dense.ts';

/** A model's layers on the device, from the input up. */
export interface Network {
  readonly convolutions: readonly ConvolutionLayer[];
  readonly dense: readonly DenseLayer[];
}

/** The network of a flat parameter vector, which may be on the device already. */
export function networkOf(spec: ModelSpec, weights: Float32Array | tf.Tensor1D): Network {
  const part = <R extends tf.Rank>(offset: number, size: number, shape: tf.ShapeMap[R]): tf.Tensor<R> =>
    weights instanceof Float32Array
      ? tf.tensor<R>(weights.subarray(offset, offset + size), shape)
      : tf.reshape<R>(tf.slice(weights, offset, size), shape);
  const layer = (inputs: number, outputs: number, { kernelOffset, biasOffset }: Pick<DenseLayout, 'kernelOffset' | 'biasOffset'>) => ({
    kernel: part<tf.Rank.R2>(kernelOffset, inputs * outputs, [inputs, outputs]),
    bias: part<tf.Rank.R1>(biasOffset, outputs, [outputs]),
  });
  return {
    convolutions: convolutionLayouts(spec).map((layout) => ({
      layout,
      ...layer(patchSize(layout.image), layout.pooled.channels, layout),
    })),
    dense: denseLayouts(spec).map((layout) => layer(layout.inputs, layout.outputs, layout)),
  };
}

interface ForwardPass {
  readonly blocks: readonly BlockPass[];
  /** What each dense layer reads, n x its inputs. */
  readonly reads: readonly tf.Tensor2D[];
}

function forward({ convolutions, dense }: Network, inputs: tf.Tensor2D): ForwardPass {
  const { passes, outputs } = convolve(convolutions, inputs);
  return { blocks: passes, reads: readByLayers(dense, outputs) };
}

/** Numbers of the largest tensor that convolutions may make. */
const PART = 2 ** 21;

/**
 * Computes over so many rows at a time that convolutions need no more memory than they should; without convolutions over all.
 * @param sets cotangents of each row that go back at once.
 * @param matrices of as many rows each.
 */
function inParts<T extends tf.TensorContainer>(
  { convolutions }: Network,
  sets: number,
  matrices: readonly tf.Tensor2D[],
  compute: (...parts: tf.Tensor2D[]) => T,
): T[] {
  const rows = matrices[0]!.shape[0];
  const atOnce = convolutions.length === 0 ? rows : Math.max(1, Math.floor(PART / largestTensor(convolutions, sets)));
  if (atOnce >= rows) return [compute(...matrices)];
  const starts = Array.from({ length: Math.ceil(rows / atOnce) }, (_, part) => part * atOnce);
  return starts.map((start) =>
    tf.tidy(() => compute(...matrices.map((matrix) => tf.slice2d(matrix, [start, 0], [Math.min(atOnce, rows - start), -1])))),
  );
}

/** f, n x C. */
export function logitsAt(network: Network, inputs: tf.Tensor2D): tf.Tensor2D {
  return tf.concat2d(
    inParts(network, 0, [inputs], (x) => logitsOf(network.dense, forward(network, x!).reads.at(-1)!)),
    0,
  );
}

/** What a kernel needs of n samples, beside their inputs (`FeatureWidths`). */
export interface FeatureTensors {
  /** What each dense layer reads that is not an input: ReLU activations, or their means after convolutions; n x its size. */
  readonly hidden: tf.Tensor2D[];
  /** The derivatives of all C logits by the convolutions' parameters, over √C: n x (C · P). */
  readonly jacobian: tf.Tensor2D | null;
}

/** What a kernel needs of these n samples, at this network. */
export function featuresAt(network: Network, inputs: tf.Tensor2D): FeatureTensors {
  const { convolutions, dense } = network;
  if (convolutions.length === 0) return { hidden: readByLayers(dense, inputs).slice(1), jacobian: null };
  const classes = dense.at(-1)!.bias.shape[0];
  const parts = inParts(network, classes, [inputs], (x) => {
    const { blocks, reads } = forward(network, x!);
    return [convolutionJacobian(blocks, inputCotangents(dense, reads)), ...reads];
  });
  const [jacobian, ...hidden] = parts[0]!.map((_, i) =>
    tf.concat2d(
      parts.map((part) => part[i]!),
      0,
    ),
  );
  return { hidden, jacobian: jacobian! };
}

/** The derivative of sum(R ∘ f) by all parameters, in the order of the flat vector. */
function derivative({ dense }: Network, { blocks, reads }: ForwardPass, cotangent: tf.Tensor2D): tf.Tensor1D {
  const { derivatives, below } = densePullback(dense, reads, cotangent);
  return tf.concat1d([...(blocks.length > 0 ? convolutionPullback(blocks, below()) : []), ...derivatives]);
}

const sumOf = (parts: readonly tf.Tensor1D[]) => parts.reduce((sum, part) => tf.add(sum, part));

/** Jᵀ R: the derivative of sum(R ∘ f) by all parameters, in the order of the flat vector; `cotangent` R is n x C. */
export function pullback(network: Network, inputs: tf.Tensor2D, cotangent: tf.Tensor2D): tf.Tensor1D {
  return sumOf(inParts(network, 1, [inputs, cotangent], (x, r) => derivative(network, forward(network, x!), r!)));
}

/** ∇F, d numbers: F the mean cross-entropy of the inputs (n x width) with one-hot labels (n x C). */
export function lossGradient(network: Network, inputs: tf.Tensor2D, labels: tf.Tensor2D): tf.Tensor1D {
  const gradients = inParts(network, 1, [inputs, labels], (x, y) => {
    const pass = forward(network, x!);
    const logits = logitsOf(network.dense, pass.reads.at(-1)!);
    return derivative(network, pass, tf.div<tf.Tensor2D>(tf.sub(tf.softmax(logits), y!), inputs.shape[0]));
  });
  return sumOf(gradients);
}
