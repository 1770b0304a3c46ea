/** Every computation of ntk/ once more in float64, as its formula stands and with the Jacobian written out: for tests only. */

import type { NtkEvolveAttrs } from '../ntk/ops/ntkEvolve.ts';
import { randomStream, type RandomStream } from '../math/random.ts';
import {
  classCount,
  convolutionLayouts,
  denseLayouts,
  parameterCount,
  type ConvolutionLayout,
  type ModelSpec,
  type Projection,
} from '../model/model.ts';

type Numbers = ArrayLike<number>;

/**
 * Each term of one convolution: output number `out` (at a pixel of the convolution, channel o) is the bias o and the sum of
 * weight `kernel` times input number `from`, over all terms with this `out`.
 */
function* convolutionTerms({ image, pooled }: ConvolutionLayout) {
  const { width, height, channels } = image;
  const outputs = pooled.channels;
  for (let y = 0; y < height - 2; y++) {
    for (let x = 0; x < width - 2; x++) {
      for (let o = 0; o < outputs; o++) {
        const out = (y * (width - 2) + x) * outputs + o;
        for (let dy = 0; dy < 3; dy++) {
          for (let dx = 0; dx < 3; dx++) {
            for (let c = 0; c < channels; c++) {
              yield { out, from: ((y + dy) * width + x + dx) * channels + c, kernel: ((dy * 3 + dx) * channels + c) * outputs + o };
            }
          }
        }
      }
    }
  }
}

/** Which number of the pooled image each number of the convolution's output is averaged into; -1 for a dropped one. */
function pooledPlaces({ image, pooled }: ConvolutionLayout): number[] {
  const width = image.width - 2;
  return Array.from({ length: width * (image.height - 2) * pooled.channels }, (_, out) => {
    const pixel = Math.floor(out / pooled.channels);
    const [x, y] = [Math.floor((pixel % width) / 2), Math.floor(Math.floor(pixel / width) / 2)];
    return x < pooled.width && y < pooled.height ? (y * pooled.width + x) * pooled.channels + (out % pooled.channels) : -1;
  });
}

interface Block {
  readonly layout: ConvolutionLayout;
  readonly read: Float64Array;
  /** Before pooling. */
  readonly activations: Float64Array;
  readonly pooled: Float64Array;
}

function convolve(layout: ConvolutionLayout, weights: Numbers, read: Float64Array): Block {
  const { kernelOffset, biasOffset } = layout;
  const places = pooledPlaces(layout);
  const activations = Float64Array.from(places, (_, out) => weights[biasOffset + (out % layout.pooled.channels)]!);
  for (const { out, from, kernel } of convolutionTerms(layout)) activations[out]! += weights[kernelOffset + kernel]! * read[from]!;
  const pooled = new Float64Array(layout.pooled.width * layout.pooled.height * layout.pooled.channels);
  places.forEach((place, out) => {
    activations[out] = Math.max(0, activations[out]!);
    if (place >= 0) pooled[place]! += activations[out] / 4;
  });
  return { layout, read, activations, pooled };
}

/** Writes a block's derivatives into `row`. @returns the cotangent at what it reads. */
function backThrough(
  { layout, read, activations }: Block,
  weights: Numbers,
  atPooled: Float64Array,
  row: Float64Array,
): Float64Array<ArrayBuffer> {
  const { kernelOffset, biasOffset } = layout;
  const places = pooledPlaces(layout);
  const atOutput = activations.map((value, out) => (value > 0 && places[out]! >= 0 ? atPooled[places[out]!]! / 4 : 0));
  atOutput.forEach((value, out) => (row[biasOffset + (out % layout.pooled.channels)]! += value));
  const below = new Float64Array(read.length);
  for (const { out, from, kernel } of convolutionTerms(layout)) {
    row[kernelOffset + kernel]! += read[from]! * atOutput[out]!;
    below[from]! += weights[kernelOffset + kernel]! * atOutput[out]!;
  }
  return below;
}

/** A dense layer's share of J: what it reads with a 1 behind, and the derivatives δ_k at its output, for each k. */
export interface OuterProducts {
  readonly reads: Float64Array;
  readonly cotangents: Float64Array[];
}

export interface Linearised {
  readonly logits: Float64Array;
  readonly jacobian: Float64Array[];
  /** The dense layers. */
  readonly layers: OuterProducts[];
}

