/** What clients say of themselves, on its way from one to the next. */

import { MAX_TOLD, type Readiness } from '../protocol/readiness.ts';
import type { PeerId } from '../transport/transport.ts';
import type { Clock } from './clock.ts';

/** What is to be passed on, and from whom it is; null: this client says so. */
interface Word {
  readonly readiness: Readiness;
  readonly from: PeerId | null;
}

/** The same in lists that fit a message each. */
export function inLists(readiness: readonly Readiness[]): Readiness[][] {
  const count = Math.ceil(readiness.length / MAX_TOLD);
  return Array.from({ length: count }, (_, k) => readiness.slice(k * MAX_TOLD, (k + 1) * MAX_TOLD));
}

/**
 * Passes words on to all but those who said them: the first at once, and what comes soon after it together. Where all get ready at
 * the same time everyone has a word for everyone, over every channel: one by one, a large room would do nothing else.
 */
export class Gossip {
  /** Of each client the latest. */
  readonly #news = new Map<PeerId, Word>();
  /** Ends the wait that what comes now has to sit out. */
  #endWait: (() => void) | null = null;

  /** @param waitMs how long words are collected, as of now; 0: never. */
  constructor(
    private readonly clock: Clock,
    private readonly waitMs: () => number,
    private readonly channels: () => Iterable<PeerId>,
    private readonly send: (to: PeerId, readiness: readonly Readiness[]) => void,
  ) {}

  tell(readiness: readonly Readiness[], from: PeerId | null): void {
    for (const word of readiness) this.#news.set(word.peer, { readiness: word, from });
    // Nobody is to wait for one that has failed.
    if (this.#endWait === null || readiness.some(({ state }) => state.kind === 'failed')) this.#passOn();
  }

  close(): void {
    this.#endWait?.();
    this.#endWait = null;
    this.#news.clear();
  }

  #passOn(): void {
    this.#endWait?.();
    this.#endWait = null;
    const words = [...this.#news.values()];
    if (words.length === 0) return;
    this.#news.clear();
    for (const peer of this.channels()) {
      const news = words.filter(({ from }) => from !== peer).map(({ readiness }) => readiness);
      for (const list of inLists(news)) this.send(peer, list);
    }
    const wait = this.waitMs();
    if (wait > 0) this.#endWait = this.clock.after(wait, () => this.#passOn());
  }
}
