/** What the runs on validation data say of the candidates of each method. */

import { points } from '../math/format.ts';
import { presets } from '../settings/presets.ts';
import { isStable, type Candidate } from './grids.ts';
import type { RunRecord } from './record.ts';
import { spreadOf } from './summary.ts';

export interface Tried {
  readonly candidate: Candidate;
  /** Null where it is not on record. */
  readonly record: RunRecord | null;
}

/** The last rounds whose mean compares candidates: one round alone is noisy. */
const CHOSEN_BY = 3;

/** Scores closer than this are the same: seeds differ by more. */
const TIE = 0.002;

/** What candidates are compared by: mean accuracy of the averaged model and of the clients' own, as both are reported. */
function validationScore({ rounds }: RunRecord): number {
  return spreadOf(rounds.slice(-CHOSEN_BY).map(({ averaged, mean }) => (averaged + mean) / 2)).mean;
}

/** The candidates of each method. */
export function byMethod(tuning: readonly Tried[]): readonly (readonly Tried[])[] {
  const methods = new Set(tuning.map(({ candidate }) => candidate.algorithm));
  return [...methods].map((algorithm) => tuning.filter(({ candidate }) => candidate.algorithm === algorithm));
}

/** The candidates of a method with their scores, as far as they are on record. */
const scored = (ofMethod: readonly Tried[]) =>
  ofMethod.flatMap(({ candidate, record }) => (record ? [{ candidate, score: validationScore(record) }] : []));

/**
 * The stable candidates of a method that scored best: one, or several that scored the same.
 * @returns null where a stable candidate is not on record.
 */
export function bestStable(ofMethod: readonly Tried[]): readonly Candidate[] | null {
  const stable = ofMethod.filter(({ candidate }) => isStable(candidate.condition.settings.method));
  if (stable.length === 0 || stable.some(({ record }) => record === null)) return null;
  const scores = scored(stable);
  const best = Math.max(...scores.map(({ score }) => score));
  return scores.filter(({ score }) => score > best - TIE).map(({ candidate }) => candidate);
}

/** The most that a candidate scores above the one that its method has, or null where nothing is on record. */
export function largestGain(tuning: readonly Tried[]): number | null {
  const gains = byMethod(tuning).flatMap((ofMethod) => {
    const scores = scored(ofMethod);
    const chosen = scores.find(({ candidate }) => candidate.isChosen);
    return chosen ? scores.map(({ score }) => score - chosen.score) : [];
  });
  return gains.length > 0 ? Math.max(...gains) : null;
}

/** The methods' candidates with their scores; what a method has bold. */
export function tuningTable(tuning: readonly Tried[]): string {
  const rows = byMethod(tuning).map((ofMethod) => {
    const cells = scored(ofMethod).map(({ candidate, score }) => {
      const text = `${candidate.label}: ${points(score)}`;
      return candidate.isChosen ? `**${text}**` : text;
    });
    return `| ${presets[ofMethod[0]!.candidate.algorithm].title} | ${cells.join(' · ') || 'not run'} |`;
  });
  return ['| method | validation accuracy, % |', '| --- | --- |', ...rows].join('\n');
}
