/**
 * J P for a random P (d x m) with E[P Pᵀ] = 1, so that products of its rows are unbiased estimates of those of J, and so is the
 * kernel made of them. P comes from the shared seed: it is never sent, and made by blocks, never whole. J is not formed either:
 * its rows are outer products a ⊗ δ, and each block of P meets one factor at a time: of a Khatri-Rao column p ⊗ q, because
 * (a ⊗ δ) · (p ⊗ q) = (a · p) (δ · q).
 */

import * as tf from '@tensorflow/tfjs';
import { randomStream, type RandomStream } from '../math/random.ts';
import type { Projection } from '../model/model.ts';
import type { InputProducts } from './inputProducts.ts';
import { rowsOf, type LayerDerivatives } from './jacobian.ts';
import { ntkProduct } from './ops/ntkProduct.ts';

/** Numbers in a block of P. */
const BLOCK = 4 * 2 ** 20;

/** What a layer's A, a 1 behind each row for the bias, is multiplied with: inputs x columns, and columns. */
interface Factor {
  readonly kernel: Float32Array;
  readonly bias: Float32Array;
}

/** (A, 1) times the factor of a block: n x columns. */
type BlockProduct = (block: number, factor: () => Factor) => tf.Tensor2D;

/**
 * J P over √C: n x C m, a sample's logits side by side. Runs inside a caller's `tf.tidy`.
 * @param products keeps those of the inputs, which the first layer reads in every round.
 */
export function projectedJacobian(
  parts: readonly LayerDerivatives[],
  { form, size, seed, isShared = false }: Projection,
  products: InputProducts,
): tf.Tensor2D {
  return sum(parts.length, (l) => {
    const part = parts[l]!;
    const product: BlockProduct = (block, factor) => {
      const compute = () => {
        const { kernel, bias } = factor();
        return ntkProduct({ a: part.reads, b: tf.tensor2d(kernel, [part.reads.shape[1], bias.length]), bias: tf.tensor1d(bias) });
      };
      return l === 0 ? products.of(part.reads, block, compute) : compute();
    };
    const stream = (...name: (string | number)[]) => randomStream(seed, 'projection', form, l, ...name);
    if (form === 'dense') return dense(part, size, product, stream);
    return isShared ? sharedKhatriRao(part, size, product, stream) : khatriRao(part, size, product, stream);
  });
}

/** None of the terms outlives its addition. */
function sum<T extends tf.Tensor>(terms: number, term: (i: number) => T): T {
  let total = tf.tidy(() => term(0));
  for (let i = 1; i < terms; i++) {
    const before = total;
    total = tf.tidy(() => tf.add<T>(before, term(i)));
    before.dispose();
  }
  return total;
}

/** By blocks of the layer's outputs j: (A, 1) P is n x outputs x m, and each logit's δ weighs and sums the outputs. */
function dense(
  { reads, cotangents }: LayerDerivatives,
  size: number,
  product: BlockProduct,
  stream: (output: number) => RandomStream,
): tf.Tensor2D {
  const [samples, classes, outputs] = cotangents.shape;
  const inputs = reads.shape[1];
  const inBlock = Math.max(1, Math.floor(BLOCK / ((inputs + 1) * size)));
  return sum(Math.ceil(outputs / inBlock), (block) => {
    const first = block * inBlock;
    const count = Math.min(inBlock, outputs - first);
    const byOutput = product(block, () =>
      normalFactor(
        inputs,
        size,
        Array.from({ length: count }, (_, j) => stream(first + j)),
      ),
    );
    const weights = tf.slice(cotangents, [0, 0, first], [samples, classes, count]);
    return rowsOf(ntkProduct({ a: weights, b: tf.reshape<tf.Rank.R3>(byOutput, [samples, count, size]) }));
  });
}

/** Signs for (A, 1) P and for D Q, of the P and Q that a logit has. */
function signFactors(
  { reads, cotangents }: LayerDerivatives,
  size: number,
  logit: number,
  stream: (logit: number, side: string) => RandomStream,
): { inputs: () => Factor; outputs: () => tf.Tensor2D } {
  return {
    inputs() {
      const random = stream(logit, 'inputs');
      const scale = 1 / Math.sqrt(size);
      return { kernel: signs(reads.shape[1] * size, scale, random), bias: signs(size, scale, random) };
    },
    outputs() {
      const outputs = cotangents.shape[2];
      return tf.tensor2d(signs(outputs * size, 1, stream(logit, 'outputs')), [outputs, size]);
    },
  };
}

/** By logits: (A, 1) P_k ∘ D_k Q_k. */
function khatriRao(
  part: LayerDerivatives,
  size: number,
  product: BlockProduct,
  stream: (logit: number, side: string) => RandomStream,
): tf.Tensor2D {
  const [samples, classes, outputs] = part.cotangents.shape;
  const byLogit = Array.from({ length: classes }, (_, k) =>
    tf.tidy(() => {
      const factors = signFactors(part, size, k, stream);
      const ofInputs = product(k, factors.inputs);
      const delta = tf.reshape<tf.Rank.R2>(tf.slice(part.cotangents, [0, k, 0], [samples, 1, outputs]), [samples, outputs]);
      return tf.mul<tf.Tensor2D>(ofInputs, ntkProduct({ a: delta, b: factors.outputs() }));
    }),
  );
  return tf.concat(byLogit, 1);
}

/** The same with the first logit's P and Q for all. */
function sharedKhatriRao(
  part: LayerDerivatives,
  size: number,
  product: BlockProduct,
  stream: (logit: number, side: string) => RandomStream,
): tf.Tensor2D {
  const [samples, classes, outputs] = part.cotangents.shape;
  const factors = signFactors(part, size, 0, stream);
  const ofInputs = tf.expandDims<tf.Tensor3D>(product(0, factors.inputs), 1);
  const deltas = tf.reshape<tf.Rank.R2>(part.cotangents, [samples * classes, outputs]);
  const ofOutputs = tf.reshape<tf.Rank.R3>(ntkProduct({ a: deltas, b: factors.outputs() }), [samples, classes, size]);
  return rowsOf(tf.mul<tf.Tensor3D>(ofInputs, ofOutputs));
}

/** Normal numbers of variance 1/m: for each output, from its own stream, m columns side by side with the other outputs'. */
function normalFactor(inputs: number, size: number, streams: readonly RandomStream[]): Factor {
  const columns = streams.length * size;
  const kernel = new Float32Array(inputs * columns);
  const bias = new Float32Array(columns);
  const deviation = 1 / Math.sqrt(size);
  streams.forEach((random, j) => {
    for (let i = 0; i < inputs; i++) {
      const start = i * columns + j * size;
      for (let r = 0; r < size; r++) kernel[start + r] = deviation * random.normal();
    }
    for (let r = 0; r < size; r++) bias[j * size + r] = deviation * random.normal();
  });
  return { kernel, bias };
}

function signs(count: number, scale: number, random: RandomStream): Float32Array {
  const matrix = new Float32Array(count);
  for (let i = 0; i < count; i++) matrix[i] = random.uniform() < 0.5 ? -scale : scale;
  return matrix;
}
