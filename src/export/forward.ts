/** The forward pass in plain JavaScript: where there is no tfjs, as in a saved page, or where a few rows are asked. */

/** What the pass needs of a model. */
export interface PlainModel {
  /** Of the image; 1 x 1 of a table's row. */
  readonly width: number;
  readonly height: number;
  /** Of each channel, or of each value of a row. */
  readonly mean: readonly number[];
  readonly std: readonly number[];
  readonly layers: readonly { readonly shape: readonly number[]; readonly kernel: Float32Array; readonly bias: Float32Array }[];
}

/**
 * The logits of one input as it stands, bytes or numbers, NaN where one is missing. Computes in float64. Uses nothing outside itself,
 * so that it can be written into a page.
 */
export function logitsOf({ width, height, mean, std, layers }: PlainModel, input: ArrayLike<number>): Float64Array {
  let values = new Float64Array(input.length);
  for (let i = 0; i < input.length; i++) {
    const k = i % mean.length;
    values[i] = Number.isNaN(input[i]!) ? 0 : (input[i]! - mean[k]!) / std[k]!;
  }
  layers.forEach(({ shape, kernel, bias }, l) => {
    const outputs = bias.length;
    if (shape.length === 2) {
      const sums = Float64Array.from(bias);
      values.forEach((value, i) => {
        if (value !== 0) for (let o = 0; o < outputs; o++) sums[o]! += value * kernel[i * outputs + o]!;
      });
      values = l < layers.length - 1 ? sums.map((sum) => Math.max(0, sum)) : sums;
      return;
    }
    // A block: 3 x 3 convolution without padding, ReLU, the mean of 2 x 2, an odd last row or column dropped.
    const [size = 0, , channels = 0] = shape;
    const [across, down] = [Math.floor((width - size + 1) / 2), Math.floor((height - size + 1) / 2)];
    const pooled = new Float64Array(down * across * outputs);
    const sums = new Float64Array(outputs);
    for (let y = 0; y < 2 * down; y++) {
      for (let x = 0; x < 2 * across; x++) {
        sums.set(bias);
        for (let dy = 0; dy < size; dy++) {
          const from = ((y + dy) * width + x) * channels;
          for (let i = 0; i < size * channels; i++) {
            const value = values[from + i]!;
            const at = (dy * size * channels + i) * outputs;
            for (let o = 0; o < outputs; o++) sums[o]! += value * kernel[at + o]!;
          }
        }
        const to = ((y >> 1) * across + (x >> 1)) * outputs;
        for (let o = 0; o < outputs; o++) pooled[to + o]! += Math.max(0, sums[o]!) / 4;
      }
    }
    [values, width, height] = [pooled, across, down];
  });
  return values;
}
