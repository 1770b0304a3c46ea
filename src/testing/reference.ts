import type { NtkEvolveAttrs } from '../ntk/ops/ntkEvolve.ts';
import { classCount, denseLayouts, parameterCount, type ModelSpec } from '../model/model.ts';

/** Every computation of ntk/ once more in float64, as its formula stands and with the Jacobian written out: for tests only. */

type Numbers = ArrayLike<number>;

/** f (C) at one sample, and the Jacobian ∂f_k/∂w (C x d) by one backward pass an output. */
export function linearise(spec: ModelSpec, weights: Numbers, x: Numbers): { logits: Float64Array; jacobian: Float64Array[] } {
  const layouts = denseLayouts(spec);
  const activations = [Float64Array.from(x)];
  layouts.forEach(({ inputs, outputs, kernelOffset, biasOffset }, l) => {
    const z = new Float64Array(outputs);
    for (let o = 0; o < outputs; o++) {
      z[o] = weights[biasOffset + o]!;
      for (let i = 0; i < inputs; i++) z[o]! += activations[l]![i]! * weights[kernelOffset + i * outputs + o]!;
    }
    activations.push(l < layouts.length - 1 ? z.map((value) => Math.max(0, value)) : z);
  });
  const jacobian = Array.from({ length: classCount(spec) }, (_, k) => {
    const row = new Float64Array(parameterCount(spec));
    let cotangent = Float64Array.from({ length: classCount(spec) }, (_unused, c) => (c === k ? 1 : 0));
    for (let l = layouts.length - 1; l >= 0; l--) {
      const { inputs, outputs, kernelOffset, biasOffset } = layouts[l]!;
      const below = new Float64Array(inputs);
      for (let o = 0; o < outputs; o++) {
        row[biasOffset + o] = cotangent[o]!;
        for (let i = 0; i < inputs; i++) {
          row[kernelOffset + i * outputs + o] = activations[l]![i]! * cotangent[o]!;
          if (activations[l]![i]! > 0) below[i]! += weights[kernelOffset + i * outputs + o]! * cotangent[o]!;
        }
      }
      cotangent = below;
    }
    return row;
  });
  return { logits: activations.at(-1)!, jacobian };
}

const dot = (a: Numbers, b: Numbers) => {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
};

/** K (N x N), K[p,q] = (1/C) sum_k ∂f_k(x_p)/∂w · ∂f_k(x_q)/∂w. */
export function kernelFromJacobians(jacobians: readonly (readonly Float64Array[])[]): Float64Array {
  const samples = jacobians.length;
  return Float64Array.from({ length: samples * samples }, (_, at) => {
    const [p, q] = [jacobians[Math.floor(at / samples)]!, jacobians[at % samples]!];
    return p.reduce((sum, row, k) => sum + dot(row, q[k]!), 0) / p.length;
  });
}

/** base + (A Aᵀ + 1) ∘ (D Dᵀ), N x N. */
export function layer(samples: number, a: Numbers, d: Numbers | null, base: Numbers | null): Float64Array {
  const gram = (rows: Numbers, p: number, q: number) => {
    const width = rows.length / samples;
    let sum = 0;
    for (let i = 0; i < width; i++) sum += rows[p * width + i]! * rows[q * width + i]!;
    return sum;
  };
  return Float64Array.from({ length: samples * samples }, (_, at) => {
    const [p, q] = [Math.floor(at / samples), at % samples];
    return (base ? base[at]! : 0) + (gram(a, p, q) + 1) * (d ? gram(d, p, q) : 1);
  });
}

function softmax(values: readonly number[]): number[] {
  const top = Math.max(...values);
  const powers = values.map((value) => Math.exp(value - top));
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((power) => power / sum);
}

/**
 * S steps on the accumulated residual alone: f(R) = f⁰ - (η/N) K R is computed anew from R in every step. With β = 0 this is
 * the same as f -= (η/N) K g.
 */
export function evolve(
  kernel: Numbers, start: Numbers, labels: Numbers, shift: readonly number[], attrs: NtkEvolveAttrs, teacher: Numbers = start,
): { residual: Float64Array; logits: Float64Array } {
  const { rate, steps, accelerated, temperature, softWeight } = attrs;
  const samples = labels.length;
  const classes = shift.length;
  const rows = Array.from({ length: samples }, (_, p) => p);
  const rowOf = (matrix: Numbers, p: number) => shift.map((_, c) => matrix[p * classes + c]!);
  const logitsAt = (residual: Numbers) =>
    Float64Array.from({ length: samples * classes }, (_, at) => {
      const [p, c] = [Math.floor(at / classes), at % classes];
      return start[at]! - rate * rows.reduce((sum, q) => sum + kernel[p * samples + q]! * residual[q * classes + c]!, 0);
    });
  const gradientAt = (logits: Numbers) =>
    Float64Array.from(
      rows.flatMap((p) => {
        const f = rowOf(logits, p);
        const labelled = softmax(f.map((value, c) => value + shift[c]!));
        const soft = softmax(f.map((value) => value / temperature));
        const taught = softmax(rowOf(teacher, p).map((value) => value / temperature));
        return f.map((_, c) => labelled[c]! - (labels[p] === c ? 1 : 0) + softWeight * (soft[c]! - taught[c]!));
      }),
    );
  let residual = new Float64Array(samples * classes);
  let before = residual;
  for (let s = 0; s < steps; s++) {
    const beta = accelerated ? s / (s + 3) : 0;
    const ahead = residual.map((value, i) => value + beta * (value - before[i]!));
    const gradient = gradientAt(logitsAt(ahead));
    before = residual;
    residual = ahead.map((value, i) => value + gradient[i]!);
  }
  return { residual, logits: logitsAt(residual) };
}

/** The largest difference over the largest absolute value of `expected`; infinite where lengths differ or something is NaN. */
export function relativeError(actual: Numbers, expected: Numbers): number {
  if (actual.length !== expected.length) return Infinity;
  let difference = 0;
  let scale = 0;
  for (let i = 0; i < expected.length; i++) {
    const gap = Math.abs(actual[i]! - expected[i]!);
    difference = Math.max(difference, Number.isNaN(gap) ? Infinity : gap);
    scale = Math.max(scale, Math.abs(expected[i]!));
  }
  return difference === 0 ? 0 : difference / scale;
}
