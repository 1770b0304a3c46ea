/** Mini-batches of gradient steps. */

import type { RandomStream } from '../math/random.ts';

/**
 * Rows 0 .. `samples - 1` in `steps` batches of at most `size`, in random order: each order is used up before the next is
 * drawn, so that a batch at its end may be smaller.
 */
export function miniBatches(samples: number, size: number, steps: number, random: RandomStream): Int32Array[] {
  const rows = Array.from({ length: samples }, (_, row) => row);
  const batches: Int32Array[] = [];
  while (batches.length < steps) {
    const order = Int32Array.from(random.shuffle(rows));
    for (let start = 0; start < samples; start += size) batches.push(order.slice(start, start + size));
  }
  return batches.slice(0, steps);
}
