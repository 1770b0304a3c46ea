/** What one can do about the run. */

import { usePage, useView } from '../../usePage.ts';
import './RunActions.css';

export function RunActions() {
  const kind = useView(({ status }) => status.kind);
  const alone = useView(({ peers }) => peers.every(({ readiness }) => readiness.kind !== 'ready'));
  const editing = usePage((page) => page.editing);
  const setEditing = usePage((page) => page.setEditing);
  const command = usePage((page) => page.command);
  return (
    <p className="run-actions">
      {kind === 'finished' && (
        <button type="button" className="action" aria-pressed={editing} onClick={() => setEditing(!editing)}>
          {editing ? 'Show results' : 'Change settings'}
        </button>
      )}
      {(kind === 'preparing' || kind === 'lobby' || kind === 'finished') && (
        <button type="button" className="action first" disabled={kind === 'preparing' || alone} onClick={() => command({ type: 'start' })}>
          {kind === 'finished' ? 'Start again' : 'Start'}
        </button>
      )}
      {kind === 'running' && (
        <button type="button" className="action" onClick={() => command({ type: 'pause' })}>
          Pause
        </button>
      )}
      {kind === 'paused' && (
        <button type="button" className="action first" onClick={() => command({ type: 'resume' })}>
          Resume
        </button>
      )}
      {(kind === 'running' || kind === 'paused') && (
        <button type="button" className="action" onClick={() => command({ type: 'stop' })}>
          Stop
        </button>
      )}
      {kind === 'failed' && (
        <button type="button" className="action first" onClick={() => location.reload()}>
          Reload this tab
        </button>
      )}
    </p>
  );
}
