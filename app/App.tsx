import { useEffect, useState } from 'react';
import type { BackendWish } from '../src/backend/backend.ts';
import type { Address } from './address.ts';
import { Joining } from './Joining.tsx';
import { Participation } from './Participation.tsx';
import type { Session, SessionFactory } from './session.ts';
import { useDatasets } from './useDatasets.ts';
import { useSession } from './useSession.ts';
import { Welcome } from './Welcome.tsx';

interface AppProps {
  readonly factory: SessionFactory;
  readonly address: Address;
  /** Reloads this tab with another backend. */
  readonly onBackend: (backend: BackendWish) => void;
}

export function App({ factory, address, onBackend }: AppProps) {
  const [session, setSession] = useState<Session | null>(null);
  const { room } = address;
  if (room === null) return <BadRoom />;
  if (!session) return <Entrance factory={factory} room={room} onJoin={() => setSession(factory.join(room))} />;
  const leave = () => {
    session.leave();
    setSession(null);
  };
  return <Joined factory={factory} session={session} address={address} room={room} onLeave={leave} onBackend={onBackend} />;
}

function BadRoom() {
  return (
    <main className="welcome">
      <div>
        <h1>sparkmesh</h1>
        <p className="lead">
          This link’s room name does not work: use 1 to 64 letters, digits, dots, dashes or underscores.{' '}
          <a href="?room=main">Go to room main</a>
        </p>
      </div>
    </main>
  );
}

function Entrance({ factory, room, onJoin }: { factory: SessionFactory; room: string; onJoin: () => void }) {
  const [present, setPresent] = useState<number | null>(null);
  useEffect(() => factory.watch(room, setPresent), [factory, room]);
  return <Welcome room={room} present={present} onJoin={onJoin} />;
}

interface JoinedProps {
  readonly factory: SessionFactory;
  readonly session: Session;
  readonly address: Address;
  readonly room: string;
  readonly onLeave: () => void;
  readonly onBackend: (backend: BackendWish) => void;
}

function Joined({ factory, session, address, room, onLeave, onBackend }: JoinedProps) {
  const { view, signalling } = useSession(session);
  const datasets = useDatasets(factory);
  if (!view) return <Joining room={room} signalling={signalling} onLeave={onLeave} />;
  return (
    <Participation
      view={view}
      signalling={signalling}
      room={room}
      invitation={address.invitation}
      backend={address.backend}
      datasets={datasets}
      onCommand={(command) => session.command(command)}
      onLeave={onLeave}
      onBackend={onBackend}
    />
  );
}
