/** One end of a way for bytes between two tabs: measures what it sends, and answers what the other end measures. */

export type SendAll = (frames: readonly Uint8Array<ArrayBuffer>[]) => Promise<unknown>;

/** A frame's first byte. */
const PAYLOAD = 0;
/** To be answered: the one who measures waits for it. */
const LAST = 1;
const ANSWER = 2;

export class WireEnd {
  #answered: () => void = () => undefined;

  constructor(private readonly sendAll: SendAll) {}

  /** Everything that comes from the other end. */
  take(frame: Uint8Array): void {
    if (frame[0] === LAST) void this.sendAll([Uint8Array.of(ANSWER)]);
    if (frame[0] === ANSWER) this.#answered();
  }

  /** Sends `count` frames of `size` bytes. @returns the milliseconds until the other end said that it has the last one. */
  async transfer(size: number, count: number): Promise<number> {
    // Each is the transport's once it is sent.
    const frames = Array.from({ length: count }, () => new Uint8Array(size).fill(PAYLOAD));
    frames.at(-1)![0] = LAST;
    const since = performance.now();
    const answer = new Promise<void>((resolve) => (this.#answered = resolve));
    await this.sendAll(frames);
    await answer;
    return performance.now() - since;
  }
}
