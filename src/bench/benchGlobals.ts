/** What the benchmarks' pages have for the commands that drive them, typed without the DOM. */

import type { measure, startBackends } from './measure.ts';
import type { Way } from './wireReport.ts';

/** The kernels' stages, wherever they are measured. */
export interface KernelsBench {
  readonly start: typeof startBackends;
  readonly measure: typeof measure;
}

interface WireBench {
  /** Enters the rooms of both ways that use the transport; resolves when the other tab is reached in both. */
  join(room: string): Promise<void>;
  /** The bare channel's three steps: this tab offers, the other answers, this one accepts. */
  offer(): Promise<string>;
  answer(offer: string): Promise<string>;
  accept(answer: string): Promise<void>;
  /** Milliseconds for `count` frames of `size` bytes to be at the other tab. */
  transfer(way: Way, size: number, count: number): Promise<number>;
}

declare global {
  var kernelsBench: KernelsBench;
  var wireBench: WireBench;
}
