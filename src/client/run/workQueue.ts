/** A client's computations, one after another. */

import type { Clock } from '../clock.ts';
import type { Work, WorkTimes } from '../view.ts';

/** Runs tasks one after another, in the order they were added: one client's computations share one device. */
export class WorkQueue {
  #tail: Promise<void> = Promise.resolve();
  /** Settles when all tasks have ended that no round waits for. */
  #aside: Promise<void> = Promise.resolve();
  #open = true;
  #times: Partial<Record<Work, number>> = {};

  constructor(
    private readonly clock: Clock,
    private readonly onError: (error: unknown) => void,
  ) {}

  /** @param work what its time is counted as. */
  add(work: Work, task: () => Promise<void>): void {
    this.#tail = this.#tail.then(async () => {
      if (!this.#open) return;
      const since = this.clock.now();
      try {
        await task();
      } catch (error) {
        this.onError(error);
      }
      this.#times[work] = (this.#times[work] ?? 0) + this.clock.now() - since;
    });
  }

  /** Adds a task that no round waits for. Of several each gets in line when the one before has ended, behind what has come meanwhile. */
  addAside(work: Work, task: () => Promise<void>): void {
    this.#aside = this.#aside.then(() => {
      this.add(work, task);
      return this.#tail;
    });
  }

  /** Resolves when all tasks so far have ended. */
  async settled(): Promise<void> {
    await Promise.all([this.#aside, this.#tail]);
  }

  /** The time of the tasks that ended since the last call. */
  takeTimes(): WorkTimes {
    const times = this.#times;
    this.#times = {};
    return times;
  }

  /** Drops what has not begun; resolves when the running task is done. */
  close(): Promise<void> {
    this.#open = false;
    return this.settled();
  }
}
