import * as tf from '@tensorflow/tfjs';
import { randomStream } from '../math/random.ts';
import type { LayerDerivatives } from '../ntk/ops/ntkLayer.ts';
import { ntkProduct } from '../ntk/ops/ntkProduct.ts';
import * as reference from './reference.ts';

/** Small problems for each form of the NTK kernels, with their results in float64; the same in Node and in the browser. */

export const normals = (count: number, ...name: (string | number)[]): Float32Array => {
  const random = randomStream(1, 'test', ...name);
  return Float32Array.from({ length: count }, () => random.normal());
};

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
      kind: 'cotangents', cotangents: tf.tensor2d(d, [samples, width]), base: tf.tensor2d(base, [samples, samples]),
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
  return [{ kind: 'last', derivatives: () => ({ kind: 'last' }), expected: reference.layer(samples, a, null, null) }, cotangents, ...hidden];
}

export const productCases = [
  { rows: 3, inner: 5, columns: 2 },
  { rows: 33, inner: 36, columns: 40 },
  { rows: 70, inner: 35, columns: 10 },
];

/** a b in every transposition, half of them with all that can follow the product. */
export function productForms({ rows, inner, columns }: (typeof productCases)[number]) {
  const a = normals(rows * inner, 'a', rows, inner);
  const b = normals(inner * columns, 'b', inner, columns);
  const bias = normals(columns, 'bias');
  const gate = normals(rows * columns, 'gate', rows);
  const plain = Float64Array.from({ length: rows * columns }, (_, at) => {
    const [r, c] = [Math.floor(at / columns), at % columns];
    let sum = 0;
    for (let i = 0; i < inner; i++) sum += a[r * inner + i]! * b[i * columns + c]!;
    return sum;
  });
  const finished = plain.map((value, at) => (gate[at]! > 0 ? Math.max(0, value + bias[at % columns]!) : 0));
  const stored = (matrix: Float32Array, height: number, width: number, isTransposed: boolean) => {
    const tensor = tf.tensor2d(matrix, [height, width]);
    return isTransposed ? tf.transpose(tensor) : tensor;
  };
  return [false, true].flatMap((transposeA) =>
    [false, true].map((transposeB) => {
      const isFinished = transposeA === transposeB;
      return {
        name: `product ${rows} x ${inner} x ${columns}${transposeA ? ', aᵀ' : ''}${transposeB ? ', bᵀ' : ''}${isFinished ? ', bias, ReLU, gate' : ''}`,
        expected: isFinished ? finished : plain,
        compute: () =>
          ntkProduct(
            {
              a: stored(a, rows, inner, transposeA),
              b: stored(b, inner, columns, transposeB),
              ...(isFinished && { bias: tf.tensor1d(bias), gate: tf.tensor2d(gate, [rows, columns]) }),
            },
            { transposeA, transposeB, relu: isFinished },
          ),
      };
    }),
  );
}
