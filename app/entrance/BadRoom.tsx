/** What a link shows that leads to no room. */

import type { BadAddress } from '../address.ts';
import './Welcome.css';

const sentences: Readonly<Record<BadAddress, string>> = {
  room: 'This link’s room name does not work: use 1 to 64 letters, digits, dots, dashes or underscores.',
  secret: 'This room is closed, and the link lacks its secret, the part after #: ask whoever invited you for the whole link.',
  plain: 'This room is closed, and its secret is of use only over https: open the link with https instead of http.',
};

export function BadRoom({ problem }: { problem: BadAddress }) {
  return (
    <main className="welcome">
      <div>
        <h1>sparkmesh</h1>
        <p className="lead">
          {sentences[problem]}{' '}
          <a className="link" href="?room=main">
            Go to room main
          </a>
        </p>
      </div>
    </main>
  );
}
