/** The flow's step in WGSL. */

import type * as tf from '@tensorflow/tfjs';
import type { WebGPUProgram } from '@tensorflow/tfjs-backend-webgpu';
import type { Variant } from './variants.ts';

/** Four samples at a time in every vector: a quad. Quads of a workgroup, and the threads that share the sum over K's rows. */
const shapes: Record<Variant, { quads: number; slices: number }> = {
  tiled: { quads: 4, slices: 16 },
  blocked: { quads: 16, slices: 1 },
};
/** Classes summed at once: as many as keep the partial sums within 16 KiB, the least workgroup memory a device has. */
const MOST_CLASSES_AT_ONCE = 16;

/** Planes of the state: R_s, f_s, the extrapolated Ř_s and f̌_s, g(f̌_s), and what every gradient subtracts. */
const PLANES = 6;

/** Planes of C x M, M the samples rounded up to quads. */
export const stateShape = (samples: number, classes: number): [number, number, number] => [PLANES, classes, 4 * Math.ceil(samples / 4)];

/**
 * One step for every sample: finishes step s (R, f), extrapolates, and takes the gradient that step s + 1 multiplies
 * with K. The first dispatch (`isStart`) sets f = f⁰, its gradient and the targets, whatever the state was. A program is good
 * for one run.
 */
