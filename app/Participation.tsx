import { useEffect, useState } from 'react';
import type { BackendWish } from '../src/backend/backend.ts';
import type { ClientCommand, ClientView } from '../src/client/view.ts';
import { Holding } from './panels/data/Holding.tsx';
import { Learning } from './panels/results/Learning.tsx';
import { RunBar } from './panels/run/RunBar.tsx';
import { runTitle } from './panels/run/runTitle.ts';
import type { SignallingStatus } from './session.ts';
import { describeSettings } from './panels/settings/describe.ts';
import { SettingsForm } from './panels/settings/SettingsForm.tsx';
import './Participation.css';
import { Talking } from './panels/network/Talking.tsx';
import { TopBar } from './TopBar.tsx';
import type { Datasets } from './useDatasets.ts';

interface ParticipationProps {
  readonly view: ClientView;
  readonly signalling: SignallingStatus;
  readonly room: string;
  readonly invitation: string;
  readonly backend: BackendWish;
  readonly datasets: Datasets;
  readonly onCommand: (command: ClientCommand) => void;
  readonly onLeave: () => void;
  readonly onBackend: (backend: BackendWish) => void;
}

/** In the room: what I hold, who I talk to, what we learn, from left to right. */
export function Participation(props: ParticipationProps) {
  const { view, signalling, room, invitation, backend, datasets, onCommand, onLeave, onBackend } = props;
  const [highlight, setHighlight] = useState<number | null>(null);
  const [editing, setEditing] = useState(false);
  const { kind } = view.status;
  if (editing && kind === 'running') setEditing(false);
  // A change of settings prepares again: the form stays meanwhile, and after what cannot be prepared.
  const unprepared = kind === 'failed' && view.own.length === 0;
  const configurable = kind === 'lobby' || kind === 'preparing' || unprepared || (kind === 'finished' && editing);
  const title = runTitle(view);

  useEffect(() => {
    document.title = `${title} · sparkmesh`;
    return () => {
      document.title = 'sparkmesh';
    };
  }, [title]);

  return (
    <div className="participation">
      <TopBar room={room} client={view.self.number} signalling={signalling} onLeave={onLeave} />
      <main>
        <RunBar view={view} invitation={invitation} editing={editing} onEdit={setEditing} onCommand={onCommand} />
        <Holding share={view.share} backend={view.backend} settings={view.settings} />
        <Talking view={view} highlight={highlight} onHighlight={setHighlight} />
        {configurable ? (
          <SettingsForm
            settings={view.settings}
            clients={view.peers.length + 1}
            datasets={datasets}
            onConfigure={(settings) => onCommand({ type: 'configure', settings })}
            backend={backend}
            onBackend={onBackend}
          />
        ) : (
          <Learning view={view} highlight={highlight} />
        )}
      </main>
      <footer className="small quiet">
        <p role="status">{view.notice}</p>
        <p>{!configurable && describeSettings(view.settings)}</p>
      </footer>
    </div>
  );
}
