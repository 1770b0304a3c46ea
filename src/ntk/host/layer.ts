/** Rows and columns mirrored at a time, so that what is written down the columns stays in the cache. */
const TILE = 32;

/** N x N each, of which only the upper halves count. */
interface Halves {
  readonly own: Float32Array;
  readonly factor: Float32Array | undefined;
  readonly base: Float32Array | undefined;
  readonly above: Float32Array | undefined;
}

/** (own + 1) ∘ factor + base + (above + 1), N x N, without the parts that are absent. */
export function layer({ own, factor, base, above }: Halves): Float32Array {
  const kernel = new Float32Array(own.length);
  const samples = Math.sqrt(own.length);
  for (let top = 0; top < samples; top += TILE) {
    for (let left = top; left < samples; left += TILE) {
      for (let p = top; p < Math.min(top + TILE, samples); p++) {
        for (let q = Math.max(left, p); q < Math.min(left + TILE, samples); q++) {
          const at = p * samples + q;
          const value = (own[at]! + 1) * (factor ? factor[at]! : 1) + (base ? base[at]! : 0) + (above ? above[at]! + 1 : 0);
          kernel[at] = value;
          kernel[q * samples + p] = value;
        }
      }
    }
  }
  return kernel;
}
