/** 8-bit form of float arrays: signed codes in blocks of 64 that share a scale. 1.06 bytes a value. */

import type { RandomStream } from './random.ts';

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
    const end = Math.min(values.length, (block + 1) * BLOCK);
    let top = 0;
    for (let i = block * BLOCK; i < end; i++) top = Math.max(top, Math.abs(values[i]!));
    const scale = Math.fround(top / LEVELS);
    scales[block] = scale;
    if (scale === 0) continue;
    for (let i = block * BLOCK; i < end; i++) {
      const value = values[i]!;
      const code = Math.floor(value / scale + random.uniform());
      const least = keepsPositive && value > 0 ? 1 : -LEVELS;
      codes[i] = Math.max(least, Math.min(LEVELS, code));
    }
  }
  return { codes, scales };
}

/** The numbers that the codes stand for. */
export function dequantise({ codes, scales }: Quantised): Float32Array {
  const values = new Float32Array(codes.length);
  for (let block = 0; block < scales.length; block++) {
    const scale = scales[block]!;
    const end = Math.min(codes.length, (block + 1) * BLOCK);
    for (let i = block * BLOCK; i < end; i++) values[i] = codes[i]! * scale;
  }
  return values;
}
