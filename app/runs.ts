/** Runs that have ended in this tab, kept to be laid over later ones. */

import type { ClientView, RoundSummary } from '../src/client/view.ts';
import type { Settings } from '../src/settings/settings.ts';

/** A run, as far as others are compared with it. */
export interface ScoredRun {
  readonly id: string;
  /** With what it was started. */
  readonly settings: Settings;
  /** Who was scored in its last round. */
  readonly clients: number;
  readonly summaries: readonly RoundSummary[];
}

export interface KeptRun extends ScoredRun {
  /** In the order of their ends, from 1. */
  readonly number: number;
}

/** As many as colours tell apart. */
const MOST_RUNS = 6;

/** The run that a view shows; null before its first round has been scored. */
export function runShown({ run, settings, summaries }: Pick<ClientView, 'run' | 'settings' | 'summaries'>): ScoredRun | null {
  const latest = summaries.at(-1);
  return run !== null && latest ? { id: run, settings, clients: latest.clients.length, summaries } : null;
}

/** The settings of the run that a view shows: once it has ended the room's may be others. */
export function settingsShown(runs: readonly KeptRun[], { run, settings }: Pick<ClientView, 'run' | 'settings'>): Settings {
  return runs.find(({ id }) => id === run)?.settings ?? settings;
}

/** Whether a view is of a run under way, or of one that this client has failed in. */
const isOfRun = ({ status: { kind } }: ClientView) => kind === 'running' || kind === 'paused' || kind === 'failed';

/** The view of a client that has failed in a run, which it has left by that, with what it had learned there. */
export function withLost(view: ClientView, before: ClientView): ClientView {
  if (view.status.kind !== 'failed' || view.run !== null || !isOfRun(before)) return view;
  const { run, round, scale, own, summaries, averagedHere, alone } = before;
  return { ...view, run, round, scale, own, summaries, averagedHere, alone };
}

/** The runs, oldest first, with the one that the view shows if it has ended: the same list where nothing is new. */
export function keptRuns(runs: readonly KeptRun[], view: ClientView): readonly KeptRun[] {
  const shown = view.status.kind === 'finished' ? runShown(view) : null;
  if (!shown) return runs;
  const known = runs.find(({ id }) => id === shown.id);
  if (!known) return [...runs, { ...shown, number: (runs.at(-1)?.number ?? 0) + 1 }].slice(-MOST_RUNS);
  if (known.summaries === shown.summaries) return runs;
  // The room's settings may be others by now.
  return runs.map((run) => (run === known ? { ...known, summaries: shown.summaries } : run));
}
