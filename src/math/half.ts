/** IEEE 754 binary16 ("half"), the default form of arrays on the wire. */

const float = new Float32Array(1);
const bits = new Uint32Array(float.buffer);

/** The largest finite float16. */
export const MAX_HALF = 65504;
/** Halves times 2^112 reach the largest float32. */
export const MAX_EXPONENT = 112;

function halfBits(value: number): number {
  float[0] = value;
  const x = bits[0]!;
  const sign = (x >>> 16) & 0x8000;
  const magnitude = x & 0x7fffffff;
  if (magnitude >= 0x7f800000) return magnitude > 0x7f800000 ? 0x7e00 : sign | 0x7c00;
  if (magnitude >= 0x477ff000) return sign | 0x7bff;
  if (magnitude < 0x38800000) {
    // Subnormal: adding 1/2, whose unit in the last place is 2^-24, leaves the multiple of 2^-24, rounded, in the low bits.
    float[0] = Math.abs(value) + 0.5;
    return sign | (bits[0]! - 0x3f000000);
  }
  // Round to nearest, ties to even, then rebias the exponent from 127 to 15.
  return sign | ((magnitude + 0xfff + ((magnitude >>> 13) & 1) - 0x38000000) >>> 13);
}

/** Every half as a float32: decoding is one look-up. */
const decoded = new Float32Array(0x10000);
for (let half = 0; half < 0x10000; half++) {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >>> 10) & 0x1f;
  const fraction = half & 0x3ff;
  if (exponent === 0) decoded[half] = sign * fraction * 2 ** -24;
  else if (exponent === 31) decoded[half] = fraction ? NaN : sign * Infinity;
  else decoded[half] = sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** The smallest e ≥ 0 with which halves times 2^e reach every finite value, from 0 (up to ±65504) to MAX_EXPONENT. */
export function halfExponent(values: Float32Array): number {
  let top = 0;
  for (let i = 0; i < values.length; i++) {
    const magnitude = Math.abs(values[i]!);
    if (magnitude > top && magnitude < Infinity) top = magnitude;
  }
  let exponent = 0;
  for (; top > MAX_HALF && exponent < MAX_EXPONENT; top /= 2) exponent++;
  return exponent;
}

/**
 * Rounds float32 to halves times 2^exponent, to nearest even. Finite values beyond the largest saturate, which
 * `halfExponent` avoids; infinities and NaN stay.
 */
export function encodeHalf(values: Float32Array, exponent = 0): Uint16Array {
  const halves = new Uint16Array(values.length);
  const scale = 2 ** -exponent;
  for (let i = 0; i < values.length; i++) halves[i] = halfBits(values[i]! * scale);
  return halves;
}

/** Halves times 2^exponent as float32, exactly. */
export function decodeHalf(halves: Uint16Array, exponent = 0): Float32Array {
  const values = new Float32Array(halves.length);
  const scale = 2 ** exponent;
  for (let i = 0; i < halves.length; i++) values[i] = scale * decoded[halves[i]!]!;
  return values;
}

/** What arrives of values that travel as halves. */
export function throughHalf(values: Float32Array): Float32Array {
  const exponent = halfExponent(values);
  return decodeHalf(encodeHalf(values, exponent), exponent);
}

/** Numbers kept as floats or as halves, as floats. */
export function floatsOf(numbers: Float32Array | Uint16Array): Float32Array {
  return numbers instanceof Float32Array ? numbers : decodeHalf(numbers);
}
