/** The networks: their layers, the flat vector of their parameters, and where they start. */

import { randomStream } from '../math/random.ts';

/** Images as rows of numbers: row by row, a pixel's channels side by side. */
export interface ImageShape {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
}

/**
 * A ReLU network: convolution blocks, if it has any, then dense layers. Each block is a 3 x 3 convolution (stride 1, no
 * padding), ReLU, and the mean of every 2 x 2 pixels, where an odd last row or column is dropped.
 */
export interface ModelSpec {
  /** Sizes of the input, the hidden dense layers and the C logits, e.g. [784, 100, 10]. */
  readonly layers: readonly number[];
  readonly convolutions?: {
    /** How the input is an image. */
    readonly image: ImageShape;
    /** Each block's output channels. */
    readonly channels: readonly number[];
  };
}

/** A model that cannot be built. The message says why and what to change. */
export class ModelError extends Error {
  override readonly name = 'ModelError';
}

/** Side of a convolution's kernel, and of the squares that pooling averages, pixels. */
export const KERNEL = 3;
export const POOL = 2;

/** Where one block lies in the flat parameter vector: kernel (KERNEL x KERNEL x channels x outputs, row-major), then bias. */
export interface ConvolutionLayout {
  /** What it reads. */
  readonly image: ImageShape;
  /** What it makes of it, after pooling. */
  readonly pooled: ImageShape;
  readonly kernelOffset: number;
  readonly biasOffset: number;
}

/** Where one dense layer lies in the flat parameter vector: kernel (inputs x outputs, row-major), then bias. */
export interface DenseLayout {
  readonly inputs: number;
  readonly outputs: number;
  readonly kernelOffset: number;
  readonly biasOffset: number;
}

/** Numbers of an image. */
export const imageSize = ({ width, height, channels }: ImageShape): number => width * height * channels;

/** What a pixel of a convolution's output is made from: KERNEL x KERNEL x channels numbers. */
export const patchSize = ({ channels }: ImageShape): number => KERNEL * KERNEL * channels;

/** The convolutions, which come first in the flat parameter vector. @throws {ModelError} when an image gets too small. */
export function convolutionLayouts({ convolutions }: ModelSpec): ConvolutionLayout[] {
  if (!convolutions) return [];
  let { image } = convolutions;
  let offset = 0;
  return convolutions.channels.map((channels, l) => {
    const [width, height] = [image.width, image.height].map((side) => Math.floor((side - KERNEL + 1) / POOL));
    if (!(width! > 0 && height! > 0)) {
      throw new ModelError(
        `Convolution ${l + 1} would read an image of only ${image.width} x ${image.height} pixels; ` +
          (l === 0 ? 'use none.' : `use at most ${l}.`),
      );
    }
    const biasOffset = offset + patchSize(image) * channels;
    const layout = { image, pooled: { width: width!, height: height!, channels }, kernelOffset: offset, biasOffset };
    offset = biasOffset + channels;
    image = layout.pooled;
    return layout;
  });
}

/** The dense layers, which follow the convolutions in the flat parameter vector. */
export function denseLayouts(spec: ModelSpec): DenseLayout[] {
  const top = convolutionLayouts(spec).at(-1);
  let offset = top ? top.biasOffset + top.pooled.channels : 0;
  let inputs = top ? imageSize(top.pooled) : spec.layers[0]!;
  return spec.layers.slice(1).map((outputs) => {
    const layout = { inputs, outputs, kernelOffset: offset, biasOffset: offset + inputs * outputs };
    offset = layout.biasOffset + outputs;
    inputs = outputs;
    return layout;
  });
}

/** d, the length of the flat parameter vector. 784-100-10 has 79,510. */
export function parameterCount(spec: ModelSpec): number {
  const last = denseLayouts(spec).at(-1)!;
  return last.biasOffset + last.outputs;
}

/** Numbers of one input. */
export function inputWidth(spec: ModelSpec): number {
  return spec.layers[0]!;
}

/** C, the number of logits. */
export function classCount(spec: ModelSpec): number {
  return spec.layers.at(-1)!;
}

/** Whether convolutions stand between the inputs and the dense layers. */
export function isConvolutional({ convolutions }: ModelSpec): boolean {
  return convolutions !== undefined && convolutions.channels.length > 0;
}

/** How a projection of the Jacobian is drawn (ntk/projection.ts). */
export interface Projection {
  /**
   * `dense`: P's entries are independent and normal; P is the same for all logits. `khatri-rao`: each column is, in each layer,
   * an outer product of random signs.
   */
  readonly form: 'dense' | 'khatri-rao';
  /**
   * Of `khatri-rao`: whether all logits share one P. Their products with each other, which the whole kernel has, need that; the
   * averaged kernel, which has none of them, is more exact if each logit has its own.
   */
  readonly isShared?: boolean;
  /** m. */
  readonly size: number;
  readonly seed: number;
}

/** What a kernel is made from: each layer's part, or the Jacobian of a network without convolutions, as it is or projected. */
export type FeatureForm = 'layers' | 'jacobian' | Projection;

/** What a kernel is made from at each sample, beside the inputs: how many numbers. */
export interface FeatureWidths {
  /** Of what each dense layer reads, but for the model's input. */
  readonly hidden: readonly number[];
  /** Of the derivatives of all C logits: by the convolutions' parameters (0 without convolutions), all parameters, or projected. */
  readonly jacobian: number;
  /** C where the logits do not follow from the rest, else 0. */
  readonly logits: number;
}

/** What is sent of each sample, in numbers. */
export function featureWidths(spec: ModelSpec, form: FeatureForm = 'layers'): FeatureWidths {
  const classes = classCount(spec);
  if (form !== 'layers')
    return { hidden: [], jacobian: classes * (form === 'jacobian' ? parameterCount(spec) : form.size), logits: classes };
  const dense = denseLayouts(spec);
  const read = dense.map(({ inputs }) => inputs);
  return { hidden: isConvolutional(spec) ? read : read.slice(1), jacobian: classes * dense[0]!.kernelOffset, logits: 0 };
}

/** He-normal kernels and zero biases; every client of a run draws the same from the run's seed. */
export function initialWeights(spec: ModelSpec, seed: number): Float32Array {
  const weights = new Float32Array(parameterCount(spec));
  const draw = (fanIn: number, start: number, end: number, ...name: (string | number)[]) => {
    const random = randomStream(seed, 'weights', ...name);
    const deviation = Math.sqrt(2 / fanIn);
    for (let i = start; i < end; i++) weights[i] = deviation * random.normal();
  };
  convolutionLayouts(spec).forEach(({ image, kernelOffset, biasOffset }, l) =>
    draw(patchSize(image), kernelOffset, biasOffset, 'convolution', l),
  );
  denseLayouts(spec).forEach(({ inputs, kernelOffset, biasOffset }, l) => draw(inputs, kernelOffset, biasOffset, l));
  return weights;
}
