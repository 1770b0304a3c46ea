/** Float32 vectors: sums of those of one length, each component rounded once, and several as one. */

/** a x + b y. */
export function axpby(a: number, x: Float32Array, b: number, y: Float32Array): Float32Array {
  const sum = new Float32Array(x.length);
  for (let i = 0; i < sum.length; i++) sum[i] = a * x[i]! + b * y[i]!;
  return sum;
}

/** x + y. */
export const add = (x: Float32Array, y: Float32Array) => axpby(1, x, 1, y);

/** x + y in place of x. */
export function addTo(x: Float32Array, y: Float32Array): Float32Array {
  for (let i = 0; i < x.length; i++) x[i]! += y[i]!;
  return x;
}

/** x - y. */
export const subtract = (x: Float32Array, y: Float32Array) => axpby(1, x, -1, y);

/** One after another. */
export function concat(parts: readonly Float32Array[]): Float32Array {
  const whole = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}

/** A vector in as many parts of one length. */
export function parts(vector: Float32Array, length: number): Float32Array[] {
  return Array.from({ length: vector.length / length }, (_, k) => vector.subarray(k * length, (k + 1) * length));
}
