/** A round's stages, each computed by this project's kernels and by plain tfjs operations. All inside a caller's `tf.tidy`. */

import * as tf from '@tensorflow/tfjs';
import type { BackendName } from '../backend/backend.ts';
import { empiricalNtk } from '../ntk/kernel.ts';
import { logitsOf, readByLayers, type DenseLayer } from '../ntk/dense.ts';
import { solveRidge } from '../ntk/ridge.ts';
import { tangentParts, Tangents } from '../ntk/tangents.ts';
import { takeOne } from '../ntk/readback.ts';
import { logitsAt, networkOf, pullback } from '../ntk/network.ts';
import { ntkEvolve } from '../ntk/ops/ntkEvolve.ts';
import { ntkProduct } from '../ntk/ops/ntkProduct.ts';
import '../ntk/registerKernels.ts';
import { CLASSES, INPUTS, RIDGE_PRODUCTS, SKETCH, type Stage, type Workload } from './workload.ts';

/** What the stages read, on the backend that was set as it was made. Its owner disposes it. */
export interface Operands {
  readonly x: tf.Tensor2D;
  readonly first: DenseLayer;
  readonly last: DenseLayer;
  readonly hidden: tf.Tensor2D;
  readonly hiddenTransposed: tf.Tensor2D;
  readonly inputGram: tf.Tensor2D;
  readonly kernel: tf.Tensor2D;
  readonly logits: tf.Tensor2D;
  readonly labels: tf.Tensor1D;
  readonly cotangent: tf.Tensor2D;
}

export function operandsOf({ spec, samples, weights, rows, inputGram, labels, cotangent }: Workload): Operands {
  const x = tf.tensor2d(rows, [samples, INPUTS]);
  const [first, last] = networkOf(spec, weights).dense;
  const layers = [first!, last!];
  const hidden = tf.tidy(() => readByLayers(layers, x)[1]!);
  const gram = tf.tensor2d(inputGram, [samples, samples]);
  return {
    x,
    first: first!,
    last: last!,
    hidden,
    hiddenTransposed: tf.transpose(hidden),
    inputGram: gram,
    kernel: tf.tidy(() => empiricalNtk(layers, { gram }, [hidden])),
    logits: tf.tidy(() => logitsOf(layers, hidden)),
    labels: tf.tensor1d(labels, 'int32'),
    cotangent: tf.tensor2d(cotangent, [samples, CLASSES]),
  };
}

export function disposeOperands({ first, last, ...tensors }: Operands): void {
  tf.dispose([first.kernel, first.bias, last.kernel, last.bias, ...Object.values(tensors)]);
}

/** How a stage is computed. */
export interface Way {
  readonly name: string;
  readonly backend: BackendName;
  /** The stage's result, of which one number is read back to know that it is done. */
  readonly compute: (operands: Operands, steps: number) => tf.Tensor;
}

/** SPARK with soft labels and inner acceleration: the most that a step computes. */
const evolution = { accelerated: true, temperature: 2, softWeight: 0.5 } as const;
const RATE = 1e-6;

/** A stage that is one computation. */
export type Computed = Exclude<Stage, 'solve'>;

/** One stage with this project's kernels. */
export const own: Record<Computed, Way['compute']> = {
  product: ({ hidden, hiddenTransposed }) => ntkProduct({ a: hidden, b: hiddenTransposed }),
  forward: ({ first, last, x }) => logitsAt({ convolutions: [], dense: [first, last] }, x),
  kernel: ({ first, last, inputGram, hidden }) => empiricalNtk([first, last], { gram: inputGram }, [hidden]),
  evolution: ({ kernel, logits, labels }, steps) =>
    ntkEvolve({ kernel, logits, labels, shift: tf.zeros([CLASSES]) }, { ...evolution, rate: RATE, steps }),
  pullback: ({ first, last, x, cotangent }) => pullback({ convolutions: [], dense: [first, last] }, x, cotangent),
};

function tfjsKernel({ last, inputGram, hidden }: Operands, gram: (a: tf.Tensor2D) => tf.Tensor2D): tf.Tensor2D {
  const gates = tf.mul<tf.Tensor2D>(tf.step(hidden), tf.sqrt(tf.mean(tf.square(last.kernel), 1)));
  return tf.add(tf.add(gram(hidden), 1), tf.mul(tf.add(inputGram, 1), gram(gates)));
}

/** The kernel stage for one who knows that tfjs's transposed products are slow. */
export const tfjsTransposedKernel: Way['compute'] = (operands) => tfjsKernel(operands, (a) => tf.matMul(a, tf.transpose(a)));

