/** A transport's events on their way to its one listener; those that come before there is one are kept. */

import type { PeerId, TransportEvent, TransportListener } from './transport.ts';

interface Unheard {
  readonly event: TransportEvent;
  readonly heard: (taken: void | Promise<void>) => void;
}

export class EventQueue {
  #listener: TransportListener | undefined;
  #unheard: Unheard[] = [];
  #ended = false;

  listen(listener: TransportListener): void {
    this.#listener = listener;
    for (const { event, heard } of this.#unheard.splice(0)) heard(listener(event));
  }

  emit(event: Exclude<TransportEvent, { type: 'frame' }>): void {
    void this.#hand(event);
  }

  /** Resolves when the listener has taken the frame. */
  async deliver(peer: PeerId, frame: Uint8Array<ArrayBuffer>): Promise<void> {
    await this.#hand({ type: 'frame', peer, frame });
  }

  /** Nothing is emitted any more. */
  end(): void {
    this.#ended = true;
    this.#unheard = [];
  }

  #hand(event: TransportEvent): void | Promise<void> {
    if (this.#ended) return;
    if (this.#listener) return this.#listener(event);
    return new Promise((heard) => this.#unheard.push({ event, heard }));
  }
}
