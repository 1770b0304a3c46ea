/**
 * WGSL for products L Rᵀ of two matrices whose rows are samples or units: a workgroup of 64 threads computes a tile of
 * 32 x 32, each thread a block of 4 x 4. All of a block's numbers are mat4x4, so that loads and sums are vectors.
 */

import type * as tf from '@tensorflow/tfjs';
import type { Variant } from './variants.ts';

export const TILE = 32;
export const THREADS = 64;
/** Inner numbers held in workgroup memory at a time. */
const DEPTH = 32;
/** A depth's 8 groups of 4 rows, and one of padding against bank conflicts. */
const STRIDE = TILE / 4 + 1;

export interface Operand {
  /** Its name in the shader. */
  readonly name: string;
  /** Stored as inner x rows. */
  readonly isTransposed: boolean;
  /** One matrix of a stack: the variable `matrixIndex` says which. */
  readonly isStacked: boolean;
  /** Numbers read at once: 4 where the stored rows are multiples of 4 long. */
  readonly components: 1 | 4;
}

export function operandOf(name: string, { shape }: tf.TensorInfo, isTransposed = false): Operand {
  return { name, isTransposed, isStacked: shape.length === 3, components: shape.at(-1)! % 4 === 0 ? 4 : 1 };
}

/** WGSL of an operand's stored lines, and of their length. */
function extentOf({ name, isStacked }: Operand): { lines: string; length: string } {
  const [lines, length] = isStacked ? ['y', 'z'] : ['x', 'y'];
  return { lines: `uniforms.${name}Shape.${lines}`, length: `uniforms.${name}Shape.${length}` };
}

/** Distinguishes the shaders of operands that lie differently in memory. */
export const operandKey = ({ name, isTransposed, isStacked, components }: Operand) =>
  `${name}${isTransposed ? 'ᵀ' : ''}${components}${isStacked ? ' stacked' : ''}`;

/**
 * WGSL function `NAMEBlock(row, k)`: rows `row` .. `row` + 3, a column each, of the inner numbers `k` .. `k` + 3. What lies
 * beyond the matrix reads as 0, so that all threads reach all barriers. Selected, not branched: a software device takes minutes
 * to compile this many branches.
 */
export function operandCode(operand: Operand): string {
  const { name, isTransposed, isStacked, components } = operand;
  const { lines: count, length } = extentOf(operand);
  const read = `
  let index = (${isStacked ? `matrixIndex * ${count} + ` : ''}min(line, ${count} - 1)) * ${length} + min(at, ${length} - 1);
  let isInside = (line < ${count}) & (at < ${length});`;
  const stored =
    components === 4
      ? `
fn ${name}Line(line : i32, at : i32) -> vec4<f32> {${read}
  return select(vec4<f32>(), ${name}[index / 4], isInside);
}`
      : `
fn ${name}At(line : i32, at : i32) -> f32 {${read}
  return select(0.0, ${name}[index], isInside);
}
fn ${name}Line(line : i32, at : i32) -> vec4<f32> {
  return vec4<f32>(${name}At(line, at), ${name}At(line, at + 1), ${name}At(line, at + 2), ${name}At(line, at + 3));
}`;
  const lines = (line: string, at: string) => [0, 1, 2, 3].map((i) => `${name}Line(${line} + ${i}, ${at})`).join(', ');
  return `${stored}
fn ${name}Block(row : i32, k : i32) -> mat4x4<f32> {
  return ${isTransposed ? `transpose(mat4x4<f32>(${lines('k', 'row')}))` : `mat4x4<f32>(${lines('row', 'k')})`};
}`;
}

/** WGSL declarations at module scope that `blockProduct` needs. */
export const productStorage = (variant: Variant) =>
  variant === 'tiled'
    ? `
var<workgroup> leftTile : array<vec4<f32>, ${DEPTH * STRIDE}>;
var<workgroup> rightTile : array<vec4<f32>, ${DEPTH * STRIDE}>;`
    : '';

/** A second sum beside the product's: of squares[k] over the k at which both rows are positive. */
export interface GatedSum {
  readonly sums: string;
  /** The vector of squares; as many components at once as the operands have. */
  readonly squares: string;
}

