import type { ClientCommand, ClientView } from '../../../src/client/view.ts';
import { finishedRounds } from './progress.ts';
import { RunDetail } from './RunDetail.tsx';
import { runTitle } from './runTitle.ts';
import './run.css';

interface RunBarProps {
  readonly view: ClientView;
  readonly invitation: string;
  /** Whether the settings of the next run are in sight after one is over. */
  readonly editing: boolean;
  readonly onEdit: (editing: boolean) => void;
  readonly onCommand: (command: ClientCommand) => void;
}

/** How the run stands, and what one can do about it; under it a line that grows with the rounds. */
export function RunBar({ view, invitation, editing, onEdit, onCommand }: RunBarProps) {
  const { kind } = view.status;
  const done = finishedRounds(view) / view.settings.rounds;
  return (
    <section className="run-bar" aria-label="Run">
      <h2 data-testid="run-title" aria-live="polite">
        {runTitle(view)}
      </h2>
      <RunDetail view={view} invitation={invitation} />
      <p className="run-actions">
        {kind === 'finished' && (
          <button type="button" className="action" aria-pressed={editing} onClick={() => onEdit(!editing)}>
            {editing ? 'Show results' : 'Change settings'}
          </button>
        )}
        {(kind === 'preparing' || kind === 'lobby' || kind === 'finished') && (
          <button
            type="button"
            className="action first"
            disabled={kind === 'preparing' || view.peers.length === 0}
            onClick={() => onCommand({ type: 'start' })}
          >
            {kind === 'finished' ? 'Start again' : 'Start'}
          </button>
        )}
        {kind === 'running' && (
          <button type="button" className="action" onClick={() => onCommand({ type: 'pause' })}>
            Pause
          </button>
        )}
        {kind === 'paused' && (
          <button type="button" className="action first" onClick={() => onCommand({ type: 'resume' })}>
            Resume
          </button>
        )}
        {(kind === 'running' || kind === 'paused') && (
          <button type="button" className="action" onClick={() => onCommand({ type: 'stop' })}>
            Stop
          </button>
        )}
        {kind === 'failed' && (
          <button type="button" className="action first" onClick={() => location.reload()}>
            Reload this tab
          </button>
        )}
      </p>
      <div className="run-done" style={{ '--done': done }} />
    </section>
  );
}
