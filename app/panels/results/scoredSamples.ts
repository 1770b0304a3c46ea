/** What models are scored on, in words: a common test set, or what everyone has set aside of their own. */

import type { ClientView } from '../../../src/client/view.ts';
import { formatNumber } from '../../format.ts';
import { rowNoun } from '../bring/people.ts';

type Scored = Pick<ClientView, 'settings' | 'summaries' | 'scoredOn'>;

/** After "recognises 84 % of". */
export function scoredSamples({ settings: { task, scoreOn } }: Pick<Scored, 'settings'>): string {
  return task ? `the ${rowNoun(task)}s that everybody set aside` : `the ${scoreOn} samples`;
}

/** With how many they are, where that is known. */
export function countedSamples({ settings, summaries, scoredOn }: Scored): string {
  const { task, scoreOn, testSamples } = settings;
  if (!task) return `${formatNumber(scoredOn ?? testSamples)} ${scoreOn} samples`;
  const count = summaries.at(-1)?.confusion.reduce((sum, of) => sum + of, 0);
  return count === undefined ? scoredSamples({ settings }) : `${formatNumber(count)} ${rowNoun(task)}s that everybody set aside,`;
}
