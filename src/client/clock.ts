/** Time as a client sees it, so that the simulator can run without deadlines. */
export interface Clock {
  /** Milliseconds from an arbitrary start. */
  now(): number;
  /** Calls back once after `ms`; returns its cancellation. */
  after(ms: number, callback: () => void): () => void;
  /** Calls back in a turn of its own: what has come meanwhile is heard first. */
  soon(callback: () => void): void;
}

const soon = (callback: () => void): void => void setTimeout(callback);

export const wallClock: Clock = {
  now: () => performance.now(),
  after(ms, callback) {
    const timer = setTimeout(callback, ms);
    return () => clearTimeout(timer);
  },
  soon,
};

/** For one process that computes every client's part in turn: nobody is late, whatever the wall says. */
export const patientClock: Clock = { now: () => performance.now(), after: () => () => undefined, soon };
