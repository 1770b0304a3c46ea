/** How often a view is shown. */

import { wallClock } from './clock.ts';

/** Fast enough to look live. A view has everyone in it, so that of many it comes less often, lest views take much of the time. */
export const usualViewIntervalMs = (members: number): number => Math.max(100, 20 * members);

/** Calls back at most once in an interval, at the end of one in which something has changed. */
export class Pacer {
  #cancel: (() => void) | null = null;
  #isClosed = false;

  constructor(
    private readonly intervalMs: () => number,
    private readonly callback: () => void,
  ) {}

  changed(): void {
    if (this.#cancel || this.#isClosed) return;
    this.#cancel = wallClock.after(this.intervalMs(), () => {
      this.#cancel = null;
      this.callback();
    });
  }

  close(): void {
    this.#isClosed = true;
    this.#cancel?.();
  }
}
