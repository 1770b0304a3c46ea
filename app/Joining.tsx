import type { SignallingStatus } from './session.ts';
import './Welcome.css';

const unreachable =
  'The meeting point does not answer; trying again by itself. If this lasts, check your network, or whether the server runs.';

/** Between Join and being in the room. */
export function Joining({ room, signalling, onLeave }: { room: string; signalling: SignallingStatus; onLeave: () => void }) {
  return (
    <main className="welcome">
      <div>
        <h1>Joining room {room} …</h1>
        <p className="lead" role="status">
          {signalling === 'lost' ? unreachable : 'Connecting to the meeting point, where the tabs of this room find each other.'}
        </p>
        <p className="welcome-join">
          <button type="button" className="action" onClick={onLeave}>
            Cancel
          </button>
        </p>
      </div>
    </main>
  );
}
