import type { WebGPUProgram } from '@tensorflow/tfjs-backend-webgpu';

/** Rows and columns of the kernel that one workgroup computes; each of its 8 x 8 threads has a 4 x 4 block. */
const TILE = 32;
const THREADS = 64;
/** Inner numbers held in workgroup memory at a time. */
const DEPTH = 32;
/** A depth's 8 groups of 4 rows, and one of padding against bank conflicts. */
const STRIDE = TILE / 4 + 1;

/**
 * WGSL: the 4 x 4 block of M Mᵀ that belongs to this thread, its rows in the variables `sums`0 .. `sums`3.
 * Rows and inner numbers beyond the matrix read as 0, so that all threads reach all barriers.
 */
const blockOfGram = (matrix: string, sums: string) => `
  var ${sums}0 = vec4<f32>();
  var ${sums}1 = vec4<f32>();
  var ${sums}2 = vec4<f32>();
  var ${sums}3 = vec4<f32>();
  for (var depth = 0; depth < uniforms.${matrix}Shape.y; depth += ${DEPTH}) {
    for (var load = thread; load < ${DEPTH * (TILE / 4)}; load += ${THREADS}) {
      let k = depth + load % ${DEPTH};
      let group = load / ${DEPTH};
      let slot = (load % ${DEPTH}) * ${STRIDE} + group;
      leftTile[slot] = ${matrix}Column(rowTile + 4 * group, k);
      rightTile[slot] = ${matrix}Column(columnTile + 4 * group, k);
    }
    workgroupBarrier();
    for (var k = 0; k < ${DEPTH}; k += 1) {
      let left = leftTile[k * ${STRIDE} + thread / 8];
      let right = rightTile[k * ${STRIDE} + thread % 8];
      ${sums}0 += left.x * right;
      ${sums}1 += left.y * right;
      ${sums}2 += left.z * right;
      ${sums}3 += left.w * right;
    }
    workgroupBarrier();
  }`;

/** WGSL: four rows of a column of a matrix. */
const columnOf = (matrix: string) => `
fn ${matrix}At(row : i32, k : i32) -> f32 {
  let shape = uniforms.${matrix}Shape;
  if (row < shape.x && k < shape.y) { return ${matrix}[row * shape.y + k]; }
  return 0.0;
}
fn ${matrix}Column(row : i32, k : i32) -> vec4<f32> {
  return vec4<f32>(${matrix}At(row, k), ${matrix}At(row + 1, k), ${matrix}At(row + 2, k), ${matrix}At(row + 3, k));
}`;

const block = [0, 1, 2, 3].flatMap((row) => ['x', 'y', 'z', 'w'].map((lane, column) => ({ row, lane, column })));

export interface LayerVariant {
  readonly inputs: 'rows' | 'gram';
  readonly hasCotangents: boolean;
  readonly hasBase: boolean;
}

/** The layer's kernel over the tiles of the upper triangle, each written twice. A program is good for one run. */
export function layerProgram(samples: number, { inputs, hasCotangents, hasBase }: LayerVariant): WebGPUProgram {
  const tiles = Math.ceil(samples / TILE);
  const variableNames = [inputs, ...(hasCotangents ? ['cotangents'] : []), ...(hasBase ? ['base'] : [])];
  const gram = (row: number, lane: string) => (inputs === 'rows' ? `gram${row}.${lane}` : 'gram[at]');
  const factor = (row: number, lane: string) => (hasCotangents ? ` * factor${row}.${lane}` : '');
  return {
    outputShape: [samples, samples],
    variableNames,
    shaderKey: `ntkLayer ${variableNames.join()}`,
    workgroupSize: [THREADS, 1, 1],
    dispatch: [(tiles * (tiles + 1)) / 2, 1, 1],
    dispatchLayout: { x: [0] },
    getUserCode: () => `
var<workgroup> leftTile : array<vec4<f32>, ${DEPTH * STRIDE}>;
var<workgroup> rightTile : array<vec4<f32>, ${DEPTH * STRIDE}>;
${inputs === 'rows' ? columnOf('rows') : ''}
${hasCotangents ? columnOf('cotangents') : ''}
fn main(index : i32) {
  let samples = uniforms.outShape.x;
  let thread = i32(localIndex);
  // The tile (i, j), i <= j, number j (j + 1) / 2 + i of the triangle. The root may be off by one.
  let tile = index / ${THREADS};
  var j = i32((sqrt(8.0 * f32(tile) + 1.0) - 1.0) / 2.0);
  if (j * (j + 1) / 2 > tile) { j -= 1; }
  if ((j + 1) * (j + 2) / 2 <= tile) { j += 1; }
  let rowTile = ${TILE} * (tile - j * (j + 1) / 2);
  let columnTile = ${TILE} * j;
${inputs === 'rows' ? blockOfGram('rows', 'gram') : ''}
${hasCotangents ? blockOfGram('cotangents', 'factor') : ''}
  let p = rowTile + 4 * (thread / 8);
  let q = columnTile + 4 * (thread % 8);
${block
  .map(({ row, lane, column }) => `
  if (p + ${row} <= q + ${column} && q + ${column} < samples) {
    let at = (p + ${row}) * samples + q + ${column};
    let value = (${gram(row, lane)} + 1.0)${factor(row, lane)}${hasBase ? ' + base[at]' : ''};
    result[at] = value;
    result[(q + ${column}) * samples + p + ${row}] = value;
  }`)
  .join('')}
}`,
  };
}
