import type { WebGPUProgram } from '@tensorflow/tfjs-backend-webgpu';

/** Samples of one workgroup, and the threads that share the sum over K's row of each. */
const ROWS = 32;
const SLICES = 8;
const THREADS = ROWS * SLICES;
/** Classes summed at once: as many as keep the partial sums within 16 KiB, the least workgroup memory a device has. */
const MOST_CLASSES_AT_ONCE = 16;

/** Planes of the state (each N x C): R_s, f_s, the extrapolated Ř_s and f̌_s, and g(f̌_s). All zero before the start. */
export const PLANES = 5;

/**
 * One step for every sample: finishes step s (R, f), extrapolates, and takes the gradient that step s + 1 multiplies
 * with K. The first dispatch (`isStart`, β = 0) only sets f = f⁰ and its gradient. A program is good for one run.
 */
export function evolveProgram(samples: number, classes: number): WebGPUProgram {
  const atOnce = Math.ceil(classes / Math.ceil(classes / MOST_CLASSES_AT_ONCE));
  const lanes = Array.from({ length: atOnce }, (_, c) => c);
  return {
    outputShape: [PLANES, samples, classes],
    variableNames: ['kernel', 'state', 'logits', 'labels', 'shift'],
    uniforms: 'rate : f32, beta : f32, temperature : f32, softWeight : f32, isStart : i32,',
    shaderKey: `ntkEvolve ${atOnce}`,
    workgroupSize: [THREADS, 1, 1],
    dispatch: [Math.ceil(samples / ROWS), 1, 1],
    dispatchLayout: { x: [0] },
    getUserCode: () => `
var<workgroup> partial : array<f32, ${THREADS * atOnce}>;

fn advance(at : i32, product : f32) {
  let size = uniforms.logitsShape.x * uniforms.logitsShape.y;
  let residual = state[2 * size + at] + state[4 * size + at];
  let logit = select(state[3 * size + at] - uniforms.rate * product, logits[at], uniforms.isStart == 1);
  result[at] = residual;
  result[size + at] = logit;
  result[2 * size + at] = residual + uniforms.beta * (residual - state[at]);
  result[3 * size + at] = logit + uniforms.beta * (logit - state[size + at]);
}

// g = softmax(f + shift) - Y + softWeight (softmax(f/T) - softmax(f⁰/T)) at f̌, for one sample.
fn gradient(sample : i32) {
  let classes = uniforms.logitsShape.y;
  let size = uniforms.logitsShape.x * classes;
  let first = sample * classes;
  let ahead = 3 * size + first;
  let isSoft = uniforms.softWeight != 0.0;
  var top = result[ahead] + shift[0];
  var softTop = result[ahead];
  var startTop = logits[first];
  for (var c = 1; c < classes; c += 1) {
    top = max(top, result[ahead + c] + shift[c]);
    softTop = max(softTop, result[ahead + c]);
    startTop = max(startTop, logits[first + c]);
  }
  var sum = 0.0;
  var softSum = 0.0;
  var startSum = 0.0;
  for (var c = 0; c < classes; c += 1) {
    sum += exp(result[ahead + c] + shift[c] - top);
    if (isSoft) {
      softSum += exp((result[ahead + c] - softTop) / uniforms.temperature);
      startSum += exp((logits[first + c] - startTop) / uniforms.temperature);
    }
  }
  for (var c = 0; c < classes; c += 1) {
    var g = exp(result[ahead + c] + shift[c] - top) / sum - f32(labels[sample] == c);
    if (isSoft) {
      let soft = exp((result[ahead + c] - softTop) / uniforms.temperature) / softSum;
      let start = exp((logits[first + c] - startTop) / uniforms.temperature) / startSum;
      g += uniforms.softWeight * (soft - start);
    }
    result[4 * size + first + c] = g;
  }
}

fn main(index : i32) {
  let samples = uniforms.logitsShape.x;
  let classes = uniforms.logitsShape.y;
  let row = i32(localIndex) % ${ROWS};
  let slice = i32(localIndex) / ${ROWS};
  let sample = index / ${THREADS} * ${ROWS} + row;
  let isWriter = slice == 0 && sample < samples;
  for (var first = 0; first < classes; first += ${atOnce}) {
${lanes.map((c) => `    var sum${c} = 0.0;`).join('\n')}
    if (sample < samples && uniforms.isStart == 0) {
      for (var other = slice; other < samples; other += ${SLICES}) {
        // K is symmetric; down its column, neighbouring threads read neighbouring numbers.
        let k = kernel[other * samples + sample];
        // Beyond the last class these are numbers that nobody reads.
        let g = (4 * samples + other) * classes + first;
${lanes.map((c) => `        sum${c} += k * state[g + ${c}];`).join('\n')}
      }
    }
${lanes.map((c) => `    partial[(slice * ${atOnce} + ${c}) * ${ROWS} + row] = sum${c};`).join('\n')}
    workgroupBarrier();
    if (isWriter) {
      for (var c = 0; c < min(${atOnce}, classes - first); c += 1) {
        var product = 0.0;
        for (var other = 0; other < ${SLICES}; other += 1) {
          product += partial[(other * ${atOnce} + c) * ${ROWS} + row];
        }
        advance(sample * classes + first + c, product);
      }
    }
    workgroupBarrier();
  }
  if (isWriter) { gradient(sample); }
}`,
  };
}
