/** The averaged kernel of dense layers, layer by layer. */

import * as tf from '@tensorflow/tfjs';
import { hiddenCotangents, type DenseLayer } from './dense.ts';
import { ntkLayer } from './ops/ntkLayer.ts';
import { ntkProduct } from './ops/ntkProduct.ts';

/** What the first dense layer reads: rows, or their Gram matrix where that is known already. */
export type FirstInputs = { readonly rows: tf.Tensor2D } | { readonly gram: tf.Tensor2D };

/**
 * The dense layers' part of the empirical NTK, averaged over the C logits, layer by layer and without a Jacobian
 * (Novak et al. 2022, "Fast Finite Width Neural Tangent Kernel"). Runs inside a caller's `tf.tidy`.
 * @param hidden the ReLU activations of the hidden layers, N x h_l each.
 * @returns K, N x N.
 */
export function empiricalNtk(layers: readonly DenseLayer[], first: FirstInputs, hidden: readonly tf.Tensor2D[]): tf.Tensor2D {
  /** What layer l reads. */
  const inputs = (l: number) => (l === 0 ? first : { rows: hidden[l - 1]! });
  const top = hidden.at(-1);
  if (!top) return ntkLayer(inputs(0), { kind: 'last' });
  const squares = tf.mean<tf.Tensor1D>(tf.square(layers.at(-1)!.kernel), 1);
  const kernel = ntkLayer(inputs(hidden.length - 1), { kind: 'hidden', hidden: top, squares });
  // The layer below the last one is in there already, by a shorter way.
  const below = hidden.length > 1 ? hiddenCotangents(layers, hidden).slice(0, -1) : [];
  return below.reduce(
    (base, cotangents, l) => ntkLayer(inputs(l), { kind: 'cotangents', cotangents: sideBySide(cotangents), base }),
    kernel,
  );
}

/** N x (C h). */
function sideBySide(cotangents: tf.Tensor3D): tf.Tensor2D {
  const [samples, classes, size] = cotangents.shape;
  return tf.reshape(cotangents, [samples, classes * size]);
}

/**
 * What parameters contribute whose derivatives are known as they are, G Gᵀ: each two members once, so that nobody's G
 * (n x anything) need lie beside another's.
 */
export function jacobianNtk(members: readonly tf.Tensor2D[]): tf.Tensor2D {
  const blocks = members.map((left, i) => members.slice(i).map((right) => ntkProduct({ a: left, b: right }, { transposeB: true })));
  const block = (i: number, j: number) => (i <= j ? blocks[i]![j - i]! : tf.transpose(blocks[j]![i - j]!));
  return tf.concat2d(
    members.map((_, i) =>
      tf.concat2d(
        members.map((_unused, j) => block(i, j)),
        1,
      ),
    ),
    0,
  );
}
