/** Rounds a minute, and what is left at that pace. */

import { formatRate, formatRemaining } from '../../format.ts';
import { useView } from '../../usePage.ts';
import './Pace.css';
import { pace } from './progress.ts';

export function Pace() {
  const own = useView((view) => view.own);
  const settings = useView((view) => view.settings);
  const alone = useView(({ graph }) => graph.length === 0);
  const now = pace({ own, settings });
  if (alone) return <p className="pace small quiet">Nobody else is here: training alone until someone joins.</p>;
  if (!now) return <p className="pace small quiet">First round</p>;
  return (
    <p className="pace small quiet">
      {formatRate(now.roundsPerMinute)} rounds a minute
      <br />
      {formatRemaining(now.msLeft)}
    </p>
  );
}
