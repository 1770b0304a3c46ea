/** Who holds which classes, as far as this client knows. */

import type { ClientView } from '../../../src/client/view.ts';
import { PartitionError, trainingShare } from '../../../src/data/partition.ts';

export interface Held {
  readonly client: number;
  /** Samples of each class that are learned from. */
  readonly counts: readonly number[];
}

type Known = Pick<ClientView, 'self' | 'peers' | 'share' | 'settings'>;

function sharedOut(client: number, settings: ClientView['settings'], trainCounts: readonly number[]): readonly number[] | null {
  try {
    const counts = trainCounts.map(() => 0);
    for (const { classIndex, count } of trainingShare(client, settings, trainCounts)) counts[classIndex]! += count;
    return counts;
  } catch (error) {
    // There was nothing left for it.
    if (error instanceof PartitionError) return null;
    throw error;
  }
}

/**
 * By ascending client; without those of whom nothing is known. Shares of a built-in dataset follow from the settings, and of their own
 * data all have told.
 * @param trainCounts training rows of each class of a built-in dataset; null where they are not known.
 */
export function holdings({ self, peers, share, settings }: Known, trainCounts: readonly number[] | null): Held[] {
  const countsOf = (client: number, told: readonly number[] | null) =>
    settings.task || !trainCounts ? told : sharedOut(client, settings, trainCounts);
  return [
    { client: self.number, counts: share?.histogram ?? null },
    ...peers.map(({ number, holding }) => ({ client: number, counts: countsOf(number, holding?.train ?? null) })),
  ]
    .flatMap(({ client, counts }) => (counts ? [{ client, counts }] : []))
    .sort((a, b) => a.client - b.client);
}
