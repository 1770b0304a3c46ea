/** The flow with the averaged kernel in host memory. */

import { momentumAt, type NtkEvolveAttrs } from '../ops/ntkEvolve.ts';
import { transpose } from './transpose.ts';

export interface HostEvolution extends NtkEvolveAttrs {
  /** f⁰, N x C. */
  readonly logits: Float32Array;
  /** h, N x C: the soft labels' logits. */
  readonly teacher: Float32Array;
  /** N. */
  readonly labels: Int32Array;
  /** C. */
  readonly shift: Float32Array;
  /** (C x N) g ↦ (C x N) g K. */
  readonly multiply: (g: Float32Array) => Float32Array;
}

/** The evolution of `ntkEvolve` in host memory: its first two planes, C x N each. */
export function evolve(evolution: HostEvolution): Float32Array {
  const { labels, shift, rate, steps, accelerated, temperature, softWeight, multiply } = evolution;
  const samples = labels.length;
  const classes = shift.length;
  const size = samples * classes;

  const none = new Float32Array(classes);
  const powers = new Float64Array(classes);
  /** into[c, p] += weight · softmax((z[., p] + offset) / divisor)_c */
  const addSoftmax = (into: Float32Array, z: Float32Array, p: number, divisor: number, offset: Float32Array, weight: number) => {
    let top = -Infinity;
    for (let c = 0, at = p; c < classes; c++, at += samples) {
      const power = (z[at]! + offset[c]!) / divisor;
      powers[c] = power;
      if (power > top) top = power;
    }
    let sum = 0;
    for (let c = 0; c < classes; c++) {
      const power = Math.exp(powers[c]! - top);
      powers[c] = power;
      sum += power;
    }
    const share = weight / sum;
    for (let c = 0, at = p; c < classes; c++, at += samples) into[at]! += share * powers[c]!;
  };

  // Two states, R and f each: step s + 1 overwrites what step s - 1 left.
  let residual: Float32Array = new Float32Array(size);
  let lastResidual: Float32Array = new Float32Array(size);
  let logits: Float32Array = transpose(evolution.logits, samples, classes);
  let lastLogits: Float32Array = logits.slice();

  // What the gradient subtracts never changes: the labels and the teacher's soft labels.
  const target = new Float32Array(size);
  const teacher = transpose(evolution.teacher, samples, classes);
  for (let p = 0; p < samples; p++) {
    target[labels[p]! * samples + p] = 1;
    if (softWeight !== 0) addSoftmax(target, teacher, p, temperature, none, softWeight);
  }

  for (let step = 0; step < steps; step++) {
    const beta = momentumAt(step, accelerated);
    for (let i = 0; i < size; i++) {
      lastResidual[i] = residual[i]! + beta * (residual[i]! - lastResidual[i]!);
      lastLogits[i] = logits[i]! + beta * (logits[i]! - lastLogits[i]!);
    }
    [residual, lastResidual] = [lastResidual, residual];
    [logits, lastLogits] = [lastLogits, logits];
    // The product keeps g until it is done with it, so that every step has its own.
    const g = new Float32Array(size);
    for (let p = 0; p < samples; p++) {
      addSoftmax(g, logits, p, 1, shift, 1);
      if (softWeight !== 0) addSoftmax(g, logits, p, temperature, none, softWeight);
    }
    for (let i = 0; i < size; i++) g[i]! -= target[i]!;
    const product = multiply(g);
    for (let i = 0; i < size; i++) {
      residual[i]! += g[i]!;
      logits[i]! -= rate * product[i]!;
    }
  }

  const planes = new Float32Array(2 * size);
  planes.set(residual);
  planes.set(logits, size);
  return planes;
}
