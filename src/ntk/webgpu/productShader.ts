/** The matrix product in WGSL. */

import type * as tf from '@tensorflow/tfjs';
import type { WebGPUProgram } from '@tensorflow/tfjs-backend-webgpu';
import type { NtkProductAttrs } from '../ops/ntkProduct.ts';
import { blockProduct, operandCode, operandKey, operandOf, productStorage, threadPosition, THREADS, TILE } from './blockProduct.ts';
import type { Variant } from './variants.ts';

export interface ProductInputs {
  readonly a: tf.TensorInfo;
  readonly b: tf.TensorInfo;
  readonly bias: tf.TensorInfo | undefined;
  readonly gate: tf.TensorInfo | undefined;
}

/** gate(relu(a b + bias)). A program is good for one run. */
export function productProgram(
  { a, b, bias, gate }: ProductInputs,
  { transposeA, transposeB, relu }: NtkProductAttrs,
  variant: Variant,
): { program: WebGPUProgram; operands: tf.TensorInfo[] } {
  const left = operandOf('a', a, transposeA);
  // The product of blocks is L Rᵀ, so that b as it stands is the transposed one.
  const right = operandOf('b', b, !transposeB);
  const rows = a.shape.at(transposeA ? -1 : -2)!;
  const columns = b.shape.at(transposeB ? -2 : -1)!;
  const { isStacked } = left;
  const matrices = isStacked ? a.shape[0]! : 1;
  const [height, width] = isStacked ? ['shape.y', 'shape.z'] : ['shape.x', 'shape.y'];
  const name = `ntkProduct ${variant} ${operandKey(left)} ${operandKey(right)}${bias ? ' bias' : ''}${relu ? ' relu' : ''}${gate ? ' gate' : ''}`;
  const program: WebGPUProgram = {
    outputShape: isStacked ? [matrices, rows, columns] : [rows, columns],
    variableNames: ['a', 'b', ...(bias ? ['bias'] : []), ...(gate ? ['gate'] : [])],
    variableComponents: [left.components, right.components, ...(bias ? [1] : []), ...(gate ? [1] : [])],
    shaderKey: name,
    workgroupSize: [THREADS, 1, 1],
    dispatch: [matrices * Math.ceil(rows / TILE) * Math.ceil(columns / TILE), 1, 1],
    dispatchLayout: { x: [0] },
    getUserCode: () => `
${isStacked ? 'var<private> matrixIndex : i32;' : ''}
${productStorage(variant)}
${operandCode(left)}
${operandCode(right)}
fn main(index : i32) {
  let shape = uniforms.outShape;
  let across = (${width} + ${TILE - 1}) / ${TILE};
${
  isStacked
    ? `
  let tilesOfOne = across * ((${height} + ${TILE - 1}) / ${TILE});
  matrixIndex = index / ${THREADS} / tilesOfOne;
  let tile = index / ${THREADS} % tilesOfOne;`
    : `
  let tile = index / ${THREADS};`
}
  let rowTile = ${TILE} * (tile / across);
  let columnTile = ${TILE} * (tile % across);
${threadPosition}
${blockProduct({ left, right, sums: 'sums', variant })}
${isStacked ? '  // A large dispatch has more workgroups than there are matrices.' : ''}
  let rowsLeft = ${isStacked ? `select(0, ${height} - p, matrixIndex < shape.x)` : `${height} - p`};
  for (var row = 0; row < min(4, rowsLeft); row += 1) {
    for (var column = 0; column < min(4, ${width} - q); column += 1) {
      let at = (${isStacked ? `matrixIndex * ${height} + ` : ''}p + row) * ${width} + q + column;
      var value = sums[row][column]${bias ? ' + bias[q + column]' : ''};
${relu ? '      value = max(value, 0.0);' : ''}
${gate ? '      value = select(0.0, value, gate[at] > 0.0);' : ''}
      result[at] = value;
    }
  }
}`,
  };
  return { program, operands: [a, b, bias, gate].filter((tensor) => tensor !== undefined) };
}
