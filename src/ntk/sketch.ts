/** The sketch of inputs: a seeded orthonormal projection. */

import { floatsOf } from '../math/half.ts';
import { randomStream } from '../math/random.ts';
import type { Centre, InputFeatures } from './pool.ts';

type Sketch = Extract<InputFeatures, { kind: 'sketch' }>;

let latest: { readonly width: number; readonly m: number; readonly seed: number; readonly matrix: Float32Array } | undefined;

/**
 * P (width x m, row-major): orthonormal columns, uniformly random, times √(width/m), so that E[P Pᵀ] = 1 and
 * z · z' = (x P) · (x' P) is an unbiased estimate of x · x'. From m = width on it is exact (the identity).
 * The latest one is kept, because all clients of a run share it. Not to be changed.
 */
export function sketchMatrix(width: number, m: number, seed: number): Float32Array {
  if (latest?.width !== width || latest.m !== m || latest.seed !== seed) {
    latest = { width, m, seed, matrix: orthonormalMatrix(width, m, seed) };
  }
  return latest.matrix;
}

function orthonormalMatrix(width: number, m: number, seed: number): Float32Array {
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

/** x P of each client's inputs. The client sketches the same inputs around every neighbour's centre: only this part is slow. */
const products = new WeakMap<Float32Array, { readonly matrix: Float32Array; readonly product: Float64Array }>();

/** rows · matrix (count x m) in double precision, because a centre will be subtracted. */
function sketched(rows: Float32Array, width: number, matrix: Float32Array): Float64Array {
  const m = matrix.length / width;
  const product = new Float64Array((rows.length / width) * m);
  for (let p = 0; p * width < rows.length; p++) {
    const sums = product.subarray(p * m, (p + 1) * m);
    for (let i = 0; i < width; i++) {
      const x = rows[p * width + i]!;
      const offset = i * m;
      for (let j = 0; j < m; j++) sums[j]! += x * matrix[offset + j]!;
    }
  }
  return product;
}

/**
 * Sketches inputs for the first layer's Gram matrix. Centred ones are shorter, and the error grows with the lengths; the
 * cross terms put the centre back: x_p · x_q = (x_p - μ) · (x_q - μ) + s_p + s_q with s_p = x_p · μ - μ · μ / 2.
 * @param rows the inputs, count x width; must not change afterwards, because their product with P is kept.
 * @param centre μ, width numbers that all clients share.
 * @param matrix P of `sketchMatrix(width, m, seed)`, the same for all clients.
 */
export function sketchInputs(
  rows: Float32Array,
  count: number,
  width: number,
  centre: Float32Array,
  matrix: Float32Array,
  m: number,
): Sketch & { readonly rows: Float32Array; readonly centre: Centre } {
  const known = products.get(rows);
  const product = known?.matrix === matrix ? known.product : sketched(rows, width, matrix);
  products.set(rows, { matrix, product });
  const centreProduct = sketched(centre, width, matrix);
  const sketch = new Float32Array(count * m);
  const cross = new Float32Array(count);
  let centreSquared = 0;
  for (const value of centre) centreSquared += value * value;
  for (let p = 0; p < count; p++) {
    for (let j = 0; j < m; j++) sketch[p * m + j] = product[p * m + j]! - centreProduct[j]!;
    let alongCentre = 0;
    for (let i = 0; i < width; i++) alongCentre += rows[p * width + i]! * centre[i]!;
    cross[p] = alongCentre - centreSquared / 2;
  }
  return { kind: 'sketch', rows: sketch, width: m, cross, centre: { sketch: Float32Array.from(centreProduct), square: centreSquared } };
}

/**
 * Rows of m + 1 numbers whose products are those of the inputs, for which no cross terms are needed: with what x has of the centre,
 * x = (x · μ / μ · μ) μ + x⊥, it is x · x' = (x · μ) (x' · μ) / μ · μ + x⊥ · x⊥', and only the last is sketched. So their Gram matrix
 * is positive semidefinite, as that of `sketchInputs` need not be, and exact where the sketch is.
 */
export function withoutCentre({ rows, width: m, cross }: Sketch, { sketch, square }: Centre): Float32Array {
  const values = floatsOf(rows);
  const features = new Float32Array(cross.length * (m + 1));
  for (let p = 0; p < cross.length; p++) {
    // x · μ = s + μ · μ / 2, and z is x - μ sketched.
    const along = square > 0 ? (cross[p]! + square / 2) / square : 0;
    for (let j = 0; j < m; j++) features[p * (m + 1) + j] = values[p * m + j]! - (along - 1) * sketch[j]!;
    features[p * (m + 1) + m] = along * Math.sqrt(square);
  }
  return features;
}
