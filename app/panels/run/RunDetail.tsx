import type { ClientView } from '../../../src/client/view.ts';
import { formatDuration, formatPercent } from '../../format.ts';
import { Invitation } from '../../ui/Invitation.tsx';
import { Pace } from './Pace.tsx';
import { PhaseStrip } from './PhaseStrip.tsx';
import { roundTime } from './progress.ts';

/** What stands beside the title of the run. */
export function RunDetail({ view, invitation }: { view: ClientView; invitation: string }) {
  const { status } = view;
  const alone = view.peers.length === 0;
  switch (status.kind) {
    case 'preparing':
      return <p className="run-detail">{status.step}</p>;
    case 'lobby':
      return (
        <div className="run-detail">
          <p>{alone ? 'Open this link in another tab or on another device.' : 'Anyone can start, and more can join.'}</p>
          <Invitation link={invitation} />
        </div>
      );
    case 'running':
    case 'paused':
      return (
        <div className="run-detail run-progress">
          <PhaseStrip family={view.settings.method.kind} phase={view.phase} last={view.own.at(-1)?.phases ?? null} />
          <Pace view={view} />
        </div>
      );
    case 'finished':
      return <Outcome view={view} />;
    case 'failed':
      return (
        <p className="run-detail" role="alert">
          {status.message}
        </p>
      );
  }
}

function Outcome({ view }: { view: ClientView }) {
  const last = view.summaries.at(-1);
  const time = view.own.reduce((sum, { phases }) => sum + roundTime(phases), 0);
  if (!last) return <p className="run-detail">No round was finished.</p>;
  return (
    <p className="run-detail">
      The averaged model recognises {formatPercent(last.averaged.accuracy)} of the {view.settings.scoreOn} samples, after{' '}
      {formatDuration(time)} of training.
    </p>
  );
}