/** The same in tfjs's own operations, as its user would write it. */
export const tfjs: Record<Computed, Way['compute']> = {
  product: ({ hidden, hiddenTransposed }) => tf.matMul(hidden, hiddenTransposed),
  forward({ first, last, x }) {
    const hidden = tf.relu(tf.add<tf.Tensor2D>(tf.matMul(x, first.kernel), first.bias));
    return tf.add(tf.matMul(hidden, last.kernel), last.bias);
  },
  kernel: (operands) => tfjsKernel(operands, (a) => tf.matMul(a, a, false, true)),
  evolution({ kernel, logits: start, labels }, steps) {
    const { temperature, softWeight } = evolution;
    const softened = (f: tf.Tensor2D) => tf.mul(tf.softmax(tf.div(f, temperature)), softWeight);
    const target = tf.add(tf.oneHot(labels, CLASSES), softened(start));
    let [residual, logits] = [tf.zerosLike(start), start];
    let [lastResidual, lastLogits] = [residual, logits];
    for (let s = 0; s < steps; s++) {
      const beta = s / (s + 3);
      const ahead = (now: tf.Tensor2D, last: tf.Tensor2D) => tf.add<tf.Tensor2D>(now, tf.mul(tf.sub(now, last), beta));
      const [r, f] = [ahead(residual, lastResidual), ahead(logits, lastLogits)];
      const g = tf.sub<tf.Tensor2D>(tf.add(tf.softmax(f), softened(f)), target);
      [lastResidual, lastLogits] = [residual, logits];
      [residual, logits] = [tf.add(r, g), tf.sub(f, tf.mul(tf.matMul(kernel, g), RATE))];
    }
    return tf.stack([residual, logits]);
  },
  pullback({ first, last, x, cotangent }) {
    const hidden = tf.relu(tf.add<tf.Tensor2D>(tf.matMul(x, first.kernel), first.bias));
    const below = tf.mul<tf.Tensor2D>(tf.matMul(cotangent, last.kernel, false, true), tf.step(hidden));
    const gradients = [tf.matMul(x, below, true), tf.sum(below, 0), tf.matMul(hidden, cotangent, true), tf.sum(cotangent, 0)];
    return tf.concat(gradients.map((gradient) => tf.reshape(gradient, [-1])));
  },
};

/** The kernel from the Jacobian itself, N x (C d): what the layer-wise form avoids. One backward pass a logit gives its rows. */
export const materialisedKernel: Way['compute'] = ({ last, x, hidden }) => {
  const samples = x.shape[0];
  const outer = (a: tf.Tensor2D, d: tf.Tensor2D) =>
    tf.reshape<tf.Rank.R2>(tf.mul(tf.expandDims<tf.Tensor3D>(a, 2), tf.expandDims<tf.Tensor3D>(d, 1)), [samples, a.shape[1] * d.shape[1]]);
  const jacobians = Array.from({ length: CLASSES }, (_, k) => {
    // ∂f_k by the logits and by the hidden layer's outputs, a sample a row.
    const logit = tf.reshape<tf.Rank.R2>(tf.cast(tf.oneHot(tf.fill([samples], k, 'int32'), CLASSES), 'float32'), [samples, CLASSES]);
    const below = tf.mul<tf.Tensor2D>(tf.step(hidden), tf.matMul(logit, last.kernel, false, true));
    return tf.concat2d([outer(x, below), below, outer(hidden, logit), logit], 1);
  });
  const jacobian = tf.concat2d(jacobians, 1);
  return tf.div(tf.matMul(jacobian, jacobian, false, true), CLASSES);
};

/** A whole evolution, which reads numbers back on its way. It leaves no tensor. */
export type Solve = (operands: Operands, steps: number) => Promise<void>;

export const solves: Record<'ridge' | 'averaged', Solve> = {
  async ridge({ x, first, last, hidden, logits, labels }) {
    // As many numbers as a sketch has, and of its size.
    const parts = tf.tidy(() => tangentParts([], [first, last], [tf.mul<tf.Tensor2D>(tf.slice2d(x, [0, 0], [-1, SKETCH]), 3), hidden]));
    const tangents = new Tangents(parts, CLASSES);
    try {
      const { temperature, softWeight } = evolution;
      const shift = new Float32Array(CLASSES);
      const asked = { labels: Int32Array.from(await labels.data()), shift, teacher: null, temperature, softWeight };
      await solveRidge({ tangents, logits, asked }, { ridge: 0.1, tolerance: 1e-7, maxProducts: RIDGE_PRODUCTS });
    } finally {
      tangents.dispose();
    }
  },
  async averaged(operands, steps) {
    await takeOne(
      tf.tidy(() => {
        const kernel = own.kernel(operands, steps);
        if (kernel.rank !== 2) throw new TypeError('a kernel is a matrix');
        return own.evolution({ ...operands, kernel: tf.reshape<tf.Rank.R2>(kernel, [kernel.shape[0]!, kernel.shape[1]!]) }, steps);
      }),
    );
  },
};
