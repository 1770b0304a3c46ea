import type { TransportEvent } from './transport.ts';

/** Hands a transport's events to its one listener; keeps those that come before there is one. */
export class EventQueue {
  #listener: ((event: TransportEvent) => void) | undefined;
  #unheard: TransportEvent[] = [];
  #ended = false;

  listen(listener: (event: TransportEvent) => void): void {
    this.#listener = listener;
    for (const event of this.#unheard.splice(0)) listener(event);
  }

  emit(event: TransportEvent): void {
    if (this.#ended) return;
    if (this.#listener) this.#listener(event);
    else this.#unheard.push(event);
  }

  /** Nothing is emitted any more. */
  end(): void {
    this.#ended = true;
    this.#unheard = [];
  }
}
