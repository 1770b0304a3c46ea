/** Several runs over each other, on one chart. */

import { clientColour, type ColourToken } from '../../colours.ts';
import type { KeptRun, ScoredRun } from '../../runs.ts';
import { accuracyAxis, roundAxis } from '../results/axes.ts';
import type { ChartModel } from '../results/chartModels.ts';
import { aligned, averagedLabel, type Line } from '../results/curves.ts';

/** The colour of an earlier run: one of those that others have elsewhere. */
export const runColour = ({ number }: KeptRun): ColourToken => clientColour(number - 1, -1);

/**
 * The averaged model's accuracy in each run.
 * @param present the run that is shown; it lies on top.
 */
export function overlayChart(earlier: readonly KeptRun[], present: ScoredRun | null): ChartModel {
  const lineOf = ({ summaries }: ScoredRun) => ({
    x: summaries.map(({ round }) => round + 1),
    y: summaries.map(({ averaged }) => averaged.accuracy),
  });
  const lines = earlier.map((run): Line => {
    const { id, number } = run;
    return { label: { key: id, name: `run ${number}`, short: `${number}`, colour: runColour(run), kind: 'run' }, ...lineOf(run) };
  });
  const now: Line[] = present ? [{ label: { ...averagedLabel, name: 'this run', short: 'this' }, ...lineOf(present) }] : [];
  const rounds = [...earlier, ...(present ? [present] : [])].map(({ settings }) => settings.rounds);
  return {
    title: 'Accuracy of the averaged model by run',
    term: 'averaged',
    xName: 'round',
    yName: 'accuracy',
    data: aligned([...lines, ...now]),
    x: roundAxis(Math.max(1, ...rounds)),
    y: accuracyAxis,
    labels: 'large',
    group: 'runs',
  };
}
