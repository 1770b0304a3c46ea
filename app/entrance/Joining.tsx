/** Between Join and being in the room. */

import { usePage } from '../usePage.ts';
import './Welcome.css';

const unreachable =
  'The meeting point does not answer; trying again by itself. If this lasts, check your network, or whether the server runs.';

export function Joining() {
  const { room, pair } = usePage(({ address }) => address);
  const signalling = usePage((page) => page.signalling);
  const leave = usePage((page) => page.leave);
  return (
    <main className="welcome">
      <div>
        <h1>{pair ? 'Getting ready' : `Joining room ${room}`} …</h1>
        <p className="lead" role="status">
          {pair
            ? 'Loading what two devices need.'
            : signalling === 'lost'
              ? unreachable
              : 'Connecting to the meeting point, where the tabs of this room find each other.'}
        </p>
        <p className="welcome-join">
          <button type="button" className="action" onClick={leave}>
            Cancel
          </button>
        </p>
      </div>
    </main>
  );
}
