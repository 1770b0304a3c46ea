/** The relay of a closed room: what goes out is sealed, what comes in is opened, in order, and nothing is taken twice. */

import type { RoomSeal } from './seal.ts';

/** Messages that wait to be opened. Honest members send about ten an attempt; a server that sends more wants memory. */
const MAX_WAITING = 1000;

/** The two ends of a relay: to the server, and from it. */
export interface RelayEnds {
  send(to: string, payload: string): void;
  receive(from: string, payload: string): void;
}

/**
 * One member's end. It belongs to one stay in the room, whose id is random: what was sealed for another stay opens nowhere here.
 * Within a stay the counts of each sender must grow, so a message that comes again, or after a later one, is dropped. Which attempt
 * at a channel it belongs to stands inside the payload (`transport/relayed.ts`), sealed with the rest.
 */
export class SealedRelay implements RelayEnds {
  readonly #seal: RoomSeal;
  readonly #self: string;
  readonly #ends: RelayEnds;
  readonly #sent = new Map<string, number>();
  readonly #taken = new Map<string, number>();
  /** WebCrypto answers later, in no promised order: each waits for the one before. */
  #sending: Promise<void> = Promise.resolve();
  #receiving: Promise<void> = Promise.resolve();
  #waiting = 0;

  /** @param ends to which sealed payloads go out, and opened ones come in. */
  constructor(seal: RoomSeal, self: string, ends: RelayEnds) {
    this.#seal = seal;
    this.#self = self;
    this.#ends = ends;
  }

  send(to: string, payload: string): void {
    const count = (this.#sent.get(to) ?? 0) + 1;
    this.#sent.set(to, count);
    const sealed = this.#seal.seal({ from: this.#self, to }, count, payload);
    this.#sending = this.#sending.then(async () => this.#ends.send(to, await sealed));
  }

  receive(from: string, sealed: string): void {
    if (this.#waiting >= MAX_WAITING) return;
    this.#waiting++;
    const opened = this.#seal.open({ from, to: this.#self }, sealed);
    this.#receiving = this.#receiving.then(async () => {
      const message = await opened;
      this.#waiting--;
      if (!message || message.count <= (this.#taken.get(from) ?? 0)) return;
      this.#taken.set(from, message.count);
      this.#ends.receive(from, message.payload);
    });
  }
}
