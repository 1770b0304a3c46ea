/** The kernels of ops/ntkLbfgs.ts in WGSL. */

import type * as tf from '@tensorflow/tfjs';
import type { WebGPUProgram } from '@tensorflow/tfjs-backend-webgpu';
import { MEMORY } from '../lbfgs.ts';
import { CHANGES, GRADIENT, PIECE, POINT, ROWS, STEPS } from '../ops/ntkLbfgs.ts';
import { THREADS } from './blockProduct.ts';
import type { Variant } from './variants.ts';

/** Of a workgroup that sums over the samples: as many as every device has. */
const SUMMING = 256;

/** A shader of one thread each for so many things, without workgroup memory: there is nothing that two of them load. */
const plain = (things: number): Pick<WebGPUProgram, 'workgroupSize' | 'dispatch' | 'dispatchLayout'> => ({
  workgroupSize: [THREADS, 1, 1],
  dispatch: [Math.ceil(things / THREADS), 1, 1],
  dispatchLayout: { x: [0] },
});

/** f + distance · t and g there, a sample a thread. A program is good for one run, as are all below. */
export function moveProgram(place: tf.TensorInfo): WebGPUProgram {
  return {
    ...plain(place.shape[1]!),
    outputShape: place.shape,
    variableNames: ['place', 'tangent', 'shift', 'targets'],
    uniforms: 'distance : f32, temperature : f32, softWeight : f32,',
    shaderKey: 'ntkMove',
    getUserCode: () => `
fn main(index : i32) {
  let samples = uniforms.placeShape.y;
  let classes = uniforms.placeShape.z;
  if (index >= samples) { return; }
  let first = index * classes;
  let slopes = samples * classes + first;
  for (var c = 0; c < classes; c += 1) {
    result[first + c] = place[first + c] + uniforms.distance * tangent[first + c];
    result[slopes + c] = -targets[first + c];
  }
  // softmax(f + shift), then softWeight softmax(f / T): one code, because a device may take long to compile it.
  for (var term = 0; term < select(1, 2, uniforms.softWeight != 0.0); term += 1) {
    let divisor = select(uniforms.temperature, 1.0, term == 0);
    var top = -3.4e38;
    for (var c = 0; c < classes; c += 1) {
      top = max(top, (result[first + c] + select(0.0, shift[c], term == 0)) / divisor);
    }
    var sum = 0.0;
    for (var c = 0; c < classes; c += 1) {
      sum += exp((result[first + c] + select(0.0, shift[c], term == 0)) / divisor - top);
    }
    let share = select(uniforms.softWeight, 1.0, term == 0) / sum;
    for (var c = 0; c < classes; c += 1) {
      result[slopes + c] += share * exp((result[first + c] + select(0.0, shift[c], term == 0)) / divisor - top);
    }
  }
}`,
  };
}

/** The memory after a step, four numbers of every row a thread. */
export function rememberProgram(memory: tf.TensorInfo): WebGPUProgram {
  const lanes = ['x', 'y', 'z', 'w'].map((_, lane) => `lossSlope(at + ${lane})`).join(', ');
  return {
    ...plain((memory.shape[0]! * PIECE) / 4),
    outputShape: memory.shape,
    outputComponent: 4,
    variableNames: ['memory', 'direction', 'sums', 'place'],
    variableComponents: [4, 4, 1, 1],
    uniforms: 'distance : f32, ridge : f32,',
    shaderKey: 'ntkRemember',
    getUserCode: () => `
// The slope of the loss by a number of θ, or of R.
fn lossSlope(at : i32) -> f32 {
  let unknowns = uniforms.sumsShape;
  let size = uniforms.placeShape.y * uniforms.placeShape.z;
  let ofR = at - ${PIECE} * ((unknowns + ${PIECE - 1}) / ${PIECE});
  let loss = select(-place[size + clamp(ofR, 0, size - 1)], sums[min(at, unknowns - 1)], ofR < 0);
  return select(0.0, loss / f32(uniforms.placeShape.y), at < unknowns || (ofR >= 0 && ofR < size));
}

fn main(index : i32) {
  let at = 4 * index;
  if (at >= ${PIECE} * uniforms.memoryShape.x) { return; }
  let first = index / ${PIECE / 4} * ${(ROWS * PIECE) / 4} + index % ${PIECE / 4};
  let step = uniforms.distance * direction[index];
  let point = memory[first + ${(POINT * PIECE) / 4}] + step;
  let gradient = uniforms.ridge * point + vec4<f32>(${lanes});
  for (var pair = 0; pair < ${MEMORY - 1}; pair += 1) {
    let steps = first + (${STEPS} + pair) * ${PIECE / 4};
    let changes = first + (${CHANGES} + pair) * ${PIECE / 4};
    result[steps] = memory[steps + ${PIECE / 4}];
    result[changes] = memory[changes + ${PIECE / 4}];
  }
  result[first + ${((STEPS + MEMORY - 1) * PIECE) / 4}] = step;
  result[first + ${((CHANGES + MEMORY - 1) * PIECE) / 4}] = gradient - memory[first + ${(GRADIENT * PIECE) / 4}];
  result[first + ${(GRADIENT * PIECE) / 4}] = gradient;
  result[first + ${(POINT * PIECE) / 4}] = point;
}`,
  };
}

