import { expect, test } from 'vitest';
import { randomStream } from '../math/random.ts';
import { relativeError } from '../testing/reference.ts';
import { sketchInputs, sketchMatrix } from './sketch.ts';

const normals = (count: number, name: string) => {
  const random = randomStream(1, 'sketch test', name);
  return Float32Array.from({ length: count }, () => random.normal());
};

const dot = (a: Float32Array, b: Float32Array) => a.reduce((sum, value, i) => sum + value * b[i]!, 0);

test('the columns are orthogonal, of squared length width / m, and depend on the seed alone', () => {
  const [width, m] = [50, 12];
  const matrix = sketchMatrix(width, m, 3);
  const column = (j: number) => Float32Array.from({ length: width }, (_, i) => matrix[i * m + j]!);
  for (let j = 0; j < m; j++) {
    for (let k = 0; k <= j; k++) expect(dot(column(j), column(k))).toBeCloseTo(j === k ? width / m : 0, 5);
  }
  expect(sketchMatrix(width, m, 3)).toEqual(matrix);
  expect(sketchMatrix(width, m, 4)).not.toEqual(matrix);
});

test('z · z is an unbiased estimate of x · y', () => {
  // For a uniformly random m-dimensional subspace of R^n with projection Π, symmetry and trace Π = trace Π² = m give
  // Var[(n/m) xᵀ Π y] = β (n/m)² (|x|² |y|² + (1 - 2/n) (x · y)²) with β = m (n - m) / (n (n - 1) (n + 2)).
  const [n, m, trials] = [20, 6, 4000];
  const x = normals(n, 'x');
  const y = normals(n, 'y').map((value, i) => value + x[i]!);
  const beta = (m * (n - m)) / (n * (n - 1) * (n + 2));
  const variance = beta * (n / m) ** 2 * (dot(x, x) * dot(y, y) + (1 - 2 / n) * dot(x, y) ** 2);
  let sum = 0;
  let squares = 0;
  for (let seed = 0; seed < trials; seed++) {
    const { rows } = sketchInputs(Float32Array.of(...x, ...y), 2, n, new Float32Array(n), sketchMatrix(n, m, seed), m);
    const error = dot(rows.subarray(0, m), rows.subarray(m)) - dot(x, y);
    sum += error;
    squares += error ** 2;
  }
  expect(Math.abs(sum / trials)).toBeLessThan(4 * Math.sqrt(variance / trials));
  // The measured variance tells that the bound is the right one, neither loose nor lucky.
  expect(squares / trials / variance).toBeGreaterThan(0.85);
  expect(squares / trials / variance).toBeLessThan(1.15);
});

test.each([8, 9, 20])('m = %i of 8 inputs is exact, with any centre', (m) => {
  const [width, count] = [8, 5];
  const rows = normals(count * width, 'rows');
  const sketch = sketchInputs(rows, count, width, normals(width, 'centre'), sketchMatrix(width, m, 1), m);
  expect(sketch.width).toBe(m);
  const row = (of: Float32Array, p: number, length: number) => of.subarray(p * length, (p + 1) * length);
  const [exact, sketched]: [number[], number[]] = [[], []];
  for (let p = 0; p < count; p++) {
    for (let q = 0; q < count; q++) {
      exact.push(dot(row(rows, p, width), row(rows, q, width)));
      sketched.push(dot(row(sketch.rows, p, m), row(sketch.rows, q, m)) + sketch.cross[p]! + sketch.cross[q]!);
    }
  }
  expect(relativeError(sketched, exact)).toBeLessThan(1e-5);
});

test('centring puts the centre back without error: only what differs from it is sketched', () => {
  const centre = normals(40, 'far').map((value) => 10 * value);
  const rows = Float32Array.of(...centre, ...centre.map((value) => value + 0.01));
  const { rows: z, cross } = sketchInputs(rows, 2, 40, centre, sketchMatrix(40, 5, 1), 5);
  const estimate = dot(z.subarray(0, 5), z.subarray(5)) + cross[0]! + cross[1]!;
  expect(estimate / dot(rows.subarray(0, 40), rows.subarray(40))).toBeCloseTo(1, 5);
});

test('one client sketches around many centres, with whichever matrix', () => {
  const rows = normals(3 * 8, 'rows');
  const centres = [normals(8, 'a centre'), normals(8, 'another')];
  for (const matrix of [sketchMatrix(8, 3, 1), sketchMatrix(8, 3, 2)]) {
    for (const centre of centres) {
      const again = sketchInputs(rows, 3, 8, centre, matrix, 3);
      expect(again).toEqual(sketchInputs(rows.slice(), 3, 8, centre, matrix, 3));
      const byHand = Array.from({ length: 3 }, (_, j) =>
        rows.subarray(0, 8).reduce((sum, x, i) => sum + (x - centre[i]!) * matrix[i * 3 + j]!, 0),
      );
      expect(relativeError(again.rows.subarray(0, 3), byHand)).toBeLessThan(1e-5);
    }
  }
});
