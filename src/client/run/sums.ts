/** What is evaluated, as sums that add up along the tree: metrics of the clients' own models, tallies of the averaged one. */
import { scoreOf, sumOf, type Tally } from '../../ntk/tally.ts';
import type { MetricsMessage, TallyMessage } from '../../protocol/messages.ts';
import type { RoundSummary } from '../../protocol/summary.ts';
import { weightedMean } from '../../round/iterate.ts';

/** Of one round, of different clients. */
export function sumOfMetrics(first: MetricsMessage, others: readonly MetricsMessage[]): MetricsMessage {
  const sums = [first, ...others];
  return {
    ...first,
    clients: sums.flatMap(({ clients }) => clients),
    tally: sumOf(sums.map(({ tally }) => tally)),
    bytesSent: sums.reduce((sum, { bytesSent }) => sum + bytesSent, 0),
    seconds: Math.max(...sums.map(({ seconds }) => seconds)),
    weights: weightedMean(sums.map(({ weights, clients }) => ({ vector: weights, weight: clients.length }))),
  };
}

/** Of one round, of different clients. */
export function sumOfTallies(first: TallyMessage, others: readonly TallyMessage[]): TallyMessage {
  const sums = [first, ...others];
  return { ...first, clients: sums.flatMap(({ clients }) => clients), tally: sumOf(sums.map(({ tally }) => tally)) };
}

/** What all clients are told of a round. @param averaged what the averaged model makes of all samples that are scored on. */
export function summaryOf({ round, clients, tally, bytesSent, seconds }: MetricsMessage, averaged: Tally): RoundSummary {
  return {
    round,
    averaged: scoreOf(averaged),
    confusion: averaged.confusion,
    mean: scoreOf(tally),
    clients: [...clients].sort((a, b) => a.number - b.number),
    bytesSent,
    seconds,
  };
}