/**
 * The coefficients of a direction. The Gram matrix is summed by a workgroup, or by the one thread that then goes through both
 * loops: they are a few thousand operations.
 */
export function twoLoopsProgram(variant: Variant): WebGPUProgram {
  const isShared = variant === 'tiled';
  const threads = isShared ? THREADS : 1;
  return {
    outputShape: [ROWS + 3],
    variableNames: ['grams'],
    uniforms: 'remembered : i32,',
    shaderKey: `ntkTwoLoops ${variant}`,
    workgroupSize: [threads, 1, 1],
    dispatch: [1, 1, 1],
    dispatchLayout: { x: [0] },
    getUserCode: () => `
var<${isShared ? 'workgroup' : 'private'}> gram : array<f32, ${ROWS * ROWS}>;
var<private> coefficients : array<f32, ${ROWS}>;
var<private> weights : array<f32, ${MEMORY}>;

// A row · the combination so far.
fn along(row : i32) -> f32 {
  var sum = 0.0;
  for (var other = 0; other < ${ROWS}; other += 1) { sum += coefficients[other] * gram[row * ${ROWS} + other]; }
  return sum;
}
fn curvature(pair : i32) -> f32 { return gram[(${STEPS} + pair) * ${ROWS} + ${CHANGES} + pair]; }

fn loops() {
  for (var row = 0; row < ${ROWS}; row += 1) { coefficients[row] = select(0.0, -1.0, row == ${GRADIENT}); }
  let oldest = ${MEMORY} - uniforms.remembered;
  var scale = 1.0;
  for (var pair = oldest; pair < ${MEMORY}; pair += 1) {
    let change = (${CHANGES} + pair) * ${ROWS + 1};
    if (curvature(pair) > 0.0) { scale = curvature(pair) / gram[change]; }
  }
  for (var pair = ${MEMORY - 1}; pair >= oldest; pair -= 1) {
    if (curvature(pair) > 0.0) {
      weights[pair] = along(${STEPS} + pair) / curvature(pair);
      coefficients[${CHANGES} + pair] -= weights[pair];
    }
  }
  for (var row = 0; row < ${ROWS}; row += 1) { coefficients[row] *= scale; }
  for (var pair = oldest; pair < ${MEMORY}; pair += 1) {
    if (curvature(pair) > 0.0) {
      coefficients[${STEPS} + pair] += weights[pair] - along(${CHANGES} + pair) / curvature(pair);
    }
  }
  var square = 0.0;
  for (var row = 0; row < ${ROWS}; row += 1) {
    square += coefficients[row] * along(row);
    result[row] = coefficients[row];
  }
  result[${ROWS}] = along(${GRADIENT});
  result[${ROWS + 1}] = square;
  result[${ROWS + 2}] = gram[${GRADIENT * (ROWS + 1)}];
}

fn main(index : i32) {
  for (var entry = i32(localIndex); entry < ${ROWS * ROWS}; entry += ${threads}) {
    var sum = 0.0;
    for (var piece = 0; piece < uniforms.gramsShape.x; piece += 1) { sum += grams[piece * ${ROWS * ROWS} + entry]; }
    gram[entry] = sum;
  }
${isShared ? '  workgroupBarrier();' : ''}
  if (index == 0) { loops(); }
}`,
  };
}

