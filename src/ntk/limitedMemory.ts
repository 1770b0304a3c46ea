/**
 * The memory of L-BFGS (Nocedal & Wright 2006, algorithm 7.4) over vectors in host memory, of which the leading numbers alone have an
 * inner product.
 */

/** Σ a b over the first `length` numbers, in float64. */
export function dot(a: Float32Array, b: Float32Array, length: number): number {
  let even = 0;
  let odd = 0;
  let i = 0;
  for (; i + 2 <= length; i += 2) {
    even += a[i]! * b[i]!;
    odd += a[i + 1]! * b[i + 1]!;
  }
  return i < length ? even + odd + a[i]! * b[i]! : even + odd;
}

/** into += factor · vector. */
export function add(into: Float32Array, factor: number, vector: Float32Array): void {
  for (let i = 0; i < into.length; i++) into[i]! += factor * vector[i]!;
}

/** factor · vector, in its place. */
export function scale(vector: Float32Array, factor: number): Float32Array {
  for (let i = 0; i < vector.length; i++) vector[i]! *= factor;
  return vector;
}

interface Pair {
  /** By how much the point has moved, and the gradient. */
  readonly step: Float32Array;
  readonly change: Float32Array;
  /** 1 / (change · step). */
  readonly inverse: number;
}

/** The inverse Hessian that the last steps tell of, by its products (two-loop recursion; Nocedal 1980). */
export class LimitedMemory {
  readonly #pairs: Pair[] = [];

  /**
   * @param size pairs that are kept.
   * @param length numbers that count in an inner product; what follows them is carried along linearly.
   */
  constructor(
    private readonly size: number,
    private readonly length: number,
  ) {}

  /** Forgets the oldest pair if the memory is full. A pair without curvature is left out. */
  learn(step: Float32Array, change: Float32Array): void {
    const curvature = dot(change, step, this.length);
    if (!(curvature > 0)) return;
    this.#pairs.push({ step, change, inverse: 1 / curvature });
    if (this.#pairs.length > this.size) this.#pairs.shift();
  }

  clear(): void {
    this.#pairs.length = 0;
  }

  get isEmpty(): boolean {
    return this.#pairs.length === 0;
  }

  /** -H g for the gradient g, H the estimate of the inverse Hessian. */
  direction(gradient: Float32Array): Float32Array {
    const direction = scale(gradient.slice(), -1);
    const pairs = this.#pairs;
    const weights = new Float64Array(pairs.length);
    for (let i = pairs.length - 1; i >= 0; i--) {
      const { step, change, inverse } = pairs[i]!;
      weights[i] = inverse * dot(step, direction, this.length);
      add(direction, -weights[i]!, change);
    }
    const latest = pairs.at(-1);
    if (latest) scale(direction, 1 / (latest.inverse * dot(latest.change, latest.change, this.length)));
    for (let i = 0; i < pairs.length; i++) {
      const { step, change, inverse } = pairs[i]!;
      add(direction, weights[i]! - inverse * dot(change, direction, this.length), step);
    }
    return direction;
  }
}
