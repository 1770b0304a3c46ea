import type { SignallingStatus } from './session.ts';

interface TopBarProps {
  readonly room: string;
  readonly client: number;
  readonly signalling: SignallingStatus;
  readonly onLeave: () => void;
}

/** Where I am and who I am. */
export function TopBar({ room, client, signalling, onLeave }: TopBarProps) {
  return (
    <header className="top-bar">
      <h1>sparkmesh</h1>
      <p>room {room}</p>
      <p className="me">
        <span className="wide">you are </span>client <strong data-testid="client-number">{client}</strong>
      </p>
      <p className="meeting" role="status">
        {signalling === 'connecting' && 'Connecting to the meeting point …'}
        {signalling === 'lost' && (
          <>
            <span aria-hidden="true">⚠ </span>
            Meeting point lost: open connections go on, but nobody new can join until it is back.
          </>
        )}
      </p>
      <button type="button" className="link" onClick={onLeave}>
        Leave
      </button>
    </header>
  );
}