/** A combination of a memory's rows, four numbers a thread. */
export function combineProgram(memory: tf.TensorInfo): WebGPUProgram {
  const pieces = memory.shape[0]!;
  return {
    ...plain((pieces * PIECE) / 4),
    outputShape: [pieces, PIECE],
    outputComponent: 4,
    variableNames: ['memory', 'coefficients'],
    variableComponents: [4, 1],
    shaderKey: 'ntkCombine',
    getUserCode: () => `
fn main(index : i32) {
  if (4 * index >= ${PIECE} * uniforms.memoryShape.x) { return; }
  let first = index / ${PIECE / 4} * ${(ROWS * PIECE) / 4} + index % ${PIECE / 4};
  var sum = vec4<f32>();
  for (var row = 0; row < ${ROWS}; row += 1) { sum += coefficients[row] * memory[first + row * ${PIECE / 4}]; }
  result[index] = sum;
}`,
  };
}

/** The changes of a slope: a workgroup sums that of a distance, or a thread does. */
export function slopesProgram(distances: tf.TensorInfo, variant: Variant): WebGPUProgram {
  const isShared = variant === 'tiled';
  const count = distances.shape[0]!;
  const threads = isShared ? SUMMING : 4;
  return {
    outputShape: [count],
    variableNames: ['place', 'tangent', 'shift', 'distances'],
    uniforms: 'temperature : f32, softWeight : f32,',
    shaderKey: `ntkSlopes ${variant}`,
    workgroupSize: [threads, 1, 1],
    dispatch: [isShared ? count : Math.ceil(count / threads), 1, 1],
    dispatchLayout: { x: [0] },
    getUserCode: () => `
${isShared ? `var<workgroup> partial : array<f32, ${SUMMING}>;` : ''}

// Σ_c softmax(f + distance t)_c t_c of a sample, of the labels' term and the soft labels'.
fn slopeAt(sample : i32, distance : f32) -> f32 {
  let classes = uniforms.placeShape.z;
  let first = sample * classes;
  var slope = 0.0;
  for (var term = 0; term < select(1, 2, uniforms.softWeight != 0.0); term += 1) {
    let divisor = select(uniforms.temperature, 1.0, term == 0);
    var top = -3.4e38;
    for (var c = 0; c < classes; c += 1) {
      top = max(top, (place[first + c] + distance * tangent[first + c] + select(0.0, shift[c], term == 0)) / divisor);
    }
    var sum = 0.0;
    var along = 0.0;
    for (var c = 0; c < classes; c += 1) {
      let t = tangent[first + c];
      let power = exp((place[first + c] + distance * t + select(0.0, shift[c], term == 0)) / divisor - top);
      sum += power;
      along += power * t;
    }
    slope += select(uniforms.softWeight, 1.0, term == 0) * along / sum;
  }
  return slope;
}

fn changeOf(first : i32, stride : i32, distance : f32) -> f32 {
  var sum = 0.0;
  for (var sample = first; sample < uniforms.placeShape.y; sample += stride) { sum += slopeAt(sample, distance) - slopeAt(sample, 0.0); }
  return sum;
}

fn main(index : i32) {
${
  isShared
    ? `
  let thread = i32(localIndex);
  // A large dispatch has more workgroups than there are distances.
  let at = index / ${SUMMING};
  partial[thread] = changeOf(thread, ${SUMMING}, distances[min(at, uniforms.distancesShape - 1)]);
  for (var half = ${SUMMING / 2}; half > 0; half /= 2) {
    workgroupBarrier();
    if (thread < half) { partial[thread] += partial[thread + half]; }
  }
  if (thread == 0 && at < uniforms.distancesShape) { result[at] = partial[0]; }`
    : '  if (index < uniforms.distancesShape) { result[index] = changeOf(0, 1, distances[index]); }'
}
}`,
  };
}
