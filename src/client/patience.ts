/** When a federation has nothing more to learn: what everyone can tell from the summaries that all are sent. */
import type { RoundSummary } from '../protocol/summary.ts';

/** A round has brought something if the averaged model names so much more of the test samples rightly than ever before, */
const MORE_ACCURACY = 0.001;
/** or if its loss is lower than ever before by such a part. */
const LESS_LOSS = 0.001;

type Averaged = Pick<RoundSummary, 'averaged'>;

/** Looks from round to round until so many have brought nothing. @returns how many it has looked at, and how many of the last brought nothing. */
function look(summaries: readonly Averaged[], patience: number): { readonly rounds: number; readonly idle: number } {
  let [accuracy, loss, idle, rounds] = [-Infinity, Infinity, 0, 0];
  while (rounds < summaries.length && idle < patience) {
    const { averaged } = summaries[rounds++]!;
    idle = averaged.accuracy > accuracy + MORE_ACCURACY || averaged.loss < loss * (1 - LESS_LOSS) ? 0 : idle + 1;
    accuracy = Math.max(accuracy, averaged.accuracy);
    loss = Math.min(loss, averaged.loss);
  }
  return { rounds, idle };
}

/** @returns how many rounds there have been since one brought something; 0 where the last did. */
export const roundsWithoutGain = (summaries: readonly Averaged[]): number => look(summaries, Infinity).idle;

/**
 * @param patience how many rounds may bring nothing; 0 for any number.
 * @returns how many rounds there were when patience ended; null if it has not.
 */
export function settledAfter(summaries: readonly Averaged[], patience: number): number | null {
  const { rounds, idle } = look(summaries, patience > 0 ? patience : Infinity);
  return idle === patience && patience > 0 ? rounds : null;
}
