/** Random numbers from named, seeded streams. */

import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus';

/** A named, seeded stream of random numbers. The same seed and name give the same numbers on every platform. */
export interface RandomStream {
  /** Uniform in [0, 1), 32 bits of resolution. */
  uniform(): number;
  /** Uniform integer in 0 .. n-1. */
  integer(n: number): number;
  /** Standard normal (Box-Muller). */
  normal(): number;
  /** Gamma(shape, 1), any shape > 0 (Marsaglia and Tsang 2000). */
  gamma(shape: number): number;
  /** A point of the probability simplex with `size` corners, Dirichlet(alpha, .., alpha). */
  dirichlet(alpha: number, size: number): number[];
  /** A new array with the items in random order (Fisher-Yates). */
  shuffle<T>(items: readonly T[]): T[];
}

/** 32-bit FNV-1a, so that every name gets a seed of its own. */
function hash(text: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  return h;
}

/** MurmurHash3's finaliser. Names that differ in their last digit only have FNV hashes, and so first draws, close together. */
function scramble(h: number): number {
  const a = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  const b = Math.imul(a ^ (a >>> 13), 0xc2b2ae35);
  return b ^ (b >>> 16);
}

/** The four state words of the stream called `name`: SplitMix's Weyl sequence from the hash, scrambled. */
function stateOf(name: string): number[] {
  const start = hash(name);
  return [1, 2, 3, 4].map((i) => scramble((start + Math.imul(i, 0x9e3779b9)) | 0));
}

/**
 * Opens the stream called `name` under `seed`, e.g. `randomStream(1, 'partition', client)`.
 * Streams of different names are independent; opening one twice starts it over.
 */
export function randomStream(seed: number, ...name: readonly (string | number)[]): RandomStream {
  const generator = xoroshiro128plusFromState(stateOf(`${seed}/${name.join('/')}`));
  let spareNormal: number | undefined;

  const uniform = () => (generator.next() >>> 0) / 0x100000000;

  const normal = () => {
    if (spareNormal !== undefined) {
      const spare = spareNormal;
      spareNormal = undefined;
      return spare;
    }
    const radius = Math.sqrt(-2 * Math.log(1 - uniform()));
    const angle = 2 * Math.PI * uniform();
    spareNormal = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  };

  /** log of a Gamma variate: small shapes underflow otherwise and leave an all-zero Dirichlet draw. */
  const logGamma = (shape: number): number => {
    if (shape < 1) return logGamma(shape + 1) + Math.log(1 - uniform()) / shape;
    const d = shape - 1 / 3;
    const c = 1 / Math.sqrt(9 * d);
    for (;;) {
      const x = normal();
      const v = (1 + c * x) ** 3;
      if (v > 0 && Math.log(1 - uniform()) < 0.5 * x * x + d - d * v + d * Math.log(v)) return Math.log(d * v);
    }
  };

  return {
    uniform,
    normal,
    integer: (n) => uniformInt(generator, 0, n - 1),
    gamma: (shape) => Math.exp(logGamma(shape)),
    dirichlet(alpha, size) {
      const logs = Array.from({ length: size }, () => logGamma(alpha));
      const top = Math.max(...logs);
      const weights = logs.map((log) => Math.exp(log - top));
      const sum = weights.reduce((a, b) => a + b, 0);
      return weights.map((weight) => weight / sum);
    },
    shuffle(items) {
      const result = [...items];
      for (let i = result.length - 1; i > 0; i--) {
        const j = uniformInt(generator, 0, i);
        const swapped = result[i]!;
        result[i] = result[j]!;
        result[j] = swapped;
      }
      return result;
    },
  };
}
