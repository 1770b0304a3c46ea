/** What the runs on validation data say of the candidates of each method. */

import { isDeepStrictEqual } from 'node:util';
import { points } from '../math/format.ts';
import { algorithms, presets, type Algorithm } from '../settings/presets.ts';
import type { Method } from '../settings/method.ts';
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

/** The candidates of a method with their scores, as far as they are on record. */
function scoresOf(tuning: readonly Tried[], algorithm: Algorithm) {
  return tuning.flatMap(({ candidate, record }) =>
    candidate.algorithm === algorithm && record
      ? [{ label: candidate.label, method: candidate.condition.settings.method, score: validationScore(record) }]
      : [],
  );
}

/**
 * The stable candidates of a method that scored best: one, or several that scored the same.
 * @returns null where a stable candidate is not on record.
 */
export function bestStable(tuning: readonly Tried[], algorithm: Algorithm): Method[] | null {
  const stable = tuning.filter(({ candidate }) => candidate.algorithm === algorithm && isStable(candidate.condition.settings.method));
  if (stable.length === 0 || stable.some(({ record }) => record === null)) return null;
  const scores = scoresOf(stable, algorithm);
  const best = Math.max(...scores.map(({ score }) => score));
  return scores.filter(({ score }) => score > best - TIE).map(({ method }) => method);
}

/** The most that a candidate scores above its method's preset, or null where nothing is on record. */
export function largestGain(tuning: readonly Tried[]): number | null {
  const gains = algorithms.flatMap((algorithm) => {
    const scores = scoresOf(tuning, algorithm);
    const chosen = scores.find(({ method }) => isDeepStrictEqual(method, presets[algorithm].method));
    return chosen ? scores.map(({ score }) => score - chosen.score) : [];
  });
  return gains.length > 0 ? Math.max(...gains) : null;
}

/** The methods' candidates with their scores, the presets bold. */
export function tuningTable(tuning: readonly Tried[]): string {
  const tried = new Set(tuning.map(({ candidate }) => candidate.algorithm));
  const rows = [...tried].map((algorithm) => {
    const cells = scoresOf(tuning, algorithm).map(({ label, method, score }) => {
      const text = `${label}: ${points(score)}`;
      return isDeepStrictEqual(method, presets[algorithm].method) ? `**${text}**` : text;
    });
    return `| ${presets[algorithm].title} | ${cells.join(' · ') || 'not run'} |`;
  });
  return ['| method | validation accuracy, % |', '| --- | --- |', ...rows].join('\n');
}
