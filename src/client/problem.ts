/** What a client learns from, and who gives it that. */

import type { ModelSpec } from '../model/model.ts';
import type { Settings } from '../settings/settings.ts';
import type { ShareView } from './view.ts';

/** Samples as the model sees them: `rows` is count x width, row-major, `labels` are class indices. */
export interface Samples {
  readonly rows: Float32Array;
  readonly labels: Uint8Array;
}

/** What one client learns from: its own samples, the test set it is scored on, and where it starts. */
export interface Problem {
  readonly model: ModelSpec;
  readonly own: Samples;
  /** Null when nothing is to be scored (a conformance case). */
  readonly test: Samples | null;
  readonly initialWeights: Float32Array;
  /** Whether every client starts from these weights. */
  readonly startsAlike: boolean;
  /** What the page shows of the own samples. */
  readonly view: ShareView | null;
}

/** Where problems come from: packed datasets, or a conformance case. */
export interface ProblemSource {
  /**
   * Cheap when only settings changed that leave the samples alone.
   * @param onStep told in a few words what is being waited for, e.g. "fetching 200 images".
   */
  problem(settings: Settings, number: number, onStep: (step: string) => void): Promise<Problem>;
  /** The round's graph over `clients` participants: neighbours of each, ascending (or in a case's own order). */
  graph(settings: Settings, clients: number, round: number): readonly (readonly number[])[];
}
