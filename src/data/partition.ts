import { randomStream } from '../math/random.ts';
import type { Settings } from '../settings/settings.ts';

/** Rows `start` .. `start + count - 1` of one class's training rows. */
export interface ClassRange {
  readonly classIndex: number;
  readonly start: number;
  readonly count: number;
}

/** The training rows of one client, at most two ranges a class. */
export type Share = readonly ClassRange[];

/** The choices that decide every client's share. */
export type PartitionSettings = Pick<Settings, 'seed' | 'alpha' | 'samples'>;

export class PartitionError extends Error {
  override readonly name = 'PartitionError';
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

/** Whole numbers that add up to `total`, by largest remainder; equal remainders in the order of `ranks`. */
function apportion(total: number, proportions: readonly number[], ranks: readonly number[]): number[] {
  const quotas = proportions.map((proportion) => proportion * total);
  const counts = quotas.map(Math.floor);
  const remainder = (c: number) => quotas[c]! - counts[c]!;
  const byRemainder = [...ranks].sort((a, b) => remainder(b) - remainder(a));
  for (const c of byRemainder.slice(0, total - sum(counts))) counts[c]!++;
  return counts;
}

/** How many rows of each class client `client` takes, of `left` that are still free. */
function classCounts(client: number, { seed, alpha, samples }: PartitionSettings, left: readonly number[]): number[] {
  const random = randomStream(seed, 'partition', client);
  const classes = left.map((_, c) => c);
  const proportions = alpha === 'iid' ? left.map(() => 1 / left.length) : random.dirichlet(alpha, left.length);
  const wanted = apportion(samples, proportions, random.shuffle(classes));
  const counts = wanted.map((count, c) => Math.min(count, left[c]!));
  for (let missing = samples - sum(counts); missing > 0; missing--) {
    const spare = (c: number) => left[c]! - counts[c]!;
    const fullest = classes.reduce((best, c) => (spare(c) > spare(best) ? c : best));
    counts[fullest]!++;
  }
  return counts;
}

/**
 * The share of client k = `client`: class proportions drawn from Dirichlet(alpha) (even ones if `iid`), rows taken in the order
 * of client numbers from each class's list, which starts at a seeded place and goes round. So shares are disjoint, and the
 * share of k does not depend on how many clients follow.
 * @param trainCounts training rows of each class.
 * @throws {PartitionError} when clients 0 .. k need more rows than there are.
 */
export function shareOf(client: number, settings: PartitionSettings, trainCounts: readonly number[]): Share {
  const { seed, samples } = settings;
  const clientsThatFit = Math.floor(sum(trainCounts) / samples);
  if (client >= clientsThatFit) {
    throw new PartitionError(
      `The data has room for ${clientsThatFit} clients of ${samples} samples, and this is number ${client + 1}; ` +
        'choose fewer samples a client, or fewer clients.',
    );
  }
  const left = [...trainCounts];
  let counts: number[] = [];
  for (let k = 0; k <= client; k++) {
    counts = classCounts(k, settings, left);
    counts.forEach((count, c) => (left[c]! -= count));
  }
  return counts.flatMap((count, classIndex) => {
    if (count === 0) return [];
    const rows = trainCounts[classIndex]!;
    const firstRow = randomStream(seed, 'partition', 'first row', classIndex).integer(rows);
    const start = (firstRow + rows - left[classIndex]! - count) % rows;
    const untilEnd = Math.min(count, rows - start);
    const range = { classIndex, start, count: untilEnd };
    return untilEnd === count ? [range] : [range, { classIndex, start: 0, count: count - untilEnd }];
  });
}
