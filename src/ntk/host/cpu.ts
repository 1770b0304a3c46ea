import type * as tf from '@tensorflow/tfjs';
import { floats, output } from './access.ts';
import { dotRows } from './dotRows.ts';
import { hostKernels } from './kernels.ts';
import { transpose } from './transpose.ts';

/** A matrix (or its transpose) with its rows contiguous. */
function rowsOf(backend: tf.KernelBackend, matrix: tf.TensorInfo, isTransposed: boolean): { values: Float32Array; rows: number; width: number } {
  const [rows, width] = [matrix.shape[0]!, matrix.shape[1]!];
  const values = floats(backend, matrix);
  return isTransposed ? { values: transpose(values, rows, width), rows: width, width: rows } : { values, rows, width };
}

/** The kernels in plain JavaScript. */
export const cpuKernels = hostKernels('cpu', {
  gram(backend, a) {
    const { values, rows, width } = rowsOf(backend, a, false);
    const gram = new Float32Array(rows * rows);
    for (let p = 0; p < rows; p++) dotRows(values, p, values, p, rows, width, gram, p * rows);
    return gram;
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