/** f (C) at one sample, and the Jacobian ∂f_k/∂w (C x d) by one backward pass an output. */
export function linearise(spec: ModelSpec, weights: Numbers, x: Numbers): Linearised {
  const blocks: Block[] = [];
  for (const layout of convolutionLayouts(spec)) {
    blocks.push(convolve(layout, weights, blocks.at(-1)?.pooled ?? Float64Array.from(x)));
  }
  const layouts = denseLayouts(spec);
  const activations = [blocks.at(-1)?.pooled ?? Float64Array.from(x)];
  layouts.forEach(({ inputs, outputs, kernelOffset, biasOffset }, l) => {
    const z = new Float64Array(outputs);
    for (let o = 0; o < outputs; o++) {
      z[o] = weights[biasOffset + o]!;
      for (let i = 0; i < inputs; i++) z[o]! += activations[l]![i]! * weights[kernelOffset + i * outputs + o]!;
    }
    activations.push(l < layouts.length - 1 ? z.map((value) => Math.max(0, value)) : z);
  });
  const layers = layouts.map((_, l): OuterProducts => ({ reads: Float64Array.of(...activations[l]!, 1), cotangents: [] }));
  const jacobian = Array.from({ length: classCount(spec) }, (_, k) => {
    const row = new Float64Array(parameterCount(spec));
    let cotangent = Float64Array.from({ length: classCount(spec) }, (_unused, c) => (c === k ? 1 : 0));
    for (let l = layouts.length - 1; l >= 0; l--) {
      const { inputs, outputs, kernelOffset, biasOffset } = layouts[l]!;
      const below = new Float64Array(inputs);
      layers[l]!.cotangents.push(cotangent);
      for (let o = 0; o < outputs; o++) {
        row[biasOffset + o] = cotangent[o]!;
        for (let i = 0; i < inputs; i++) {
          row[kernelOffset + i * outputs + o] = activations[l]![i]! * cotangent[o]!;
          // What the first dense layer reads has been through its own ReLU already.
          if (l === 0 || activations[l]![i]! > 0) below[i]! += weights[kernelOffset + i * outputs + o]! * cotangent[o]!;
        }
      }
      cotangent = below;
    }
    for (const block of blocks.toReversed()) cotangent = backThrough(block, weights, cotangent, row);
    return row;
  });
  return { logits: activations.at(-1)!, jacobian, layers };
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

/**
 * Var K̃[p,q] of the kernel made from J P with a dense P (d x m), the same for all logits. For a normal vector g and
 * a_k = u_k · g, b_k = v_k · g, Cov(a_k b_k, a_l b_l) = (u_k · u_l) (v_k · v_l) + (u_k · v_l) (v_k · u_l) (Isserlis), so that
 * for one logit it is (|u|² |v|² + (u · v)²) / m.
 */
function denseVariance(size: number, { jacobian: u }: Linearised, { jacobian: v }: Linearised): number {
  const pairs = u.flatMap((_, k) => u.map((_unused, l) => dot(u[k]!, u[l]!) * dot(v[k]!, v[l]!) + dot(u[k]!, v[l]!) * dot(v[k]!, u[l]!)));
  return pairs.reduce((sum, covariance) => sum + covariance, 0) / (size * u.length ** 2);
}

/**
 * The same with a P_k of its own for each logit whose columns are outer products of signs, p_l ⊗ q_l in layer l. A column
 * estimates sum_l κ_l, κ_l = (a·a') (δ·δ'), by (sum_l u_l) (sum_l v_l) with u_l = (a·p_l) (δ·q_l) and v_l of the other sample.
 * Its second moment is sum_l E[u_l² v_l²] + sum_{l≠m} (E[u_l²] E[v_m²] + 2 κ_l κ_m), and for random signs s
 * E[(x·s)² (y·s)²] = |x|² |y|² + 2 (x·y)² - 2 sum_i x_i² y_i².
 */
function khatriRaoVariance(size: number, p: Linearised, q: Linearised): number {
  const fourth = (x: Numbers, y: Numbers) => {
    let squares = 0;
    for (let i = 0; i < x.length; i++) squares += x[i]! ** 2 * y[i]! ** 2;
    return dot(x, x) * dot(y, y) + 2 * dot(x, y) ** 2 - 2 * squares;
  };
  const classes = p.jacobian.length;
  let sum = 0;
  for (let k = 0; k < classes; k++) {
    const layers = p.layers.map(({ reads: a, cotangents }, l) => {
      const { reads: other, cotangents: others } = q.layers[l]!;
      const [delta, otherDelta] = [cotangents[k]!, others[k]!];
      return {
        mean: dot(a, other) * dot(delta, otherDelta),
        fourth: fourth(a, other) * fourth(delta, otherDelta),
        square: dot(a, a) * dot(delta, delta),
        otherSquare: dot(other, other) * dot(otherDelta, otherDelta),
      };
    });
    const mixed = layers.flatMap((one, l) =>
      layers.map((other, m) => (l === m ? 0 : one.square * other.otherSquare + 2 * one.mean * other.mean)),
    );
    const second = layers.reduce((total, one) => total + one.fourth, 0) + mixed.reduce((a, b) => a + b, 0);
    sum += second - layers.reduce((total, { mean }) => total + mean, 0) ** 2;
  }
  return sum / (size * classes ** 2);
}

/** J P over √C, n x C m, with P written out from the streams that it is made of. */
export function projectedJacobian({ form, size, seed, isShared = false }: Projection, samples: readonly Linearised[]): Float64Array {
  const along = (x: Numbers, factor: Numbers, r: number) => {
    let sum = 0;
    for (let i = 0; i < x.length; i++) sum += x[i]! * factor[i * size + r]!;
    return sum;
  };
  const [first] = samples;
  const classes = first!.jacobian.length;
  const layers = first!.layers.map(({ reads, cotangents }, l) => {
    const stream = (...name: (string | number)[]) => randomStream(seed, 'projection', form, l, ...name);
    const outputs = cotangents[0]!.length;
    const draw = (rows: number, random: RandomStream) =>
      Array.from({ length: rows * size }, () => (form === 'dense' ? random.normal() : random.uniform() < 0.5 ? -1 : 1));
    if (form === 'dense') {
      const byOutput = Array.from({ length: outputs }, (_, j) => draw(reads.length, stream(j)));
      return (a: Numbers, delta: Numbers, _k: number, r: number) =>
        byOutput.reduce((sum, factor, j) => sum + (delta[j] === 0 ? 0 : delta[j]! * along(a, factor, r)), 0);
    }
    const byLogit = cotangents.map((_, k) => ({
      ofInputs: draw(reads.length, stream(k, 'inputs')),
      ofOutputs: draw(outputs, stream(k, 'outputs')),
    }));
    return (a: Numbers, delta: Numbers, k: number, r: number) => {
      const { ofInputs, ofOutputs } = byLogit[isShared ? 0 : k]!;
      return along(a, ofInputs, r) * along(delta, ofOutputs, r);
    };
  });
  return Float64Array.from(
    samples.flatMap((sample) =>
      sample.jacobian.flatMap((_, k) =>
        Array.from({ length: size }, (_unused, r) => {
          const sum = sample.layers.reduce((total, { reads, cotangents }, l) => total + layers[l]!(reads, cotangents[k]!, k, r), 0);
          return sum / Math.sqrt(size * classes);
        }),
      ),
    ),
  );
}

/** Var K̃[p,q], N x N, of the kernel that an exchange of projected Jacobians estimates. */
export function projectedVariance({ form, size }: Projection, samples: readonly Linearised[]): Float64Array {
  const variance = form === 'dense' ? denseVariance : khatriRaoVariance;
  return Float64Array.from(samples.flatMap((p) => samples.map((q) => variance(size, p, q))));
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

/** T log Σ_k m_k softmax(f_k/T) of one sample, C, of logits whose softmax float64 can hold. */
export function softenedMean(models: readonly { readonly logits: Numbers; readonly weight: number }[], temperature: number): number[] {
  const beliefs = models.map(({ logits }) => softmax(Array.from(logits, (value) => value / temperature)));
  return beliefs[0]!.map((_, c) => temperature * Math.log(models.reduce((sum, { weight }, k) => sum + weight * beliefs[k]![c]!, 0)));
}

/** A kernel's product with a matrix, N x C. */
export type Multiply = (matrix: Numbers) => Float64Array;

/** K R. */
const averaged =
  (kernel: Numbers, classes: number): Multiply =>
  (matrix) => {
    const samples = Math.sqrt(kernel.length);
    return Float64Array.from({ length: samples * classes }, (_, at) => {
      const [p, c] = [Math.floor(at / classes), at % classes];
      let sum = 0;
      for (let q = 0; q < samples; q++) sum += kernel[p * samples + q]! * matrix[q * classes + c]!;
      return sum;
    });
  };

/** Jᵀ R, d numbers. */
export function backProjection(samples: readonly Linearised[], residual: Numbers): Float64Array<ArrayBuffer> {
  const rows = samples.flatMap(({ jacobian }) => jacobian);
  const sum = new Float64Array(rows[0]!.length);
  rows.forEach((row, at) => row.forEach((derivative, i) => (sum[i]! += residual[at]! * derivative)));
  return sum;
}

/** J (Jᵀ R), the product with the whole kernel. */
export const whole =
  (samples: readonly Linearised[]): Multiply =>
  (matrix) => {
    const step = backProjection(samples, matrix);
    return Float64Array.from(samples.flatMap(({ jacobian }) => jacobian.map((row) => dot(row, step))));
  };

/** What a pool asks of its logits (ntk/objective.ts). */
export interface Asked {
  readonly labels: Numbers;
  readonly shift: readonly number[];
  /** h, N x C. */
  readonly teacher: Numbers;
  readonly temperature: number;
  /** λ T. */
  readonly softWeight: number;
}

function softmaxesAt({ labels, shift, teacher, temperature }: Asked, logits: Numbers) {
  return Array.from(labels, (label, p) => {
    const rowOf = (matrix: Numbers) => shift.map((_, c) => matrix[p * shift.length + c]!);
    const f = rowOf(logits);
    return {
      label,
      labelled: softmax(f.map((value, c) => value + shift[c]!)),
      soft: softmax(f.map((value) => value / temperature)),
      taught: softmax(rowOf(teacher).map((value) => value / temperature)),
    };
  });
}

/** The loss summed over the pool. */
export function lossOf(asked: Asked, logits: Numbers): number {
  const { temperature, softWeight } = asked;
  return softmaxesAt(asked, logits).reduce((sum, { label, labelled, soft, taught }) => {
    const divergence = taught.reduce((total, share, c) => total + share * Math.log(share / soft[c]!), 0);
    return sum - Math.log(labelled[label]!) + softWeight * temperature * divergence;
  }, 0);
}

/** Its derivative g, N x C. */
export function lossGradient(asked: Asked, logits: Numbers): Float64Array<ArrayBuffer> {
  return Float64Array.from(
    softmaxesAt(asked, logits).flatMap(({ label, labelled, soft, taught }) =>
      labelled.map((share, c) => share - (label === c ? 1 : 0) + asked.softWeight * (soft[c]! - taught[c]!)),
    ),
  );
}

/**
 * S steps on the accumulated residual alone: f(R) = f⁰ - (η/N) K R is computed anew from R in every step. With β = 0 this is
 * the same as f -= (η/N) K g.
 * @param kernel K, N x N, or the product with another kernel.
 */
export function evolve(
  kernel: Numbers | Multiply,
  start: Numbers,
  labels: Numbers,
  shift: readonly number[],
  attrs: NtkEvolveAttrs,
  teacher: Numbers = start,
): { residual: Float64Array; logits: Float64Array } {
  const { rate, steps, accelerated, ...soft } = attrs;
  const multiply = typeof kernel === 'function' ? kernel : averaged(kernel, shift.length);
  const logitsAt = (residual: Numbers) => multiply(residual).map((value, at) => start[at]! - rate * value);
  let residual = new Float64Array(start.length);
  let before = residual;
  for (let s = 0; s < steps; s++) {
    const beta = accelerated ? s / (s + 3) : 0;
    const ahead = residual.map((value, i) => value + beta * (value - before[i]!));
    const gradient = lossGradient({ labels, shift, teacher, ...soft }, logitsAt(ahead));
    before = residual;
    residual = ahead.map((value, i) => value + gradient[i]!);
  }
  return { residual, logits: logitsAt(residual) };
}

/**
 * -H g by the two loops of L-BFGS (Nocedal & Wright 2006, algorithm 7.4) over these pairs, from the oldest to the latest, with the
 * inner product of vectors' first `length` numbers.
 */
export function lbfgsDirection(
  pairs: readonly { readonly step: Float64Array; readonly change: Float64Array }[],
  gradient: Float64Array,
  length: number,
): Float64Array {
  const inner = (a: Float64Array, b: Float64Array) => dot(a.subarray(0, length), b);
  const direction = gradient.map((value) => -value);
  const add = (factor: number, vector: Float64Array) => vector.forEach((value, i) => (direction[i]! += factor * value));
  const weights = pairs.map(() => 0);
  for (let i = pairs.length - 1; i >= 0; i--) {
    const { step, change } = pairs[i]!;
    weights[i] = inner(step, direction) / inner(change, step);
    add(-weights[i]!, change);
  }
  const latest = pairs.at(-1);
  const scale = latest ? inner(latest.change, latest.step) / inner(latest.change, latest.change) : 1;
  for (let i = 0; i < direction.length; i++) direction[i]! *= scale;
  pairs.forEach(({ step, change }, i) => add(weights[i]! - inner(change, direction) / inner(change, step), step));
  return direction;
}

/** Solves the linear system of these rows, each with its right side behind it, by elimination. Changes them. */
function solve(rows: Float64Array[]): Float64Array {
  const size = rows.length;
  for (let i = 0; i < size; i++) {
    let pivot = i;
    for (let r = i + 1; r < size; r++) if (Math.abs(rows[r]![i]!) > Math.abs(rows[pivot]![i]!)) pivot = r;
    [rows[i], rows[pivot]] = [rows[pivot]!, rows[i]!];
    for (let r = 0; r < size; r++) {
      const factor = rows[r]![i]! / rows[i]![i]!;
      if (r !== i) for (let c = i; c <= size; c++) rows[r]![c]! -= factor * rows[i]![c]!;
    }
  }
  return Float64Array.from(rows, (row, i) => row[size]! / row[i]!);
}

/**
 * The minimum of (1/N) loss(f⁰ + J δ) + (ρ/2) |δ|² with δ = -Jᵀ R, as the root of ρ N R = g(f⁰ - Θ R), by Newton's method whose
 * steps are halved until the equation is better fulfilled.
 */
export function ridge(
  samples: readonly Linearised[],
  start: Numbers,
  asked: Asked,
  strength: number,
): { residual: Float64Array; logits: Float64Array } {
  const [multiply, size, classes] = [whole(samples), start.length, asked.shift.length];
  const unit = (at: number) => Float64Array.from({ length: size }, (_, i) => (i === at ? 1 : 0));
  const columns = Array.from({ length: size }, (_, at) => multiply(unit(at)));
  const logitsAt = (residual: Numbers) => multiply(residual).map((value, at) => start[at]! - value);
  const misfit = (residual: Float64Array) => {
    const gradient = lossGradient(asked, logitsAt(residual));
    return residual.map((value, at) => strength * samples.length * value - gradient[at]!);
  };
  const norm = (vector: Float64Array) => Math.hypot(...vector);
  let residual = new Float64Array(size);
  for (let step = 0; step < 100; step++) {
    const error = misfit(residual);
    if (norm(error) < 1e-12) break;
    const softmaxes = softmaxesAt(asked, logitsAt(residual));
    /** ∂g_c / ∂f_k of one sample. */
    const curvature = (p: number, c: number, k: number) => {
      const { labelled, soft } = softmaxes[p]!;
      const of = (shares: readonly number[]) => shares[c]! * ((c === k ? 1 : 0) - shares[k]!);
      return of(labelled) + (asked.softWeight / asked.temperature) * of(soft);
    };
    const rows = Array.from({ length: size }, (_, at) => {
      const [p, c] = [Math.floor(at / classes), at % classes];
      const row = new Float64Array(size + 1);
      for (let column = 0; column < size; column++) {
        row[column] = at === column ? strength * samples.length : 0;
        for (let k = 0; k < classes; k++) row[column]! += curvature(p, c, k) * columns[column]![p * classes + k]!;
      }
      row[size] = -error[at]!;
      return row;
    });
    const direction = solve(rows);
    let part = 1;
    const ahead = () => residual.map((value, i) => value + part * direction[i]!);
    while (part > 1e-6 && norm(misfit(ahead())) > norm(error)) part /= 2;
    residual = ahead();
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
