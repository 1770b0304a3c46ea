/**
 * J of a pool at w̄ as a linear map between unknowns θ and the logits' tangents (N x C), never formed. Of a dense layer that reads
 * A all that a product with Θ = J Jᵀ meets are the sums (A, 1)ᵀ D over the samples, so that those are its unknowns: width + 1 by
 * outputs, far fewer than a layer's parameters where A is a sketch of its inputs. J Jᵀ R is `forward(backward(R))`, one backward
 * and one forward tangent pass, and J Jᵀ is that of the whole network if A Aᵀ is.
 */

import * as tf from '@tensorflow/tfjs';
import type { DenseLayer } from './dense.ts';
import { ntkProduct } from './ops/ntkProduct.ts';

/** A dense layer that reads A. */
type LayerPart = {
  /** (A, 1), N x (inputs + 1), and its transpose. */
  readonly features: tf.Tensor2D;
  readonly transposed: tf.Tensor2D;
  readonly outputs: number;
};

/** Between a layer and the one below: the ReLU activations that it reads, N x inputs, its kernel, and that transposed. */
type GatePart = { readonly gate: tf.Tensor2D; readonly kernel: tf.Tensor2D; readonly transposed: tf.Tensor2D };

/** The tensors of a `Tangents`. */
export type TangentParts = {
  /** Derivatives of the logits by some parameters as they are: of each member, n C x P, a logit a row. Or none. */
  readonly derived: tf.Tensor2D[];
  /** The dense layers from the lowest up, or none. */
  readonly layers: LayerPart[];
  /** One fewer than layers. */
  readonly gates: GatePart[];
};

/**
 * Runs inside a caller's `tf.tidy`.
 * @param reads what each of the dense layers reads: first the inputs or what stands for them, then the ReLU activations below.
 */
export function tangentParts(derived: tf.Tensor2D[], layers: readonly DenseLayer[], reads: readonly tf.Tensor2D[]): TangentParts {
  const rows = reads.map((read) => tf.concat2d([read, tf.ones([read.shape[0], 1])], 1));
  return {
    derived,
    layers: rows.map((features, l) => ({ features, transposed: tf.transpose(features), outputs: layers[l]!.kernel.shape[1] })),
    gates: reads.slice(1).map((read, l) => {
      const { kernel } = layers[l + 1]!;
      return { gate: read.clone(), kernel: kernel.clone(), transposed: tf.transpose(kernel) };
    }),
  };
}

/** Both passes over the factors of a pool. Whoever makes it disposes of it. */
export class Tangents {
  constructor(
    private readonly parts: TangentParts,
    private readonly classes: number,
  ) {}

  /** Numbers of θ: first those of the derived rows, then each layer's, row-major. */
  get unknowns(): number {
    const { derived, layers } = this.parts;
    return layers.reduce((sum, { features, outputs }) => sum + features.shape[1] * outputs, derived[0]?.shape[1] ?? 0);
  }

  /** J θ, N x C. Runs inside a caller's `tf.tidy`. */
  forward(theta: Float32Array | tf.Tensor1D): tf.Tensor2D {
    const { derived, layers, gates } = this.parts;
    let offset = 0;
    const next = (rows: number, columns: number): tf.Tensor2D => {
      const start = offset;
      offset += rows * columns;
      return theta instanceof Float32Array
        ? tf.tensor2d(theta.subarray(start, offset), [rows, columns])
        : tf.reshape(tf.slice1d(theta, start, rows * columns), [rows, columns]);
    };
    const tangents: tf.Tensor2D[] = [];
    if (derived.length > 0) {
      const unknowns = next(derived[0]!.shape[1], 1);
      const members = derived.map((rows) => tf.reshape<tf.Rank.R2>(ntkProduct({ a: rows, b: unknowns }), [-1, this.classes]));
      tangents.push(tf.concat2d(members, 0));
    }
    let tangent: tf.Tensor2D | null = null;
    for (const [l, { features, outputs }] of layers.entries()) {
      // A ReLU's derivative is the step of its activations: all that goes up goes through that gate.
      const gate = gates[l] && { gate: gates[l].gate };
      const own = ntkProduct({ a: features, b: next(features.shape[1], outputs), ...gate });
      tangent = tangent ? tf.add(own, ntkProduct({ a: tangent, b: gates[l - 1]!.kernel, ...gate })) : own;
    }
    if (tangent) tangents.push(tangent);
    return tangents.length > 1 ? tf.addN(tangents) : tangents[0]!;
  }

  /** Jᵀ R, a θ; R is N x C. Runs inside a caller's `tf.tidy`. */
  backward(residual: tf.Tensor2D): tf.Tensor1D {
    const { derived, layers, gates } = this.parts;
    const sums: tf.Tensor[] = [];
    let cotangent = residual;
    for (let l = layers.length - 1; l >= 0; l--) {
      sums.unshift(ntkProduct({ a: layers[l]!.transposed, b: cotangent }));
      if (l === 0) break;
      const { gate, transposed } = gates[l - 1]!;
      cotangent = ntkProduct({ a: cotangent, b: transposed, gate });
    }
    if (derived.length > 0) {
      let first = 0;
      const members = derived.map((rows) => {
        const count = rows.shape[0] / this.classes;
        const own = tf.reshape<tf.Rank.R2>(tf.slice2d(residual, [first, 0], [count, this.classes]), [1, rows.shape[0]]);
        first += count;
        return ntkProduct({ a: own, b: rows });
      });
      sums.unshift(tf.addN(members));
    }
    return tf.concat1d(sums.map((sum) => tf.reshape<tf.Rank.R1>(sum, [sum.size])));
  }

  dispose(): void {
    tf.dispose(this.parts);
  }
}
