/** What a client learns from, and who gives it that. */

import type { ModelSpec } from '../model/model.ts';
import type { Settings } from '../settings/settings.ts';
import type { Scale } from '../task/moments.ts';
import type { OwnShare } from '../task/ownRows.ts';
import type { ShareView } from './view.ts';

/** Samples as the model sees them: `rows` is count x width, row-major, `labels` are class indices. */
export interface Samples {
  readonly rows: Float32Array;
  readonly labels: Uint8Array;
}

/** What one client learns from: its own samples, those it is scored on, and where it starts. */
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
  /** Of what is learned from, by which others' data of the same name are known; empty where nobody has one. */
  readonly digest: string;
  /** Of own data what everyone is told, and the samples as soon as all have been; null of data that need no telling. */
  readonly share: OwnShare | null;
}

/** Signals that the room's run learns from other data of the same name than are here. */
export class OtherDataError extends Error {
  override readonly name = 'OtherDataError';

  constructor({ dataset }: Pick<Settings, 'dataset'>) {
    super(
      `The server of this page has other data called "${dataset}" than whoever started, so this tab has left the room; open the page of ` +
        'the same server, or have both pack the same data.',
    );
  }
}

/** Whether a run learns from other data of the same name, as far as both are known. */
export function learnsFromOthers({ digest }: Pick<Problem, 'digest'>, run: { readonly digest: string } | null): boolean {
  return run !== null && run.digest !== digest && run.digest !== '' && digest !== '';
}

/** The problem as its run has it: own samples by the constants that the run has of them. */
export function scaledBy(problem: Problem, scale: Scale | null): Problem {
  return problem.share && scale ? { ...problem, ...problem.share.standardised(scale) } : problem;
}

/** Where problems come from: packed datasets and own data, or a conformance case. */
export interface ProblemSource {
  /**
   * Cheap when only settings changed that leave the samples alone.
   * @param onStep told in a few words what is being waited for, e.g. "fetching 200 images".
   */
  problem(settings: Settings, number: number, onStep: (step: string) => void): Promise<Problem>;
  /** The round's graph over `clients` participants: neighbours of each, ascending (or in a case's own order). */
  graph(settings: Settings, clients: number, round: number): readonly (readonly number[])[];
}
