/** Timing of several ways to compute the same thing: interleaved, so that whatever else loads the machine loads all of them. */

import { median } from '../math/median.ts';

export interface Candidate {
  /** Ends when the result is there. */
  readonly run: () => Promise<void>;
  /** A cheaper run that compiles and caches the same. */
  readonly warmUp: () => Promise<void>;
}

export interface TimingLimits {
  /** Timed runs of a candidate. */
  readonly repeats: number;
  /** A candidate that has taken this long is not run again; every one is timed at least once, ms. */
  readonly patience: number;
}

/** The median time of each candidate, ms, in their order. */
export async function interleaved(candidates: readonly Candidate[], { repeats, patience }: TimingLimits): Promise<number[]> {
  for (const { warmUp } of candidates) await warmUp();
  const times = candidates.map((): number[] => []);
  for (let repeat = 0; repeat < repeats; repeat++) {
    for (const [i, { run }] of candidates.entries()) {
      const taken = times[i]!;
      if (taken.reduce((sum, ms) => sum + ms, 0) > patience) continue;
      const before = performance.now();
      await run();
      taken.push(performance.now() - before);
    }
  }
  return times.map(median);
}
