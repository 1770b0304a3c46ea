/**
 * Moves labels apart so that neighbours keep at least `gap`, each as little as possible in sum of squares (isotonic
 * regression by pooling), inside low .. high as far as they fit.
 * @param wanted where each label would like to be, in any order.
 * @returns where each label goes, in the order given.
 */
export function spread(wanted: readonly number[], gap: number, low: number, high: number): number[] {
  const order = wanted.map((_, k) => k).toSorted((a, b) => wanted[a]! - wanted[b]! || a - b);
  const pools: { sum: number; count: number }[] = [];
  order.forEach((k, rank) => {
    let pool = { sum: wanted[k]! - rank * gap, count: 1 };
    let before = pools.at(-1);
    while (before && before.sum / before.count >= pool.sum / pool.count) {
      pool = { sum: before.sum + pool.sum, count: before.count + pool.count };
      pools.pop();
      before = pools.at(-1);
    }
    pools.push(pool);
  });
  const top = Math.max(low, high - (wanted.length - 1) * gap);
  const bases = pools.flatMap(({ sum, count }) => Array.from({ length: count }, () => Math.max(low, Math.min(top, sum / count))));
  const placed: number[] = [];
  order.forEach((k, rank) => {
    placed[k] = bases[rank]! + rank * gap;
  });
  return placed;
}
