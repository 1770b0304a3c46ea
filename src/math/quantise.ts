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
export function quantise(values: Float32Array, rounding: Rounding): Quantised {
  return inBlocks(values.length, rounding, (block, start) => {
    for (let i = 0; i < block.length; i++) block[i] = values[start + i]!;
  });
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
  const reached = new Float32Array(values.length);
  const change = inBlocks(
    values.length,
    rounding,
    (block, start) => {
      for (let i = 0; i < block.length; i++) block[i] = base ? values[start + i]! - base[start + i]! : values[start + i]!;
    },
    (_, rounded, start) => {
      for (let i = 0; i < rounded.length; i++) reached[start + i] = base ? base[start + i]! + rounded[i]! : rounded[i]!;
    },
  );
  return { change, reached };
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
  const left = new Float32Array(values.length);
  const quantised = inBlocks(
    values.length,
    rounding,
    (block, start) => {
      for (let i = 0; i < block.length; i++) block[i] = error ? values[start + i]! + error[start + i]! : values[start + i]!;
    },
    (block, rounded, start) => {
      for (let i = 0; i < block.length; i++) left[start + i] = block[i]! - rounded[i]!;
    },
  );
  return { rounded: quantised, error: left };
}

/**
 * Block by block, so that nothing as long as the whole is made on the way.
 * @param fill writes the numbers from `start` on into their block.
 * @param take gets each block and what its codes stand for.
 */
function inBlocks(
  length: number,
  { random, keepsPositive = false }: Rounding,
  fill: (block: Float32Array, start: number) => void,
  take?: (block: Float32Array, rounded: Float32Array, start: number) => void,
): Quantised {
  const codes = new Int8Array(length);
  const scales = new Float32Array(Math.ceil(length / BLOCK));
  let block = new Float32Array(BLOCK);
  let rounded = new Float32Array(BLOCK);
  for (let k = 0; k < scales.length; k++) {
    const start = k * BLOCK;
    if (start + BLOCK > length) [block, rounded] = [block.subarray(0, length - start), rounded.subarray(0, length - start)];
    fill(block, start);
    let top = 0;
    for (let i = 0; i < block.length; i++) top = Math.max(top, Math.abs(block[i]!));
    const scale = Math.fround(top / LEVELS);
    scales[k] = scale;
    if (scale !== 0) {
      for (let i = 0; i < block.length; i++) {
        const value = block[i]!;
        const code = Math.floor(value / scale + random.uniform());
        const least = keepsPositive && value > 0 ? 1 : -LEVELS;
        codes[start + i] = Math.max(least, Math.min(LEVELS, code));
      }
    }
    if (!take) continue;
    for (let i = 0; i < rounded.length; i++) rounded[i] = codes[start + i]! * scale;
    take(block, rounded, start);
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
