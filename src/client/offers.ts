/** What everyone in a room has told of their own data, passed on from client to client, and the start that follows from it. */

import type { Offer } from '../protocol/offer.ts';
import type { Proposal } from '../protocol/register.ts';
import { isCentralised } from '../settings/method.ts';
import type { Settings } from '../settings/settings.ts';
import type { Task } from '../settings/task.ts';
import { taskDigest } from '../task/digest.ts';
import { scaleOf } from '../task/moments.ts';
import { fits, type Contribution } from '../task/ownRows.ts';
import { randomId } from '../transport/randomId.ts';
import type { PeerId, Presence } from '../transport/transport.ts';
import { Latest } from './latest.ts';
import type { Holding } from './view.ts';

const rowsOf = (ofClasses: readonly number[]) => ofClasses.reduce((sum, rows) => sum + rows, 0);

export class Offers {
  readonly #latest = new Latest<Offer>();
  /** Of the latest task that was asked for. */
  #digest: { readonly task: Task; readonly digest: string } | null = null;

  /** Everyone's latest, for whom a channel opens to. */
  all(): readonly Offer[] {
    return this.#latest.all();
  }

  /** Takes note of an offer. @returns whether it is news, to be passed on. */
  hear(offer: Offer): boolean {
    return this.#latest.hear(offer);
  }

  /** Makes the offer of a client from what its data come to. */
  make(peer: PeerId, contribution: Contribution): Offer {
    const offer = { peer, version: this.#latest.nextVersion(peer), ...contribution };
    this.#latest.hear(offer);
    return offer;
  }

  /** Forgets one that has left. */
  forget(peer: PeerId): void {
    this.#latest.forget(peer);
  }

  /** What a client has for the room's task; null where there is no task, or it has nothing that fits. */
  holdingOf(peer: PeerId, settings: Settings): Holding | null {
    const offer = this.#fitting(peer, settings);
    return offer && { train: offer.train, heldOut: offer.heldOut };
  }

  /**
   * The start of a run: of own data by all that have brought some, standardised by what they contributed, in the order of their
   * numbers; else by all members.
   * @param members those that are ready.
   * @returns null where that would find nobody to learn with.
   */
  start(members: readonly Presence[], settings: Settings, digest: string): Extract<Proposal, { type: 'start' }> | null {
    const offers = members.flatMap(({ id }) => this.#fitting(id, settings) ?? []);
    const founders = settings.task ? offers.map(({ peer }) => peer) : members.map(({ id }) => id);
    if (founders.length < 2 && !isCentralised(settings.method)) return null;
    const scale = settings.task ? scaleOf(offers.map(({ moments }) => moments)) : null;
    const samples = settings.task ? offers.reduce((sum, { train }) => sum + rowsOf(train), 0) : founders.length * settings.samples;
    return { type: 'start', id: randomId(), founders, digest, scale, samples };
  }

  #fitting(peer: PeerId, { task }: Settings): Offer | null {
    const offer = this.#latest.of(peer);
    if (!task || !offer) return null;
    if (this.#digest?.task !== task) this.#digest = { task, digest: taskDigest(task) };
    return fits(offer, task, this.#digest.digest) ? offer : null;
  }
}
