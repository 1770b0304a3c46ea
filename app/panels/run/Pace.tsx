import type { ClientView } from '../../../src/client/view.ts';
import { formatRemaining } from '../../format.ts';
import { pace } from './progress.ts';

/** Rounds a minute, and what is left at that pace. */
export function Pace({ view }: { view: ClientView }) {
  const now = pace(view);
  if (view.graph.length === 0) {
    return <p className="pace small quiet">Nobody else is here: training alone until someone joins.</p>;
  }
  if (!now) return <p className="pace small quiet">First round</p>;
  return (
    <p className="pace small quiet">
      {now.roundsPerMinute.toFixed(1)} rounds a minute
      <br />
      {formatRemaining(now.msLeft)}
    </p>
  );
}
