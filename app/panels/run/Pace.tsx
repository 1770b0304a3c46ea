/** Rounds a minute, and what is left at that pace; or why there is none, or that nothing more is learned. */

import { roundsWithoutGain } from '../../../src/client/patience.ts';
import { formatRate, formatRemaining } from '../../format.ts';
import { useView } from '../../usePage.ts';
import './Pace.css';
import { pace } from './progress.ts';

/** As many rounds without gain are worth a word. */
const LONG = 5;

export function Pace() {
  const idle = useView(({ summaries }) => roundsWithoutGain(summaries));
  const own = useView((view) => view.own);
  const settings = useView((view) => view.settings);
  const alone = useView(({ graph }) => graph.length === 0);
  const paused = useView(({ status }) => status.kind === 'paused');
  const now = pace({ own, settings });
  if (paused) return <p className="pace small quiet">Paused for everyone; anyone can resume.</p>;
  if (alone) return <p className="pace small quiet">Nobody else is here: training alone until someone joins.</p>;
  if (!now) return <p className="pace small quiet">First round</p>;
  if (idle >= LONG) return <p className="pace small quiet">Nothing more learned for {idle} rounds</p>;
  return (
    <p className="pace small quiet">
      {formatRate(now.roundsPerMinute)} rounds a minute
      <br />
      {formatRemaining(now.msLeft)}
    </p>
  );
}
