/** WGSL for ops/ntkConvolution.ts: a thread makes one number of the result, or four channels at once where they are aligned. */

import type * as tf from '@tensorflow/tfjs';
import type { WebGPUProgram } from '@tensorflow/tfjs-backend-webgpu';
import { KERNEL, POOL } from '../../model/model.ts';

const THREADS = 64;

interface Elementwise {
  readonly name: string;
  readonly outputShape: number[];
  readonly variableNames: string[];
  /** Channels that lie side by side in all operands. */
  readonly channels: number;
  readonly uniforms?: string;
  /**
   * WGSL statements that set `value`, of the type NUMBER. They find the place (image, y, x) and `channel`, the place within
   * that pixel, in units of NUMBER.
   */
  readonly value: string;
}

/** A program is good for one run. */
function elementwise({ name, outputShape, variableNames, channels, uniforms, value }: Elementwise): WebGPUProgram {
  const components = channels % 4 === 0 ? 4 : 1;
  return {
    outputShape,
    outputComponent: components,
    variableNames,
    variableComponents: variableNames.map(() => components),
    ...(uniforms !== undefined && { uniforms }),
    size: true,
    shaderKey: `${name} ${components}`,
    workgroupSize: [THREADS, 1, 1],
    dispatch: [Math.ceil(outputShape.reduce((size, side) => size * side) / components / THREADS), 1, 1],
    dispatchLayout: { x: [0] },
    getUserCode: () => `
alias NUMBER = ${components === 4 ? 'vec4<f32>' : 'f32'};
const COMPONENTS = ${components};
fn main(index : i32) {
  if (index < uniforms.size) {
    let shape = uniforms.outShape;
    let depth = shape.w / COMPONENTS;
    let channel = index % depth;
    let x = index / depth % shape.z;
    let y = index / (depth * shape.z) % shape.y;
    let image = index / (depth * shape.z * shape.y);
    var value = NUMBER();
${value}
    result[index] = value;
  }
}`,
  };
}

export function patchesProgram({ shape }: tf.TensorInfo): WebGPUProgram {
  const [count, height, width, channels] = [shape[0]!, shape[1]!, shape[2]!, shape[3]!];
  return elementwise({
    name: 'ntkPatches',
    outputShape: [count, height - KERNEL + 1, width - KERNEL + 1, KERNEL ** 2 * channels],
    variableNames: ['images'],
    channels,
    value: `
    let images4 = uniforms.imagesShape;
    // A patch's rows are contiguous in the image.
    let run = ${KERNEL} * images4.w / COMPONENTS;
    value = images[((image * images4.y + y + channel / run) * images4.z + x) * images4.w / COMPONENTS + channel % run];`,
  });
}

/** Takes the uniform `sets`. */
export function foldProgram({ shape }: tf.TensorInfo, sets: number): WebGPUProgram {
  const [count, rows, columns, depth] = [shape[0]!, shape[1]!, shape[2]!, shape[3]!];
  const channels = depth / sets / KERNEL ** 2;
  return elementwise({
    name: 'ntkFold',
    outputShape: [count, rows + KERNEL - 1, columns + KERNEL - 1, sets * channels],
    variableNames: ['patches'],
    channels,
    uniforms: 'sets : i32,',
    value: `
    let patches4 = uniforms.patchesShape;
    let channels = depth / uniforms.sets;
    let first = channel / channels * ${KERNEL ** 2} * channels + channel % channels;
    for (var dy = max(0, y - patches4.y + 1); dy < min(${KERNEL}, y + 1); dy += 1) {
      for (var dx = max(0, x - patches4.z + 1); dx < min(${KERNEL}, x + 1); dx += 1) {
        let position = (image * patches4.y + y - dy) * patches4.z + x - dx;
        value += patches[position * patches4.w / COMPONENTS + first + (${KERNEL} * dy + dx) * channels];
      }
    }`,
  });
}

export function unpoolProgram(pooled: tf.TensorInfo, gate: tf.TensorInfo): WebGPUProgram {
  const [count, height, width, channels] = [gate.shape[0]!, gate.shape[1]!, gate.shape[2]!, gate.shape[3]!];
  return elementwise({
    name: 'ntkUnpool',
    outputShape: [count, height, width, pooled.shape[3]!],
    variableNames: ['pooled', 'gate'],
    channels,
    value: `
    let pooled4 = uniforms.pooledShape;
    let channels = uniforms.gateShape.w / COMPONENTS;
    if ((y < ${POOL} * pooled4.y) & (x < ${POOL} * pooled4.z)) {
      let open = gate[((image * shape.y + y) * shape.z + x) * channels + channel % channels] > NUMBER();
      let mean = pooled[((image * pooled4.y + y / ${POOL}) * pooled4.z + x / ${POOL}) * depth + channel];
      value = select(NUMBER(), mean / ${(POOL ** 2).toFixed(1)}, open);
    }`,
  });
}
