/** How often a view is shown. */

import { wallClock } from './clock.ts';

/** Calls back at most once in an interval, at the end of one in which something has changed. */
export class Pacer {
  #cancel: (() => void) | null = null;
  #isClosed = false;

  constructor(
    private readonly intervalMs: number,
    private readonly callback: () => void,
  ) {}

  changed(): void {
    if (this.#cancel || this.#isClosed) return;
    this.#cancel = wallClock.after(this.intervalMs, () => {
      this.#cancel = null;
      this.callback();
    });
  }

  close(): void {
    this.#isClosed = true;
    this.#cancel?.();
  }
}
