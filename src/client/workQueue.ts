/** Runs tasks one after another, in the order they were added: one client's computations share one device. */
export class WorkQueue {
  #tail: Promise<void> = Promise.resolve();
  #open = true;

  constructor(private readonly onError: (error: unknown) => void) {}

  add(task: () => Promise<void>): void {
    this.#tail = this.#tail.then(async () => {
      if (!this.#open) return;
      try {
        await task();
      } catch (error) {
        this.onError(error);
      }
    });
  }

  /** Drops what has not begun; resolves when the running task is done. */
  close(): Promise<void> {
    this.#open = false;
    return this.#tail;
  }
}
