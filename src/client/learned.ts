/** What a client has to give when a run has brought it somewhere: the model to take home. */

import type { Settings } from '../settings/settings.ts';

/** A model and how it came about. */
export interface LearnedModel {
  /** The flat parameter vector. */
  readonly weights: Float32Array;
  /** `averaged`: the mean of all participants' weights, which the evaluator has; `own`: this client's, where it has no other. */
  readonly of: 'averaged' | 'own';
  /** After how many rounds. */
  readonly rounds: number;
  /** How many it is the mean of, or learned with. */
  readonly participants: number;
  /** Of its run: the room's may be others by now. */
  readonly settings: Settings;
}
