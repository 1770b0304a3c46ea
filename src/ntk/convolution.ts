/**
 * The convolution blocks of a network: forward pass, and the way back for one or many cotangents at once. Each convolution is
 * the product of its patches with its kernel. All of it runs inside a caller's `tf.tidy`.
 */

import * as tf from '@tensorflow/tfjs';
import {
  classCount,
  convolutionLayouts,
  imageSize,
  KERNEL,
  patchSize,
  POOL,
  type ConvolutionLayout,
  type ModelSpec,
} from '../model/model.ts';
import { ntkFold, ntkPatches, ntkUnpool } from './ops/ntkConvolution.ts';
import { ntkProduct } from './ops/ntkProduct.ts';

/** One block's filters on the device. */
export interface ConvolutionLayer {
  readonly layout: ConvolutionLayout;
  /** A patch's numbers x outputs. */
  readonly kernel: tf.Tensor2D;
  /** outputs. */
  readonly bias: tf.Tensor1D;
}

/** One block's forward pass over n images. */
export interface BlockPass {
  readonly layer: ConvolutionLayer;
  /** n x height x width x a patch's numbers. */
  readonly patches: tf.Tensor4D;
  /** After ReLU, n x height x width x outputs. */
  readonly activations: tf.Tensor4D;
}

/** @returns each block's pass, and what the last one gives to the dense layers: n x its numbers. */
export function convolve(layers: readonly ConvolutionLayer[], inputs: tf.Tensor2D): { passes: BlockPass[]; outputs: tf.Tensor2D } {
  let outputs = inputs;
  const passes = layers.map((layer): BlockPass => {
    const {
      layout: { image, pooled },
      kernel,
      bias,
    } = layer;
    const images: tf.Tensor4D = tf.reshape(outputs, [outputs.shape[0], image.height, image.width, image.channels]);
    const patches = ntkPatches(images);
    const [count, height, width] = patches.shape;
    const activations = ntkProduct({ a: byPosition(patches), b: kernel, bias }, { relu: true });
    const pass = { layer, patches, activations: tf.reshape<tf.Rank.R4>(activations, [count, height, width, pooled.channels]) };
    outputs = tf.reshape(tf.avgPool(pass.activations, POOL, POOL, 'valid'), [count, imageSize(pooled)]);
    return pass;
  });
  return { passes, outputs };
}

/** A pixel a row. */
function byPosition(images: tf.Tensor4D): tf.Tensor2D {
  const [count, height, width, channels] = images.shape;
  return tf.reshape(images, [count * height * width, channels]);
}

/** An image's positions x channels, image by image. */
function byImage(images: tf.Tensor4D): tf.Tensor3D {
  const [count, height, width, channels] = images.shape;
  return tf.reshape(images, [count, height * width, channels]);
}

/** A layer's part of the derivatives, from what reaches its convolution's output (n x height x width x (K · outputs)). */
type Derive = (pass: BlockPass, atOutput: tf.Tensor4D) => tf.Tensor[];

/** From the top block down, K cotangents at once; the derivatives from the lowest block up. */
function goBack(passes: readonly BlockPass[], cotangents: tf.Tensor3D, derive: Derive): tf.Tensor[] {
  const [count, sets] = cotangents.shape;
  const {
    layout: { pooled },
  } = passes.at(-1)!.layer;
  const positions = pooled.height * pooled.width;
  // Channels last, so that a position's K cotangents lie side by side.
  const byChannel = tf.transpose(tf.reshape(cotangents, [count, sets, positions, pooled.channels]), [0, 2, 1, 3]);
  let atPooled: tf.Tensor4D = tf.reshape(byChannel, [count, pooled.height, pooled.width, sets * pooled.channels]);
  const derivatives: tf.Tensor[] = [];
  for (let l = passes.length - 1; l >= 0; l--) {
    const pass = passes[l]!;
    const {
      layout: { image },
      kernel,
    } = pass.layer;
    const atOutput = ntkUnpool(atPooled, pass.activations);
    derivatives.unshift(...derive(pass, atOutput));
    if (l === 0) break;
    const [, height, width] = atOutput.shape;
    const rows = tf.reshape<tf.Rank.R2>(atOutput, [count * height * width * sets, kernel.shape[1]]);
    const patches = ntkProduct({ a: rows, b: kernel }, { transposeB: true });
    atPooled = ntkFold(tf.reshape(patches, [count, height, width, sets * patchSize(image)]), sets);
  }
  return derivatives;
}

/**
 * The derivatives by all blocks' parameters, in the order of the flat parameter vector.
 * @param cotangent at what the dense layers read, n x its numbers.
 */
export function convolutionPullback(passes: readonly BlockPass[], cotangent: tf.Tensor2D): tf.Tensor1D[] {
  return goBack(passes, tf.expandDims(cotangent, 1), ({ patches }, atOutput) => {
    const rows = byPosition(atOutput);
    return [ntkProduct({ a: byPosition(patches), b: rows }, { transposeA: true }), tf.sum(rows, 0)];
  }).map((derivative) => tf.reshape(derivative, [derivative.size]));
}

/**
 * Each sample's derivatives by all blocks' parameters, summed over positions before anything else: the factor G (n x K P) with
 * G Gᵀ the blocks' part of the kernel (Novak et al. 2022, "structured derivatives"). Its columns are in no order that matters.
 * @param cotangents K of them at what the dense layers read, n x K x its numbers.
 */
export function convolutionJacobian(passes: readonly BlockPass[], cotangents: tf.Tensor3D): tf.Tensor2D {
  const parts = goBack(passes, cotangents, ({ patches }, atOutput) => {
    const atPositions = byImage(atOutput);
    return [ntkProduct({ a: byImage(patches), b: atPositions }, { transposeA: true }), tf.sum(atPositions, 1)];
  });
  const count = cotangents.shape[0];
  return tf.concat2d(
    parts.map((part) => tf.reshape<tf.Rank.R2>(part, [count, part.size / count])),
    1,
  );
}

/** What `convolutionJacobian` made of all C logits with a logit a row: n C x P. */
export function rowsByLogit(spec: ModelSpec, jacobian: tf.Tensor2D): tf.Tensor2D {
  const [count, classes] = [jacobian.shape[0], classCount(spec)];
  let offset = 0;
  // A part's columns are (its inputs) x C x outputs; the bias has one input.
  const parts = convolutionLayouts(spec).flatMap(({ image, pooled: { channels } }) =>
    [patchSize(image), 1].map((inputs) => {
      const width = inputs * classes * channels;
      const part = tf.reshape(tf.slice2d(jacobian, [0, offset], [count, width]), [count, inputs, classes, channels]);
      offset += width;
      return tf.reshape<tf.Rank.R2>(tf.transpose(part, [0, 2, 1, 3]), [count * classes, inputs * channels]);
    }),
  );
  return tf.concat2d(parts, 1);
}

/** The most numbers that one image occupies in one tensor when K cotangents go back through the blocks. */
export function largestTensor(layers: readonly ConvolutionLayer[], sets: number): number {
  return Math.max(
    ...layers.map(({ layout: { image, pooled } }, l) => {
      const positions = (image.height - KERNEL + 1) * (image.width - KERNEL + 1);
      const back = Math.max(pooled.channels, l > 0 ? patchSize(image) : 0);
      return positions * Math.max(patchSize(image), pooled.channels, sets * back);
    }),
  );
}
