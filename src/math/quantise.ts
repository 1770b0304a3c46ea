/** 8-bit form of float arrays: signed codes in blocks of 64 that share a scale. 1.06 bytes a value. */

import type { RandomStream } from './random.ts';
import { add, addTo, subtract } from './vectors.ts';

/** Numbers that share a scale. */
export const BLOCK = 64;
const LEVELS = 127;

/** An array in 8 bits a number. */
export interface Quantised {
  /** One a value, -127 .. 127. */
  readonly codes: Int8Array;
  /** One a block: a value is code · scale. */
  readonly scales: Float32Array;
}

/** How numbers are rounded to 8 bits. */
export interface Rounding {
  /** Rounds up with the probability of the fraction: unbiased. */
  readonly random: RandomStream;
  /** Keeps positive values positive, at the price of a bias below one level: a ReLU's mask is its activations' sign. */
  readonly keepsPositive?: boolean;
}

/** Rounds at random to either neighbour, so that the mean is kept. */
export function quantise(values: Float32Array, { random, keepsPositive = false }: Rounding): Quantised {
  const codes = new Int8Array(values.length);
  const scales = new Float32Array(Math.ceil(values.length / BLOCK));
  for (let block = 0; block < scales.length; block++) {
    const start = block * BLOCK;
    const end = Math.min(values.length, start + BLOCK);
    let top = 0;
    for (let i = start; i < end; i++) top = Math.max(top, Math.abs(values[i]!));
    const scale = Math.fround(top / LEVELS);
    scales[block] = scale;
    if (scale === 0) continue;
    for (let i = start; i < end; i++) {
      const value = values[i]!;
      const code = Math.floor(value / scale + random.uniform());
      const least = keepsPositive && value > 0 ? 1 : -LEVELS;
      codes[i] = Math.max(least, Math.min(LEVELS, code));
    }
  }
  return { codes, scales };
}

/**
 * Rounds what has changed from the base, if there is one.
 * @returns with it what whoever has the base then has.
 */
export function quantiseChange(
  values: Float32Array,
  base: Float32Array | null,
  rounding: Rounding,
): { readonly change: Quantised; readonly reached: Float32Array } {
  const changed = base ? subtract(values, base) : values.slice();
  const change = quantise(changed, rounding);
  const reached = accumulate(changed.fill(0), change, 1);
  return { change, reached: base ? addTo(reached, base) : reached };
}

/**
 * Rounds values to which the error of an earlier rounding is added, if there was one.
 * @returns with them the error of this one.
 */
export function quantiseWithFeedback(
  values: Float32Array,
  error: Float32Array | null,
  rounding: Rounding,
): { readonly rounded: Quantised; readonly error: Float32Array } {
  const wanted = error ? add(values, error) : values.slice();
  const rounded = quantise(wanted, rounding);
  return { rounded, error: accumulate(wanted, rounded, -1) };
}

/** The numbers that the codes stand for. */
export function dequantise(quantised: Quantised): Float32Array {
  return accumulate(new Float32Array(quantised.codes.length), quantised, 1);
}

/** into + factor · the numbers that the codes stand for, in place. */
function accumulate(into: Float32Array, { codes, scales }: Quantised, factor: 1 | -1): Float32Array {
  for (let block = 0; block < scales.length; block++) {
    const scale = scales[block]!;
    const end = Math.min(codes.length, (block + 1) * BLOCK);
    for (let i = block * BLOCK; i < end; i++) into[i]! += factor * Math.fround(codes[i]! * scale);
  }
  return into;
}
