/** What may be under way on a channel at once. */

import { wireBytes } from './chunks.ts';

/**
 * The most that is under way on a channel in one direction: frames sent and not yet acknowledged, headers included. It bounds what a
 * slow receiver has to keep: per peer a window, or one frame, if that is larger. Two of the largest common frames (4 MB, a million
 * float32 weights) fit, so that one travels while another is taken, and a worker that computes for a quarter of a second does
 * not stop a channel of 30 MB/s.
 */
export const WINDOW_BYTES = 8 * 1024 * 1024;

/** One end's account of the frames under way; sender and receiver count the same. */
export class Window {
  /** Oldest first. */
  readonly #frames: number[] = [];
  #bytes = 0;

  /** Whether another frame may begin. A frame larger than the window travels alone. */
  admits(frameLength: number): boolean {
    return this.#bytes === 0 || this.#bytes + wireBytes(frameLength) <= WINDOW_BYTES;
  }

  /** A frame begins. */
  begin(frameLength: number): void {
    const bytes = wireBytes(frameLength);
    this.#frames.push(bytes);
    this.#bytes += bytes;
  }

  /** The oldest frame has been acknowledged. */
  end(): void {
    this.#bytes -= this.#frames.shift() ?? 0;
  }
}
