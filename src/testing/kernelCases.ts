/** Small problems for each form of the NTK kernels, with their results in float64; the same in Node and in the browser. */

import * as tf from '@tensorflow/tfjs';
import { randomStream } from '../math/random.ts';
import type { ModelSpec } from '../model/model.ts';
import type { LayerDerivatives } from '../ntk/ops/ntkLayer.ts';
import { ntkProduct } from '../ntk/ops/ntkProduct.ts';
import * as reference from './reference.ts';

export const normals = (count: number, ...name: (string | number)[]): Float32Array => {
  const random = randomStream(1, 'test', ...name);
  return Float32Array.from({ length: count }, () => random.normal());
};

const mlp = (...layers: number[]): ModelSpec => ({ layers });

/** A network of these channels and hidden sizes over images. */
export function cnn(
  [width, height, images = 1]: readonly [number, number, number?],
  channels: readonly number[],
  hidden: readonly number[],
  classes: number,
): ModelSpec {
  return { layers: [width * height * images, ...hidden, classes], convolutions: { image: { width, height, channels: images }, channels } };
}

export const nameOf = ({ layers, convolutions }: ModelSpec): string =>
  convolutions
    ? `${convolutions.image.width}x${convolutions.image.height} convolved to ${convolutions.channels.join()}, ${layers.join('-')}`
    : layers.join('-');

/** MLPs of every depth, and one or two convolutions below as many dense layers; odd sizes, and channels in fours. */
export const networks: readonly (readonly [name: string, spec: ModelSpec])[] = [
  mlp(6, 3),
  mlp(6, 5, 3),
  mlp(7, 6, 5, 4),
  mlp(5, 4, 3, 6, 2),
  cnn([6, 5], [2], [], 3),
  cnn([5, 7, 2], [4], [5], 3),
  cnn([6, 6, 4], [3], [5, 4], 3),
  cnn([11, 12], [3, 2], [], 4),
  cnn([12, 13], [4, 8], [6], 3),
  cnn([10, 11, 3], [4, 5], [6, 5], 2),
].map((spec) => [nameOf(spec), spec]);

export interface LayerCase {
  readonly kind: LayerDerivatives['kind'];
  /** Made inside a `tf.tidy`. */
  readonly derivatives: () => LayerDerivatives;
  readonly expected: Float64Array;
}

/** Every kind of layer that reads A (N x in). */
export function layerCases(samples: number, a: Float32Array): LayerCase[] {
  const [width, wide] = [5, 24];
  const d = normals(samples * width, 'd', samples);
  const base = Float32Array.from(reference.layer(samples, normals(samples * 3, 'base', samples), null, null));
  const cotangents: LayerCase = {
    kind: 'cotangents',
    derivatives: () => ({
      kind: 'cotangents',
      cotangents: tf.tensor2d(d, [samples, width]),
      base: tf.tensor2d(base, [samples, samples]),
    }),
    expected: reference.layer(samples, a, d, base),
  };
  // 24 is a multiple of 4, which the shaders read as vectors, and 5 is not.
  const hidden = [width, wide].map((size): LayerCase => {
    const h = normals(samples * size, 'h', samples).map((value) => Math.max(0, value));
    const squares = normals(size, 'squares').map((value) => value ** 2);
    const gated = h.map((value, i) => (value > 0 ? Math.sqrt(squares[i % size]!) : 0));
    return {
      kind: 'hidden',
      derivatives: () => ({ kind: 'hidden', hidden: tf.tensor2d(h, [samples, size]), squares: tf.tensor1d(squares) }),
      expected: reference.layer(samples, a, gated, reference.layer(samples, h, null, null)),
    };
  });
  return [
    { kind: 'last', derivatives: () => ({ kind: 'last' }), expected: reference.layer(samples, a, null, null) },
    cotangents,
    ...hidden,
  ];
}

interface ProductCase {
  /** How many matrices are stacked; absent of two matrices alone. */
  readonly stacked?: number;
  readonly rows: number;
  readonly inner: number;
  readonly columns: number;
}

export const productCases: readonly ProductCase[] = [
  { rows: 3, inner: 5, columns: 2 },
  { rows: 33, inner: 36, columns: 40 },
  { rows: 70, inner: 35, columns: 10 },
  { stacked: 3, rows: 33, inner: 36, columns: 40 },
  { stacked: 5, rows: 9, inner: 50, columns: 35 },
];

/** a b in every transposition, half of them with all that can follow the product. */
export function productForms({ stacked, rows, inner, columns }: ProductCase) {
  const matrices = stacked ?? 1;
  const a = normals(matrices * rows * inner, 'a', rows, inner);
  const b = normals(matrices * inner * columns, 'b', inner, columns);
  const bias = normals(columns, 'bias');
  const gate = normals(matrices * rows * columns, 'gate', rows);
  const plain = Float64Array.from({ length: matrices * rows * columns }, (_, at) => {
    const [r, c] = [Math.floor(at / columns), at % columns];
    const first = Math.floor(r / rows) * inner;
    let sum = 0;
    for (let i = 0; i < inner; i++) sum += a[r * inner + i]! * b[(first + i) * columns + c]!;
    return sum;
  });
  const finished = plain.map((value, at) => (gate[at]! > 0 ? Math.max(0, value + bias[at % columns]!) : 0));
  const tensor = (values: Float32Array, height: number, width: number) =>
    stacked === undefined ? tf.tensor2d(values, [height, width]) : tf.tensor3d(values, [stacked, height, width]);
  const stored = (matrix: Float32Array, height: number, width: number, isTransposed: boolean) => {
    const straight = tensor(matrix, height, width);
    return isTransposed ? tf.transpose(straight, stacked === undefined ? [1, 0] : [0, 2, 1]) : straight;
  };
  return [false, true].flatMap((transposeA) =>
    [false, true].map((transposeB) => {
      const isFinished = transposeA === transposeB;
      return {
        name: `${stacked ?? 'one'} product ${rows} x ${inner} x ${columns}${transposeA ? ', aᵀ' : ''}${transposeB ? ', bᵀ' : ''}${isFinished ? ', bias, ReLU, gate' : ''}`,
        expected: isFinished ? finished : plain,
        compute: () =>
          ntkProduct(
            {
              a: stored(a, rows, inner, transposeA),
              b: stored(b, inner, columns, transposeB),
              ...(isFinished && { bias: tf.tensor1d(bias), gate: tensor(gate, rows, columns) }),
            },
            { transposeA, transposeB, relu: isFinished },
          ),
      };
    }),
  );
}
