/** How far a run is and how fast it goes, from a client's own rounds. */

import type { ClientView, Phase, PhaseTimes } from '../../../src/client/view.ts';
import { choicesOf, type Method } from '../../../src/settings/method.ts';

/** The phases of a method's round in their order. */
export function phasesOf(method: Method): readonly Phase[] {
  if (method.kind === 'gradient') return ['descend', 'mix', 'evaluate'];
  return ['mix', 'linearise', 'evolve', 'step', ...(choicesOf(method) > 1 ? (['choose'] as const) : []), 'evaluate'];
}

/** Rounds whose mean time stands for the present pace. */
const PACE_ROUNDS = 5;

/** The round being worked on, counted from 1 as people do, at most the target. */
export function currentRound({ round, settings }: Pick<ClientView, 'round' | 'settings'>): number {
  return Math.min(round + 1, settings.rounds);
}

/** Rounds of the run that are over here. */
export function finishedRounds({ own }: Pick<ClientView, 'own'>): number {
  const last = own.at(-1);
  return last ? last.round + 1 : 0;
}

/** Milliseconds of a whole round. */
function roundTime(times: PhaseTimes): number {
  return Object.values(times).reduce((sum, ms) => sum + ms, 0);
}

/** Milliseconds of all rounds that are over here. */
export function trainingTime({ own }: Pick<ClientView, 'own'>): number {
  return own.reduce((sum, { phases }) => sum + roundTime(phases), 0);
}

export interface Pace {
  readonly msPerRound: number;
  readonly roundsPerMinute: number;
  readonly msLeft: number;
}

/** The present pace, or null before the first round is over. */
export function pace(view: Pick<ClientView, 'own' | 'settings'>): Pace | null {
  const recent = view.own.slice(-PACE_ROUNDS);
  const total = trainingTime({ own: recent });
  if (total === 0) return null;
  const msPerRound = total / recent.length;
  const msLeft = msPerRound * (view.settings.rounds - finishedRounds(view));
  return { msPerRound, roundsPerMinute: 60_000 / msPerRound, msLeft };
}
