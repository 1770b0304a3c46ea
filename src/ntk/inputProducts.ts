/** The products of inputs with a projection's blocks, kept from round to round. */

import * as tf from '@tensorflow/tfjs';

/** Products of inputs with the blocks of a matrix, which are the same in every round: kept on the device up to a budget. */
export class InputProducts {
  /** By inputs, then block. */
  readonly #kept = new Map<tf.Tensor2D, Map<number, tf.Tensor2D>>();
  #bytes = 0;

  /** @param budget bytes; what came first stays. */
  constructor(private readonly budget: number) {}

  /** What `compute` makes of the inputs, or made of them before. Not to be disposed; runs inside a caller's `tf.tidy`. */
  of(inputs: tf.Tensor2D, block: number, compute: () => tf.Tensor2D): tf.Tensor2D {
    const kept = this.#kept.get(inputs) ?? new Map<number, tf.Tensor2D>();
    const known = kept.get(block);
    if (known) return known;
    const product = tf.tidy(compute);
    const bytes = 4 * product.size;
    if (this.#bytes + bytes <= this.budget) {
      this.#bytes += bytes;
      this.#kept.set(inputs, kept.set(block, tf.keep(product)));
    }
    return product;
  }

  /** Frees what was made of these inputs. */
  release(inputs: tf.Tensor2D): void {
    for (const product of this.#kept.get(inputs)?.values() ?? []) {
      this.#bytes -= 4 * product.size;
      product.dispose();
    }
    this.#kept.delete(inputs);
  }

  clear(): void {
    for (const inputs of this.#kept.keys()) this.release(inputs);
  }
}
