/** The kernels' products in plain JavaScript, for tfjs's cpu backend. */

import type * as tf from '@tensorflow/tfjs';
import { floats, output } from './access.ts';
import { dotRows } from './dotRows.ts';
import { hostKernels } from './kernels.ts';
import { layer } from './layer.ts';
import { transpose } from './transpose.ts';

/** A matrix (or its transpose) with its rows contiguous. */
function rowsOf(
  backend: tf.KernelBackend,
  matrix: tf.TensorInfo,
  isTransposed: boolean,
): { values: Float32Array; rows: number; width: number } {
  const [rows, width] = [matrix.shape[0]!, matrix.shape[1]!];
  const values = floats(backend, matrix);
  return isTransposed ? { values: transpose(values, rows, width), rows: width, width: rows } : { values, rows, width };
}

/** The upper half of A Aᵀ. */
function gram(backend: tf.KernelBackend, a: tf.TensorInfo): Float32Array {
  const { values, rows, width } = rowsOf(backend, a, false);
  const half = new Float32Array(rows * rows);
  for (let p = 0; p < rows; p++) dotRows(values, p, values, p, rows, width, half, p * rows);
  return half;
}

/** The kernels in plain JavaScript. */
export const cpuKernels = hostKernels('cpu', {
  layer(backend, { own, factor, base, above }) {
    const kernel = layer({
      own: 'gram' in own ? floats(backend, own.gram) : gram(backend, own.rows),
      factor: factor && gram(backend, factor),
      base: base && floats(backend, base),
      above: above && gram(backend, above),
    });
    const samples = Math.sqrt(kernel.length);
    return output(backend, kernel, [samples, samples]);
  },
  gated(backend, hidden, squares) {
    const rows = floats(backend, hidden);
    const scale = floats(backend, squares).map(Math.sqrt);
    const width = scale.length;
    const gated = new Float32Array(rows.length);
    for (let row = 0; row < rows.length; row += width) {
      for (let i = 0; i < width; i++) gated[row + i] = rows[row + i]! > 0 ? scale[i]! : 0;
    }
    return output(backend, gated, hidden.shape);
  },
  throughGate(backend, product, gate) {
    const open = floats(backend, gate);
    const gated = floats(backend, product).map((value, i) => (open[i]! > 0 ? value : 0));
    backend.disposeData(product.dataId);
    return output(backend, gated, product.shape);
  },
  multiply(backend, g, kernel) {
    const samples = kernel.shape[0]!;
    const rows = floats(backend, kernel);
    const product = new Float32Array(g.length);
    // K is symmetric: its rows are its columns.
    for (let c = 0; c * samples < g.length; c++) dotRows(g, c, rows, 0, samples, samples, product, c * samples);
    return product;
  },
  product(backend, a, b, bias, { transposeA, transposeB, relu }) {
    const left = rowsOf(backend, a, transposeA);
    const right = rowsOf(backend, b, !transposeB);
    const addend = bias && floats(backend, bias);
    const product = new Float32Array(left.rows * right.rows);
    for (let p = 0; p < left.rows; p++) {
      const row = product.subarray(p * right.rows, (p + 1) * right.rows);
      dotRows(left.values, p, right.values, 0, right.rows, left.width, row, 0);
      if (addend) for (let q = 0; q < row.length; q++) row[q]! += addend[q]!;
      if (relu) for (let q = 0; q < row.length; q++) if (row[q]! < 0) row[q] = 0;
    }
    return output(backend, product, [left.rows, right.rows]);
  },
});
