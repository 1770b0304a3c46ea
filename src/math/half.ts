/** IEEE 754 binary16 ("half"), the default form of arrays on the wire. */

const float = new Float32Array(1);
const bits = new Uint32Array(float.buffer);

const MAX_HALF = 65504;

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

/** Rounds float32 to half, to nearest even. Finite values beyond ±65504 saturate; infinities and NaN stay. */
export function encodeHalf(values: Float32Array): Uint16Array {
  const halves = new Uint16Array(values.length);
  for (let i = 0; i < values.length; i++) halves[i] = halfBits(values[i]!);
  return halves;
}

/** Widens half to float32, exactly. */
export function decodeHalf(halves: Uint16Array): Float32Array {
  const values = new Float32Array(halves.length);
  for (let i = 0; i < halves.length; i++) values[i] = decoded[halves[i]!]!;
  return values;
}

/** Numbers kept as floats or as halves, as floats. */
export function floatsOf(numbers: Float32Array | Uint16Array): Float32Array {
  return numbers instanceof Float32Array ? numbers : decodeHalf(numbers);
}

export { MAX_HALF };
