/** One layer's part of the averaged kernel in WGSL. */

import type * as tf from '@tensorflow/tfjs';
import type { WebGPUProgram } from '@tensorflow/tfjs-backend-webgpu';
import { blockProduct, operandCode, operandKey, operandOf, productStorage, threadPosition, THREADS, TILE } from './blockProduct.ts';
import type { Variant } from './variants.ts';

const block = [0, 1, 2, 3].flatMap((row) => [0, 1, 2, 3].map((column) => ({ row, column })));

/** The kernel of a layer over the tiles of the upper triangle, each written twice. A program is good for one run. */
export function layerProgram(inputs: tf.NamedTensorInfoMap, variant: Variant): { program: WebGPUProgram; operands: tf.TensorInfo[] } {
  const { gram, rows, cotangents, base, hidden, squares } = inputs;
  const given = Object.entries({ gram, rows, cotangents, base, hidden, squares }).flatMap(([name, tensor]) =>
    tensor ? [{ name, tensor }] : [],
  );
  const factors = given.filter(({ name }) => ['rows', 'cotangents', 'hidden'].includes(name));
  const products = factors.map(({ name, tensor }) => operandOf(name, tensor));
  const samples = given[0]!.tensor.shape[0]!;
  const tiles = Math.ceil(samples / TILE);
  const at = (sums: string, row: number, column: number) => `${sums}[${row}][${column}]`;
  const value = (row: number, column: number) => {
    const ownGram = gram ? 'gram[at]' : at('rowsSums', row, column);
    const factor = hidden ? ` * ${at('gatedSums', row, column)}` : cotangents ? ` * ${at('cotangentsSums', row, column)}` : '';
    const rest = hidden ? ` + ${at('hiddenSums', row, column)} + 1.0` : base ? ' + base[at]' : '';
    return `(${ownGram} + 1.0)${factor}${rest}`;
  };
  const program: WebGPUProgram = {
    outputShape: [samples, samples],
    variableNames: given.map(({ name }) => name),
    variableComponents: given.map(({ name }) => products.find((operand) => operand.name === name)?.components ?? 1),
    shaderKey: `ntkLayer ${variant} ${given.map(({ name }) => name).join()} ${products.map(operandKey).join()}`,
    workgroupSize: [THREADS, 1, 1],
    dispatch: [(tiles * (tiles + 1)) / 2, 1, 1],
    dispatchLayout: { x: [0] },
    getUserCode: () => `
${productStorage(variant)}
${products.map(operandCode).join('')}
fn main(index : i32) {
  let samples = uniforms.outShape.x;
  // The tile (i, j), i <= j, number j (j + 1) / 2 + i of the triangle. The root may be off by one.
  let tile = index / ${THREADS};
  var j = i32((sqrt(8.0 * f32(tile) + 1.0) - 1.0) / 2.0);
  if (j * (j + 1) / 2 > tile) { j -= 1; }
  if ((j + 1) * (j + 2) / 2 <= tile) { j += 1; }
  let rowTile = ${TILE} * (tile - j * (j + 1) / 2);
  let columnTile = ${TILE} * j;
${threadPosition}
${products
  .map((operand) =>
    blockProduct({
      left: operand,
      right: operand,
      sums: `${operand.name}Sums`,
      variant,
      ...(operand.name === 'hidden' && { gated: { sums: 'gatedSums', squares: 'squares' } }),
    }),
  )
  .join('')}
${block
  .map(
    ({ row, column }) => `
  if (p + ${row} <= q + ${column} && q + ${column} < samples) {
    let at = (p + ${row}) * samples + q + ${column};
    let value = ${value(row, column)};
    result[at] = value;
    result[(q + ${column}) * samples + p + ${row}] = value;
  }`,
  )
  .join('')}
}`,
  };
  return { program, operands: given.map(({ tensor }) => tensor) };
}
