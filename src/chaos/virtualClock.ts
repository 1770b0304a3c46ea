/** Time that passes only when nothing else is left to do: hours of a federation in a moment, and the same for the same seed. */

import type { Clock } from '../client/clock.ts';

interface Due {
  readonly at: number;
  readonly callback: () => void;
}

/** Computations end in promises: after a turn of the event loop all that follow from each other have ended. */
const turn = () => new Promise((resolve) => setImmediate(resolve));

export class VirtualClock implements Clock {
  #now = 0;
  /** By time, and of the same time in the order in which they were set. */
  readonly #due: Due[] = [];

  now = (): number => this.#now;

  after = (ms: number, callback: () => void): (() => void) => {
    const due = { at: this.#now + ms, callback };
    const later = this.#due.findIndex(({ at }) => at > due.at);
    this.#due.splice(later < 0 ? this.#due.length : later, 0, due);
    return () => {
      const index = this.#due.indexOf(due);
      if (index >= 0) this.#due.splice(index, 1);
    };
  };

  soon = (callback: () => void): void => void this.after(0, callback);

  /** Lets time pass until the condition holds, or so much has passed, ms. @returns whether it holds. */
  async run(condition: () => boolean, limitMs: number): Promise<boolean> {
    const end = this.#now + limitMs;
    for (;;) {
      await turn();
      if (condition()) return true;
      const [next] = this.#due;
      if (!next || next.at > end) return false;
      this.#due.shift();
      this.#now = next.at;
      next.callback();
    }
  }
}
