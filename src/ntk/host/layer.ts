/** base + (gram + 1) ∘ factor, N x N, from the upper halves. An absent factor is all ones, an absent base zero. */
export function layer(
  samples: number, gram: Float32Array, factor: Float32Array | undefined, base: Float32Array | undefined,
): Float32Array {
  const kernel = new Float32Array(samples * samples);
  for (let p = 0; p < samples; p++) {
    for (let q = p; q < samples; q++) {
      const at = p * samples + q;
      const value = (gram[at]! + 1) * (factor ? factor[at]! : 1) + (base ? base[at]! : 0);
      kernel[at] = value;
      kernel[q * samples + p] = value;
    }
  }
  return kernel;
}
