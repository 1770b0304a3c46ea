/** Which training rows each client holds. */

import { randomStream, type RandomStream } from '../math/random.ts';
import { isCentralised } from '../settings/method.ts';
import { MAX_SAMPLES, type Settings } from '../settings/settings.ts';

/** Rows `start` .. `start + count - 1` of one class's training rows. */
export interface ClassRange {
  readonly classIndex: number;
  readonly start: number;
  readonly count: number;
}

/** The training rows of one client, at most two ranges a class. */
export type Share = readonly ClassRange[];

/** The choices that decide every client's share. */
export type PartitionSettings = Pick<Settings, 'seed' | 'partition' | 'samples' | 'sizeSpread'>;

/** One in this many of each class's training rows is for validation. */
const VALIDATION_PART = 6;

/** How many of each class's training rows clients may hold; what is scored on validation rows leaves them the others. */
export function rowsToHold({ scoreOn }: Pick<Settings, 'scoreOn'>, trainCounts: readonly number[]): number[] {
  return trainCounts.map((rows) => (scoreOn === 'validation' ? rows - Math.floor(rows / VALIDATION_PART) : rows));
}

/** At most `count` validation rows, of each class its part: its last rows. */
export function validationShare(count: number, trainCounts: readonly number[]): Share {
  const held = rowsToHold({ scoreOn: 'validation' }, trainCounts);
  const available = trainCounts.map((rows, c) => rows - held[c]!);
  const wanted = Math.min(count, sum(available));
  const proportions = available.map((rows) => rows / sum(available));
  return apportion(wanted, proportions, [...available.keys()]).map((taken, c) => ({ classIndex: c, start: held[c]!, count: taken }));
}

/** Signals shares that this dataset cannot be dealt out in. */
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

/**
 * How many samples client `client` holds: drawn from a log-normal distribution of mean `samples` and σ = `sizeSpread`, between 2
 * and MAX_SAMPLES.
 */
export function shareSize(client: number, { seed, samples, sizeSpread: sigma }: PartitionSettings): number {
  const z = randomStream(seed, 'partition', 'size', client).normal();
  return Math.min(MAX_SAMPLES, Math.max(2, Math.round(samples * Math.exp(sigma * z - sigma ** 2 / 2))));
}

/** How many clients `rows` rows are enough for. */
export function clientsThatFit(settings: PartitionSettings, rows: number): number {
  let clients = 0;
  for (let left = rows - shareSize(0, settings); left >= 0; left -= shareSize(clients, settings)) clients++;
  return clients;
}

/** The part of client `client` that each class should have. */
function classProportions(client: number, { seed, partition }: PartitionSettings, classes: number, random: RandomStream): number[] {
  switch (partition.kind) {
    case 'iid':
      return Array<number>(classes).fill(1 / classes);
    case 'dirichlet':
      return random.dirichlet(partition.alpha, classes);
    case 'shards': {
      // As many clients as one shuffled deck of the classes has hands for are dealt from it, so that all classes are used alike.
      const hand = Math.min(partition.classes, classes);
      const hands = Math.floor(classes / hand);
      const order = Array.from({ length: classes }, (_, c) => c);
      const deck = randomStream(seed, 'partition', 'deck', Math.floor(client / hands)).shuffle(order);
      const first = (client % hands) * hand;
      const mine = new Set(deck.slice(first, first + hand));
      return order.map((c) => (mine.has(c) ? 1 / hand : 0));
    }
  }
}

/** How many rows of each class client `client` takes, of `left` that are still free; what its classes lack, the fullest give. */
function classCounts(client: number, settings: PartitionSettings, left: readonly number[]): number[] {
  const random = randomStream(settings.seed, 'partition', client);
  const classes = left.map((_, c) => c);
  const proportions = classProportions(client, settings, left.length, random);
  const samples = shareSize(client, settings);
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
 * The share of client k = `client`: its size and class proportions are drawn as the settings say, rows are taken in the order of
 * client numbers from each class's list, which starts at a seeded place and goes round. So shares are disjoint, and the share
 * of k does not depend on how many clients follow.
 * @param trainCounts training rows of each class.
 * @throws {PartitionError} when clients 0 .. k need more rows than there are.
 */
export function shareOf(client: number, settings: PartitionSettings, trainCounts: readonly number[]): Share {
  const { seed, samples, sizeSpread } = settings;
  const left = [...trainCounts];
  let counts: number[] = [];
  for (let k = 0; k <= client; k++) {
    if (sum(left) < shareSize(k, settings)) {
      throw new PartitionError(
        `The data has room for ${k} clients of ${samples} samples${sizeSpread > 0 ? ' on average' : ''}, and this is number ` +
          `${client + 1}; choose fewer samples a client, or fewer clients.`,
      );
    }
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

/** What client `client` trains on: its share or, with centralised training, the shares of the first `union` clients. */
export function trainingShare(
  client: number,
  settings: PartitionSettings & Pick<Settings, 'method' | 'union' | 'scoreOn'>,
  trainCounts: readonly number[],
): Share {
  const rows = rowsToHold(settings, trainCounts);
  if (!isCentralised(settings.method)) return shareOf(client, settings, rows);
  return Array.from({ length: settings.union }, (_, k) => shareOf(k, settings, rows)).flat();
}
