/**
 * What becomes of answers that come too late. Weights are mixed for two rounds more in place of those that their sender has not sent
 * in time: models change little from round to round, and of two rounds ago they still say more of its samples than our own do
 * (bounded staleness, as in AD-PSGD, arXiv 1710.06952). What was computed at a model that is gone, features and steps, is dropped.
 */
import type { WeightsMessage } from '../protocol/messages.ts';
import type { PeerId } from '../transport/transport.ts';
import type { Iterate } from './iterate.ts';
import { withEntry, type Known, type Mixing } from './state.ts';

/** The age up to which weights are mixed, rounds. */
const MOST_ROUNDS = 2;

const isUsable = (message: WeightsMessage, round: number) => message.round <= round && message.round >= round - MOST_ROUNDS;

/** Keeps weights for a mix to come, unless newer ones of the same peer are there. */
export function keepWeights(known: Known, from: PeerId, message: WeightsMessage): Known {
  const newest = known.unmixed.get(from)?.round ?? -1;
  return message.round < newest ? known : { ...known, unmixed: withEntry(known.unmixed, from, message) };
}

/** What may still be mixed in a round or after it, but for what answers it. */
export function stillUnmixed({ unmixed }: Known, round: number): Known['unmixed'] {
  return new Map([...unmixed].filter(([, message]) => message.round > round || isUsable(message, round - 1)));
}

/** What a mix is made of: of each neighbour its answer, or its last weights if they are not too old; and of whom those are. */
export function mixable({ unmixed }: Known, { plan, answers }: Mixing): { models: ReadonlyMap<PeerId, Iterate>; late: readonly PeerId[] } {
  const late = plan.neighbours.flatMap(({ peer }): [PeerId, Iterate][] => {
    const message = unmixed.get(peer);
    return message && !answers.has(peer) && isUsable(message, plan.round) ? [[peer, message]] : [];
  });
  return { models: new Map([...late, ...answers]), late: late.map(([peer]) => peer) };
}
