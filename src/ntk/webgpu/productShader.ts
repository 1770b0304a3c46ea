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
  { a, b, bias, gate }: ProductInputs, { transposeA, transposeB, relu }: NtkProductAttrs, variant: Variant,
): { program: WebGPUProgram; operands: tf.TensorInfo[] } {
  const left = operandOf('a', a, transposeA);
  // The product of blocks is L Rᵀ, so that b as it stands is the transposed one.
  const right = operandOf('b', b, !transposeB);
  const rows = a.shape[transposeA ? 1 : 0]!;
  const columns = b.shape[transposeB ? 0 : 1]!;
  const name = `ntkProduct ${variant} ${operandKey(left)} ${operandKey(right)}${bias ? ' bias' : ''}${relu ? ' relu' : ''}${gate ? ' gate' : ''}`;
  const program: WebGPUProgram = {
    outputShape: [rows, columns],
    variableNames: ['a', 'b', ...(bias ? ['bias'] : []), ...(gate ? ['gate'] : [])],
    variableComponents: [left.components, right.components, ...(bias ? [1] : []), ...(gate ? [1] : [])],
    shaderKey: name,
    workgroupSize: [THREADS, 1, 1],
    dispatch: [Math.ceil(rows / TILE) * Math.ceil(columns / TILE), 1, 1],
    dispatchLayout: { x: [0] },
    getUserCode: () => `
${productStorage(variant)}
${operandCode(left)}
${operandCode(right)}
fn main(index : i32) {
  let shape = uniforms.outShape;
  let tile = index / ${THREADS};
  let across = (shape.y + ${TILE - 1}) / ${TILE};
  let rowTile = ${TILE} * (tile / across);
  let columnTile = ${TILE} * (tile % across);
${threadPosition}
${blockProduct({ left, right, sums: 'sums', variant })}
  for (var row = 0; row < min(4, shape.x - p); row += 1) {
    for (var column = 0; column < min(4, shape.y - q); column += 1) {
      let at = (p + row) * shape.y + q + column;
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
