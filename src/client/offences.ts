/** What a peer does that none does by accident for long: a channel that it breaks, frames that mean nothing, words about the room in floods. */

import { Allowance } from '../signalling/allowance.ts';
import type { PeerId } from '../transport/transport.ts';

/** Frames that this client cannot use after which a peer has no channel any more: of a bad moment there are a few. */
const MAX_UNUSABLE = 32;

/** Words about the room that a peer may pass on at once, and a second: a room of three hundred has a few thousand when all get ready. */
const WORDS = { burst: 5000, perSecond: 100 };

export class Offences {
  readonly #unusable = new Map<PeerId, number>();
  readonly #words = new Map<PeerId, Allowance>();
  readonly #parted = new Set<PeerId>();

  /** Whether this client has no channel with the peer any more, by either's doing. */
  haveParted(peer: PeerId): boolean {
    return this.#parted.has(peer);
  }

  /** Takes note that the peer has disconnected this client. */
  wasRefused(by: PeerId): void {
    this.#parted.add(by);
  }

  /** Takes note of a frame that cannot be used. @returns why the peer is to be disconnected; null while it is not. */
  sentUnusable(peer: PeerId, why: string): string | null {
    const count = (this.#unusable.get(peer) ?? 0) + 1;
    this.#unusable.set(peer, count);
    return count < MAX_UNUSABLE ? null : this.#part(peer, `${MAX_UNUSABLE} of its frames cannot be used. The last: ${why}`);
  }

  /** Takes note of what came over the peer's channel and is no message of one: nothing after it can be read. @returns the same. */
  brokeChannel(peer: PeerId, why: string): string {
    return this.#part(peer, `what it sends cannot be read any more: ${why}`);
  }

  /** Takes note of so many words about the room. @returns the same. */
  spoke(peer: PeerId, count: number): string | null {
    const words = this.#words.get(peer) ?? new Allowance(WORDS.burst, WORDS.perSecond);
    this.#words.set(peer, words);
    return words.spend(count)
      ? null
      : this.#part(peer, `it says more about the room than anybody can have to say: over ${WORDS.perSecond} words a second.`);
  }

  /** Forgets one that has left: ids are of one stay. */
  forget(peer: PeerId): void {
    this.#unusable.delete(peer);
    this.#words.delete(peer);
    this.#parted.delete(peer);
  }

  #part(peer: PeerId, why: string): string {
    this.#parted.add(peer);
    return why;
  }
}
