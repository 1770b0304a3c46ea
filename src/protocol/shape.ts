/** The sizes that the messages of one run must have. */

import type { FeatureWidths } from '../model/model.ts';
import type { KernelInputs } from '../settings/settings.ts';

export interface RunShape {
  readonly run: string;
  readonly rounds: number;
  /** The receiver's own n. */
  readonly ownSamples: number;
  /** d. */
  readonly parameters: number;
  readonly inputWidth: number;
  readonly classes: number;
  /** Of each sample; null: neighbours get weights and nothing that is made of samples. */
  readonly features: FeatureWidths | null;
  readonly inputs: KernelInputs;
  readonly sketchSize: number;
  /** Between how many steps a client chooses in a round. */
  readonly choices: number;
  /** Whether weights come with a velocity. */
  readonly velocity: boolean;
  /** Whether the features of a round come with a teacher's logits. */
  readonly isTaught: (round: number) => boolean;
}