export interface BlockProduct {
  readonly left: Operand;
  readonly right: Operand;
  /** The variable that gets the thread's block: column i is row i of the product. */
  readonly sums: string;
  readonly gated?: GatedSum;
  readonly variant: Variant;
}

function blocked({ left, right, sums, gated }: BlockProduct, inner: string): string {
  const gates = (block: string, zero: string, open: string) =>
    `mat4x4<f32>(${[0, 1, 2, 3].map((i) => `select(${zero}, ${open}, ${block}[${i}] > ${zero})`).join(', ')})`;
  return `
  for (var k = 0; k < ${inner}; k += 4) {
    let left = ${left.name}Block(p, k);
    let right = ${right.name}Block(q, k);
    ${sums} += transpose(right) * left;
${
  gated
    ? `
    // Beyond the last k no gate is open.
    let square = vec4<f32>(${[0, 1, 2, 3].map((i) => `${gated.squares}[min(k + ${i}, ${inner} - 1)]`).join(', ')});
    ${gated.sums} += transpose(${gates('right', 'vec4<f32>()', 'vec4<f32>(1.0)')}) * ${gates('left', 'vec4<f32>()', 'square')};`
    : ''
}
  }`;
}

function tiled({ left, right, sums, gated }: BlockProduct, inner: string): string {
  // Neighbouring threads read neighbouring numbers: along the inner dimension, or along the rows where those lie that way.
  const fill = (tile: string, { name, isTransposed }: Operand, first: string) => {
    const [group, inner4] = isTransposed ? ['thread % 8', 'thread / 8'] : ['thread / 8', 'thread % 8'];
    return `
    {
      let lines = transpose(${name}Block(${first} + 4 * (${group}), depth + 4 * (${inner4})));
      let slot = 4 * (${inner4}) * ${STRIDE} + ${group};
${[0, 1, 2, 3].map((i) => `      ${tile}[slot + ${i * STRIDE}] = lines[${i}];`).join('\n')}
    }`;
  };
  const outer = (column: string, row: string) => `mat4x4<f32>(${['x', 'y', 'z', 'w'].map((i) => `${row}.${i} * ${column}`).join(', ')})`;
  return `
  for (var depth = 0; depth < ${inner}; depth += ${DEPTH}) {
${fill('leftTile', left, 'rowTile')}
${fill('rightTile', right, 'columnTile')}
    workgroupBarrier();
    for (var k = 0; k < ${DEPTH}; k += 1) {
      let left = leftTile[k * ${STRIDE} + thread / 8];
      let right = rightTile[k * ${STRIDE} + thread % 8];
      ${sums} += ${outer('right', 'left')};
${
  gated
    ? `
      // Beyond the last k no gate is open.
      let square = vec4<f32>(${gated.squares}[min(depth + k, ${inner} - 1)]);
      let leftGate = select(vec4<f32>(), square, left > vec4<f32>());
      let rightGate = select(vec4<f32>(), vec4<f32>(1.0), right > vec4<f32>());
      ${gated.sums} += ${outer('rightGate', 'leftGate')};`
    : ''
}
    }
    workgroupBarrier();
  }`;
}

/**
 * WGSL statements that set `sums` (and the gated sums). They need `productStorage`, both operands' `operandCode`, and the
 * variables of `threadPosition`.
 */
export function blockProduct(product: BlockProduct): string {
  const { left, sums, gated, variant } = product;
  const { lines, length } = extentOf(left);
  const inner = left.isTransposed ? lines : length;
  return `
  var ${sums} = mat4x4<f32>();
${gated ? `  var ${gated.sums} = mat4x4<f32>();` : ''}
${variant === 'tiled' ? tiled(product, inner) : blocked(product, inner)}`;
}

/** WGSL: where this thread's block (p, q) lies, once `rowTile` and `columnTile` are known. */
export const threadPosition = `
  let thread = i32(localIndex);
  let p = rowTile + 4 * (thread / 8);
  let q = columnTile + 4 * (thread % 8);`;
