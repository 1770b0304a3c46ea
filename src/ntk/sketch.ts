import { randomStream } from '../math/random.ts';
import type { InputFeatures } from './pool.ts';

/**
 * P (width x m, row-major): orthonormal columns, uniformly random, times √(width/m), so that E[P Pᵀ] = 1 and
 * z · z' = (x P) · (x' P) is an unbiased estimate of x · x'. From m = width on it is exact (the identity).
 */
export function sketchMatrix(width: number, m: number, seed: number): Float32Array {
  const matrix = new Float32Array(width * m);
  if (m >= width) {
    for (let i = 0; i < width; i++) matrix[i * m + i] = 1;
    return matrix;
  }
  const random = randomStream(seed, 'sketch');
  const columns: Float64Array[] = [];
  for (let j = 0; j < m; j++) {
    const column = Float64Array.from({ length: width }, () => random.normal());
    // Gram-Schmidt, twice: once leaves rounding errors that grow with m.
    for (const other of [...columns, ...columns]) {
      let overlap = 0;
      for (let i = 0; i < width; i++) overlap += other[i]! * column[i]!;
      for (let i = 0; i < width; i++) column[i]! -= overlap * other[i]!;
    }
    const length = Math.hypot(...column);
    columns.push(column.map((value) => value / length));
  }
  const scale = Math.sqrt(width / m);
  columns.forEach((column, j) => {
    for (let i = 0; i < width; i++) matrix[i * m + j] = scale * column[i]!;
  });
  return matrix;
}

/**
 * Sketches inputs for the first layer's Gram matrix. Centred ones are shorter, and the error grows with the lengths; the
 * cross terms put the centre back: x_p · x_q = (x_p - μ) · (x_q - μ) + s_p + s_q with s_p = x_p · μ - μ · μ / 2.
 * @param rows the inputs, count x width.
 * @param centre μ, width numbers that all clients share.
 * @param matrix P of `sketchMatrix(width, m, seed)`, the same for all clients.
 */
export function sketchInputs(
  rows: Float32Array, count: number, width: number, centre: Float32Array, matrix: Float32Array, m: number,
): InputFeatures & { readonly kind: 'sketch' } {
  const sketch = new Float32Array(count * m);
  const cross = new Float32Array(count);
  let centreSquared = 0;
  for (const value of centre) centreSquared += value * value;
  for (let p = 0; p < count; p++) {
    const sums = new Float64Array(m);
    let alongCentre = 0;
    for (let i = 0; i < width; i++) {
      const x = rows[p * width + i]!;
      const mean = centre[i]!;
      alongCentre += x * mean;
      for (let j = 0; j < m; j++) sums[j]! += (x - mean) * matrix[i * m + j]!;
    }
    sketch.set(sums, p * m);
    cross[p] = alongCentre - centreSquared / 2;
  }
  return { kind: 'sketch', rows: sketch, width: m, cross };
}
