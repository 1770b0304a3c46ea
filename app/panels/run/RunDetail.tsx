/** What stands beside the title of the run. */

import { useView } from '../../usePage.ts';
import { Inviting } from '../door/Inviting.tsx';
import { startAdvice } from './learners.ts';
import { Outcome } from './Outcome.tsx';
import { Pace } from './Pace.tsx';
import { PhaseStrip } from './PhaseStrip.tsx';
import './RunDetail.css';

export function RunDetail() {
  const status = useView((view) => view.status);
  const advice = useView(startAdvice);
  const wasLearning = useView(({ own }) => own.length > 0);
  switch (status.kind) {
    case 'preparing':
      return <p className="run-detail">{status.step}</p>;
    case 'lobby':
      return (
        <div className="run-detail">
          <p>{advice}</p>
          <Inviting />
        </div>
      );
    case 'running':
    case 'paused':
      return (
        <div className="run-detail run-progress">
          <PhaseStrip />
          <Pace />
        </div>
      );
    case 'finished':
      return (
        <p className="run-detail">
          <Outcome />
        </p>
      );
    case 'failed':
      return (
        <p className="run-detail" role="alert">
          {status.message}
          {wasLearning && ' Loaded again, this tab can go on in the run while that lasts.'}
        </p>
      );
  }
}
