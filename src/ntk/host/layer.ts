/** Rows and columns mirrored at a time, so that what is written down the columns stays in the cache. */
const TILE = 32;

/** (gram + 1) ∘ factor + base + addend, N x N, from the upper halves. An absent factor is all ones, an absent base zero. */
export function layer(
  samples: number, gram: Float32Array, factor: Float32Array | undefined, base: Float32Array | undefined, addend: number,
): Float32Array {
  const kernel = new Float32Array(samples * samples);
  for (let top = 0; top < samples; top += TILE) {
    for (let left = top; left < samples; left += TILE) {
      for (let p = top; p < Math.min(top + TILE, samples); p++) {
        for (let q = Math.max(left, p); q < Math.min(left + TILE, samples); q++) {
          const at = p * samples + q;
          const value = (gram[at]! + 1) * (factor ? factor[at]! : 1) + (base ? base[at]! : 0) + addend;
          kernel[at] = value;
          kernel[q * samples + p] = value;
        }
      }
    }
  }
  return kernel;
}
