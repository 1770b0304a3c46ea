/** What stands beside the title of the run. */

import { Invitation } from '../../ui/Invitation.tsx';
import { usePage, useView } from '../../usePage.ts';
import { Outcome } from './Outcome.tsx';
import { Pace } from './Pace.tsx';
import { PhaseStrip } from './PhaseStrip.tsx';
import './RunDetail.css';

export function RunDetail() {
  const status = useView((view) => view.status);
  const alone = useView(({ peers }) => peers.length === 0);
  const readyOthers = useView(({ peers }) => peers.filter(({ readiness }) => readiness.kind === 'ready').length);
  const others = useView(({ peers }) => peers.length);
  const invitation = usePage(({ address }) => address.invitation);
  switch (status.kind) {
    case 'preparing':
      return <p className="run-detail">{status.step}</p>;
    case 'lobby':
      return (
        <div className="run-detail">
          <p>{alone ? 'Open this link in another tab or on another device.' : whoCanStart(readyOthers, others)}</p>
          <Invitation link={invitation} />
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
        </p>
      );
  }
}

/** Who is not ready when a run starts joins it later. */
function whoCanStart(ready: number, others: number): string {
  if (ready === others) return 'Anyone can start, and more can join.';
  if (ready === 0) return 'The others are getting ready.';
  return `${ready} of ${others} others are ready; anyone can start, and more can join.`;
}
