/** What a run that is over has come to, in one sentence. */

import { formatDuration, formatPercent } from '../../format.ts';
import { useView } from '../../usePage.ts';
import { scoredSamples } from '../results/scoredSamples.ts';
import { trainingTime } from './progress.ts';

export function Outcome() {
  const last = useView(({ summaries }) => summaries.at(-1));
  const time = useView(trainingTime);
  const samples = useView(scoredSamples);
  if (!last) return 'No round was finished.';
  return `The averaged model recognises ${formatPercent(last.averaged.accuracy)} of ${samples}, after ${formatDuration(time)} of training.`;
}
