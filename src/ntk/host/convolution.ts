/** The kernels of ops/ntkConvolution.ts, which only move and add numbers, in JavaScript. */

import type * as tf from '@tensorflow/tfjs';
import { KERNEL, POOL } from '../../model/model.ts';
import { foldSets, NTK_FOLD, NTK_PATCHES, NTK_UNPOOL } from '../ops/ntkConvolution.ts';
import { floats, hostBackend, output, required } from './access.ts';

type Shape = [number, number, number, number];

interface Images {
  readonly values: Float32Array;
  readonly shape: Shape;
}

const empty = (...shape: Shape): Images => ({ values: new Float32Array(shape.reduce((size, side) => size * side)), shape });

function patchesOf({ values: images, shape: [count, height, width, channels] }: Images): Images {
  const [rows, columns, run] = [height - KERNEL + 1, width - KERNEL + 1, KERNEL * channels];
  const patches = empty(count, rows, columns, KERNEL * run);
  const { values } = patches;
  let at = 0;
  for (let image = 0; image < count; image++) {
    for (let y = 0; y < rows; y++) {
      for (let x = 0; x < columns; x++) {
        for (let dy = 0; dy < KERNEL; dy++) {
          // A patch's rows are contiguous in the image.
          const from = ((image * height + y + dy) * width + x) * channels;
          for (let i = 0; i < run; i++) values[at++] = images[from + i]!;
        }
      }
    }
  }
  return patches;
}

function folded({ values: patches, shape: [count, rows, columns, depth] }: Images, sets: number): Images {
  const [height, width, channels] = [rows + KERNEL - 1, columns + KERNEL - 1, depth / sets / KERNEL ** 2];
  const images = empty(count, height, width, sets * channels);
  const { values } = images;
  let at = 0;
  for (let image = 0; image < count; image++) {
    for (let y = 0; y < rows; y++) {
      for (let x = 0; x < columns; x++) {
        for (let set = 0; set < sets; set++) {
          for (let dy = 0; dy < KERNEL; dy++) {
            for (let dx = 0; dx < KERNEL; dx++) {
              const to = (((image * height + y + dy) * width + x + dx) * sets + set) * channels;
              for (let i = 0; i < channels; i++) values[to + i]! += patches[at++]!;
            }
          }
        }
      }
    }
  }
  return images;
}

function unpooled({ values: pooled, shape: [, rows, columns, depth] }: Images, { values: gate, shape }: Images): Images {
  const [count, height, width, channels] = shape;
  const images = empty(count, height, width, depth);
  const { values } = images;
  const share = 1 / POOL ** 2;
  for (let image = 0; image < count; image++) {
    for (let y = 0; y < POOL * rows; y++) {
      for (let x = 0; x < POOL * columns; x++) {
        const pixel = (image * height + y) * width + x;
        const from = ((image * rows + Math.floor(y / POOL)) * columns + Math.floor(x / POOL)) * depth;
        for (let set = 0; set < depth; set += channels) {
          for (let i = 0; i < channels; i++) {
            if (gate[pixel * channels + i]! > 0) values[pixel * depth + set + i] = share * pooled[from + set + i]!;
          }
        }
      }
    }
  }
  return images;
}

type Compute = (read: (name: string) => Images, attrs: tf.NamedAttrMap | undefined) => Images;

export function convolutionKernels(backendName: 'wasm' | 'cpu'): readonly tf.KernelConfig[] {
  const kernel = (kernelName: string, compute: Compute): tf.KernelConfig => ({
    kernelName,
    backendName,
    kernelFunc({ inputs, backend: anyBackend, attrs }) {
      const backend = hostBackend(anyBackend);
      const { values, shape } = compute((name) => {
        const tensor = required(inputs, name);
        const [count, height, width, channels] = tensor.shape;
        return { values: floats(backend, tensor), shape: [count!, height!, width!, channels!] };
      }, attrs);
      return output(backend, values, shape);
    },
  });
  return [
    kernel(NTK_PATCHES, (read) => patchesOf(read('images'))),
    kernel(NTK_FOLD, (read, attrs) => folded(read('patches'), foldSets(attrs))),
    kernel(NTK_UNPOOL, (read) => unpooled(read('pooled'), read('gate'))),
  ];
}
