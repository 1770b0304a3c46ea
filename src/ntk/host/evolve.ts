import { momentumAt, type NtkEvolveAttrs } from '../ops/ntkEvolve.ts';

export interface HostEvolution extends NtkEvolveAttrs {
  /** f⁰, N x C. */
  readonly logits: Float32Array;
  /** N. */
  readonly labels: Int32Array;
  /** C. */
  readonly shift: Float32Array;
  /** (C x N) g ↦ (C x N) g K. */
  readonly multiply: (g: Float32Array) => Float32Array;
}

function transpose(matrix: Float32Array, rows: number, columns: number): Float32Array {
  const transposed = new Float32Array(matrix.length);
  for (let r = 0; r < rows; r++) for (let c = 0; c < columns; c++) transposed[c * rows + r] = matrix[r * columns + c]!;
  return transposed;
}

/** The evolution of `ntkEvolve` in host memory. Inside, all matrices are C x N: a class is one row, as K's products want it. */
export function evolve(evolution: HostEvolution): Float32Array {
  const { labels, shift, rate, steps, accelerated, temperature, softWeight, multiply } = evolution;
  const samples = labels.length;
  const classes = shift.length;
  const size = samples * classes;
  const start = transpose(evolution.logits, samples, classes);

  const none = new Float32Array(classes);
  const powers = new Float64Array(classes);
  /** into[c, p] += weight · softmax((z[., p] + offset) · scale)_c */
  const addSoftmax = (into: Float32Array, z: Float32Array, p: number, scale: number, offset: Float32Array, weight: number) => {
    let top = -Infinity;
    for (let c = 0; c < classes; c++) {
      powers[c] = (z[c * samples + p]! + offset[c]!) * scale;
      top = Math.max(top, powers[c]!);
    }
    let sum = 0;
    for (let c = 0; c < classes; c++) {
      powers[c] = Math.exp(powers[c]! - top);
      sum += powers[c]!;
    }
    for (let c = 0; c < classes; c++) into[c * samples + p]! += (weight * powers[c]!) / sum;
  };

  // What the gradient subtracts never changes: the labels and the soft labels of f⁰.
  const target = new Float32Array(size);
  for (let p = 0; p < samples; p++) {
    target[labels[p]! * samples + p] = 1;
    if (softWeight !== 0) addSoftmax(target, start, p, 1 / temperature, none, softWeight);
  }
  const gradient = (z: Float32Array) => {
    const g = new Float32Array(size);
    for (let p = 0; p < samples; p++) {
      addSoftmax(g, z, p, 1, shift, 1);
      if (softWeight !== 0) addSoftmax(g, z, p, 1 / temperature, none, softWeight);
    }
    for (let i = 0; i < size; i++) g[i]! -= target[i]!;
    return g;
  };

  const ahead = (now: Float32Array, before: Float32Array, beta: number) =>
    now.map((value, i) => value + beta * (value - before[i]!));

  let now = { residual: new Float32Array(size), logits: start };
  let before = now;
  for (let step = 0; step < steps; step++) {
    const beta = momentumAt(step, accelerated);
    const residual = ahead(now.residual, before.residual, beta);
    const logits = ahead(now.logits, before.logits, beta);
    const g = gradient(logits);
    const product = multiply(g);
    before = now;
    now = { residual: residual.map((value, i) => value + g[i]!), logits: logits.map((value, i) => value - rate * product[i]!) };
  }

  const planes = new Float32Array(2 * size);
  planes.set(transpose(now.residual, classes, samples));
  planes.set(transpose(now.logits, classes, samples), size);
  return planes;
}
