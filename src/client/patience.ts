/** When a federation has nothing more to learn: what everyone can tell from the summaries that all are sent. */
import type { RoundSummary } from '../protocol/summary.ts';

/** A round has brought something if the averaged model names so much more of the test samples rightly than ever before, */
const MORE_ACCURACY = 0.001;
/** or if its loss is lower than ever before by such a part. */
const LESS_LOSS = 0.001;

type Averaged = Pick<RoundSummary, 'averaged'>;

/** @returns for each round how many there have been, up to it, since one brought something: 0 where it did itself. */
export function roundsWithoutGain(summaries: readonly Averaged[]): number[] {
  let [accuracy, loss, idle] = [-Infinity, Infinity, 0];
  return summaries.map(({ averaged }) => {
    idle = averaged.accuracy > accuracy + MORE_ACCURACY || averaged.loss < loss * (1 - LESS_LOSS) ? 0 : idle + 1;
    accuracy = Math.max(accuracy, averaged.accuracy);
    loss = Math.min(loss, averaged.loss);
    return idle;
  });
}

/**
 * @param patience how many rounds may bring nothing; 0 for any number.
 * @returns how many rounds there were when patience ended; null if it has not.
 */
export function settledAfter(summaries: readonly Averaged[], patience: number): number | null {
  const last = patience > 0 ? roundsWithoutGain(summaries).findIndex((idle) => idle >= patience) : -1;
  return last < 0 ? null : last + 1;
}
