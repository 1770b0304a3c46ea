/**
 * The vectors of L-BFGS on a ridge's objective (lbfgs.ts), as tfjs kernels. Its two loops take inner products of the remembered
 * vectors alone, so that with their Gram matrix a direction is a combination of them whose coefficients cost nothing (Chen, Wang
 * & Zhou 2014, "Large-scale L-BFGS using MapReduce"): nothing waits for a number to come back.
 *
 * A vector is a θ and the R that makes it, each in pieces of `PIECE` numbers, the last filled up with zeros. A memory is P x
 * `ROWS` x `PIECE`, P pieces of each of its rows: the steps and the changes of the gradient, from the oldest to the latest, the
 * gradient, and the point.
 */

import * as tf from '@tensorflow/tfjs';
import * as v from 'valibot';
import { MEMORY } from '../lbfgs.ts';
import type { Softening } from '../objective.ts';
import { ntkProduct } from './ntkProduct.ts';

export const NTK_MOVE = 'NtkMove';
export const NTK_REMEMBER = 'NtkRemember';
export const NTK_TWO_LOOPS = 'NtkTwoLoops';
export const NTK_COMBINE = 'NtkCombine';
export const NTK_SLOPES = 'NtkSlopes';

export const PIECE = 256;

/** Rows of a memory. */
export const STEPS = 0;
export const CHANGES = MEMORY;
export const GRADIENT = 2 * MEMORY;
export const POINT = GRADIENT + 1;
export const ROWS = POINT + 1;

/** Pieces of a vector of so many numbers. */
export const piecesOf = (size: number): number => Math.ceil(size / PIECE);

const softening = { temperature: v.number(), softWeight: v.number() };
const moveSchema = v.object({ distance: v.number(), ...softening });
const rememberSchema = v.object({ distance: v.number(), ridge: v.number() });
const loopsSchema = v.object({ remembered: v.number() });
const slopesSchema = v.object(softening);

/** Attributes as tfjs hands them to a kernel. */
export const lbfgsAttrs = {
  move: (attrs: tf.NamedAttrMap | undefined) => v.parse(moveSchema, attrs),
  remember: (attrs: tf.NamedAttrMap | undefined) => v.parse(rememberSchema, attrs),
  twoLoops: (attrs: tf.NamedAttrMap | undefined) => v.parse(loopsSchema, attrs),
  slopes: (attrs: tf.NamedAttrMap | undefined) => v.parse(slopesSchema, attrs),
};

/**
 * @param place logits f and g at them, 2 x N x C.
 * @param tangent t, N x C.
 * @param shift what the prior adds to the logits in the label term, C.
 * @param targets what every gradient subtracts (`targetOf`), N x C.
 * @returns f + distance · t and g there, 2 x N x C.
 */
export function ntkMove(
  inputs: { readonly place: tf.Tensor3D; readonly tangent: tf.Tensor2D; readonly shift: tf.Tensor1D; readonly targets: tf.Tensor2D },
  attrs: Softening & { readonly distance: number },
): tf.Tensor3D {
  return tf.engine().runKernel<tf.Tensor3D>(NTK_MOVE, { ...inputs }, { ...attrs });
}

/**
 * @param memory P x ROWS x PIECE.
 * @param direction of the step, P x PIECE.
 * @param sums Jᵀ g, as many numbers as θ has.
 * @param place of which g is taken, 2 x N x C.
 * @returns the memory after the step and its gradient, by θ (ρ θ + Jᵀ g / N) and by R (ρ R - g / N). Of the pairs the oldest goes.
 */
export function ntkRemember(
  inputs: { readonly memory: tf.Tensor3D; readonly direction: tf.Tensor2D; readonly sums: tf.Tensor1D; readonly place: tf.Tensor3D },
  attrs: { readonly distance: number; readonly ridge: number },
): tf.Tensor3D {
  return tf.engine().runKernel<tf.Tensor3D>(NTK_REMEMBER, { ...inputs }, { ...attrs });
}

/**
 * The direction -H g as a combination of the memory's rows, H the estimate of the inverse Hessian by the latest `remembered` pairs.
 * @param unknowns numbers of θ, of which inner products are taken.
 * @returns the rows' coefficients, and then, d being the direction: g · d, d · d and g · g. ROWS + 3.
 */
export function ntkTwoLoops(memory: tf.Tensor3D, unknowns: number, attrs: { readonly remembered: number }): tf.Tensor1D {
  const thetas = tf.slice3d(memory, [0, 0, 0], [piecesOf(unknowns), ROWS, PIECE]);
  const grams = ntkProduct({ a: thetas, b: thetas }, { transposeB: true });
  return tf.engine().runKernel<tf.Tensor1D>(NTK_TWO_LOOPS, { grams }, { ...attrs });
}

/** The combination of a memory's rows with these coefficients (ROWS of them are read), P x PIECE. */
export function ntkCombine(inputs: { readonly memory: tf.Tensor3D; readonly coefficients: tf.Tensor1D }): tf.Tensor2D {
  return tf.engine().runKernel<tf.Tensor2D>(NTK_COMBINE, { ...inputs });
}

/**
 * By how much the slope of the objective's sum along t has changed at each distance: Σ (g(f + distance · t) - g(f)) · t, as many
 * as distances. The change, as near the minimum what the slope is made of nearly cancels.
 * @param place of which f is taken, 2 x N x C.
 */
export function ntkSlopes(
  inputs: { readonly place: tf.Tensor3D; readonly tangent: tf.Tensor2D; readonly shift: tf.Tensor1D; readonly distances: tf.Tensor1D },
  attrs: Softening,
): tf.Tensor1D {
  return tf.engine().runKernel<tf.Tensor1D>(NTK_SLOPES, { ...inputs }, { ...attrs });
}
