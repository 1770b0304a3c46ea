/** Sums of float32 vectors of one length, each component rounded once. */

/** a x + b y. */
export function axpby(a: number, x: Float32Array, b: number, y: Float32Array): Float32Array {
  const sum = new Float32Array(x.length);
  for (let i = 0; i < sum.length; i++) sum[i] = a * x[i]! + b * y[i]!;
  return sum;
}

/** x + y. */
export const add = (x: Float32Array, y: Float32Array) => axpby(1, x, 1, y);

/** x - y. */
export const subtract = (x: Float32Array, y: Float32Array) => axpby(1, x, -1, y);