export function evolveProgram(kernel: tf.TensorInfo, classes: number, variant: Variant): WebGPUProgram {
  const samples = kernel.shape[0]!;
  const { quads, slices } = shapes[variant];
  const atOnce = Math.ceil(classes / Math.ceil(classes / MOST_CLASSES_AT_ONCE));
  const lanes = Array.from({ length: atOnce }, (_, c) => c);
  const isAligned = samples % 4 === 0;
  const isShared = slices > 1;
  return {
    outputShape: stateShape(samples, classes),
    outputComponent: 4,
    variableNames: ['kernel', 'state', 'logits', 'labels', 'shift', 'teacher'],
    variableComponents: [isAligned ? 4 : 1, 4, 1, 1, 1, 1],
    uniforms: 'rate : f32, beta : f32, temperature : f32, softWeight : f32, isStart : i32,',
    shaderKey: `ntkEvolve ${variant} ${atOnce} ${isAligned}`,
    workgroupSize: [quads * slices, 1, 1],
    dispatch: [Math.ceil(samples / (4 * quads)), 1, 1],
    dispatchLayout: { x: [0] },
    getUserCode: () => `
${isShared ? `var<workgroup> partial : array<vec4<f32>, ${quads * slices * atOnce}>;` : ''}

// K's row \`other\` at the columns of a quad; K is symmetric, so these are also the quad's rows at column \`other\`.
${
  isAligned
    ? `
fn kernelAt(other : i32, quad : i32) -> vec4<f32> { return kernel[other * uniforms.kernelShape.x / 4 + quad]; }`
    : `
fn kernelNumber(row : i32, column : i32) -> f32 {
  let samples = uniforms.kernelShape.x;
  let number = kernel[min(row, samples - 1) * samples + min(column, samples - 1)];
  return select(0.0, number, (row < samples) & (column < samples));
}
fn kernelAt(other : i32, quad : i32) -> vec4<f32> {
  let column = 4 * quad;
  return vec4<f32>(kernelNumber(other, column), kernelNumber(other, column + 1), kernelNumber(other, column + 2), kernelNumber(other, column + 3));
}`
}

fn logitsAt(sample : i32, c : i32) -> f32 { return logits[sample * uniforms.logitsShape.y + c]; }
fn teacherAt(sample : i32, c : i32) -> f32 { return teacher[sample * uniforms.logitsShape.y + c]; }
fn samplesOf(quad : i32) -> vec4<i32> { return min(4 * quad + vec4<i32>(0, 1, 2, 3), vec4<i32>(uniforms.logitsShape.x - 1)); }

fn advance(at : i32, product : vec4<f32>) {
  let plane = uniforms.stateShape.y * uniforms.stateShape.z / 4;
  let residual = state[2 * plane + at] + state[4 * plane + at];
  let logit = state[3 * plane + at] - uniforms.rate * product;
  result[at] = residual;
  result[plane + at] = logit;
  result[2 * plane + at] = residual + uniforms.beta * (residual - state[at]);
  result[3 * plane + at] = logit + uniforms.beta * (logit - state[plane + at]);
  result[5 * plane + at] = state[5 * plane + at];
}

// f = f⁰, and the labels, which the target begins with.
fn begin(quad : i32) {
  let plane = uniforms.stateShape.y * uniforms.stateShape.z / 4;
  let sample = samplesOf(quad);
  let label = vec4<i32>(labels[sample.x], labels[sample.y], labels[sample.z], labels[sample.w]);
  for (var c = 0; c < uniforms.stateShape.y; c += 1) {
    let at = c * uniforms.stateShape.z / 4 + quad;
    let start = vec4<f32>(logitsAt(sample.x, c), logitsAt(sample.y, c), logitsAt(sample.z, c), logitsAt(sample.w, c));
    result[at] = vec4<f32>();
    result[plane + at] = start;
    result[2 * plane + at] = vec4<f32>();
    result[3 * plane + at] = start;
    result[5 * plane + at] = vec4<f32>(label == vec4<i32>(c));
  }
}

// What a term of the gradient is the softmax of: 0 the teacher's logits, 1 f̌ + shift, 2 f̌.
fn termAt(term : i32, quad : i32, c : i32) -> vec4<f32> {
  if (term == 0) {
    let sample = samplesOf(quad);
    return vec4<f32>(teacherAt(sample.x, c), teacherAt(sample.y, c), teacherAt(sample.z, c), teacherAt(sample.w, c));
  }
  let across = uniforms.stateShape.z / 4;
  return result[(3 * uniforms.stateShape.y + c) * across + quad] + select(0.0, shift[c], term == 1);
}

// g = softmax(f̌ + shift) + softWeight softmax(f̌/T) - target, the target being Y + softWeight softmax(h/T), h the teacher's.
// All three softmaxes are one code, because a device may take long to compile it.
fn gradient(quad : i32) {
  let classes = uniforms.stateShape.y;
  let across = uniforms.stateShape.z / 4;
  let plane = classes * across;
  let isSoft = uniforms.softWeight != 0.0;
  for (var term = select(1, 0, isSoft && uniforms.isStart == 1); term < select(2, 3, isSoft); term += 1) {
    let isShifted = term == 1;
    let divisor = select(uniforms.temperature, 1.0, isShifted);
    let sums = select(4, 5, term == 0) * plane + quad;
    var top = vec4<f32>(-3.4e38);
    for (var c = 0; c < classes; c += 1) {
      top = max(top, termAt(term, quad, c));
    }
    var sum = vec4<f32>();
    for (var c = 0; c < classes; c += 1) {
      sum += exp((termAt(term, quad, c) - top) / divisor);
    }
    let share = select(uniforms.softWeight, 1.0, isShifted) / sum;
    for (var c = 0; c < classes; c += 1) {
      let at = c * across;
      let power = exp((termAt(term, quad, c) - top) / divisor);
      result[sums + at] = select(result[sums + at], -result[5 * plane + at + quad], isShifted) + share * power;
    }
  }
}

fn main(index : i32) {
  let classes = uniforms.stateShape.y;
  let across = uniforms.stateShape.z / 4;
  let row = i32(localIndex) % ${quads};
  let slice = i32(localIndex) / ${quads};
  let quad = index / ${quads * slices} * ${quads} + row;
  let isWriter = slice == 0 && quad < across;
  if (uniforms.isStart == 1 && isWriter) { begin(quad); }
  for (var first = select(0, classes, uniforms.isStart == 1); first < classes; first += ${atOnce}) {
${lanes.map((c) => `    var sum${c} = vec4<f32>();`).join('\n')}
    if (quad < across) {
      for (var others = slice; others < across; others += ${slices}) {
        let k0 = kernelAt(4 * others, quad);
        let k1 = kernelAt(4 * others + 1, quad);
        let k2 = kernelAt(4 * others + 2, quad);
        let k3 = kernelAt(4 * others + 3, quad);
        // Beyond the last class these are numbers of the next plane, whose sums nobody reads.
        let at = (4 * classes + first) * across + others;
${lanes
  .map(
    (c) => `
        let g${c} = state[at + ${c} * across];
        sum${c} += g${c}.x * k0 + g${c}.y * k1 + g${c}.z * k2 + g${c}.w * k3;`,
  )
  .join('')}
      }
    }
${
  isShared
    ? `
${lanes.map((c) => `    partial[(slice * ${atOnce} + ${c}) * ${quads} + row] = sum${c};`).join('\n')}
    workgroupBarrier();
    if (isWriter) {
      for (var c = 0; c < min(${atOnce}, classes - first); c += 1) {
        var product = vec4<f32>();
        for (var other = 0; other < ${slices}; other += 1) { product += partial[(other * ${atOnce} + c) * ${quads} + row]; }
        advance((first + c) * across + quad, product);
      }
    }
    workgroupBarrier();`
    : `
    if (isWriter) {
${lanes.map((c) => `      if (first + ${c} < classes) { advance((first + ${c}) * across + quad, sum${c}); }`).join('\n')}
    }`
}
  }
  if (isWriter) { gradient(quad); }
}`,
  };
}
