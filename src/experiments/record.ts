/** What is kept of one run: all that tables and figures are made of. */

import type { Settings } from '../settings/settings.ts';

export interface RoundRecord {
  /** Accuracy of the averaged model. */
  readonly averaged: number;
  /** Mean accuracy of the clients' own models; under attack, of those that are honest. */
  readonly mean: number;
  /** Mean cross-entropy of the averaged model, nats. */
  readonly loss: number;
  /** Training bytes that all clients sent in this round. */
  readonly bytes: number;
}

export interface RunRecord {
  readonly clients: number;
  readonly settings: Settings;
  readonly versions: Readonly<Record<string, string>>;
  readonly backend: string;
  /** Wall time of the whole run. */
  readonly seconds: number;
  readonly rounds: readonly RoundRecord[];
  /** |K̂ - K| / |K| of a first kernel (`kernelError`). */
  readonly kernelError?: number;
}
