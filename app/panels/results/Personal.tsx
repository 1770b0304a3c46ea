/** What is in it for me: the federation's model on the rows that I have set aside, and what I would have reached alone. */

import { formatAccuracy, formatNumber } from '../../format.ts';
import { Term } from '../../ui/Term.tsx';
import { usePage, useView } from '../../usePage.ts';
import { rowNoun } from '../bring/people.ts';
import './Personal.css';

export function Personal() {
  const task = usePage((page) => page.task);
  const heldOut = useView((view) => view.scoredOn);
  const together = useView(({ averagedHere }) => averagedHere.at(-1)?.score);
  const alone = useView((view) => view.alone);
  if (!task || heldOut === null) return null;
  const isDone = alone !== null && alone.scores.length === alone.rounds;
  const last = alone?.scores.at(-1);
  return (
    <p className="personal">
      Of my own {formatNumber(heldOut)} {rowNoun(task)}
      {heldOut === 1 ? '' : 's'} set aside: <strong data-testid="accuracy-together">{formatAccuracy(together)}</strong> with the others’
      help
      {last && (
        <>
          , <strong data-testid="accuracy-alone">{formatAccuracy(last)}</strong> <Term of="alone">alone</Term>
        </>
      )}
      {alone && !isDone && `, training alone to compare: round ${formatNumber(alone.scores.length + 1)} of ${formatNumber(alone.rounds)} …`}
      {isDone && '.'}
    </p>
  );
}
