/** Where I am and who I am. */

import './TopBar.css';
import { noServer } from './entrance/NoServer.tsx';
import { Doorbell } from './panels/door/Doorbell.tsx';
import { usePage, useView } from './usePage.ts';

export function TopBar() {
  const { room, secret } = usePage(({ address }) => address);
  const signalling = usePage((page) => page.signalling);
  const isApart = usePage(({ pairing }) => pairing !== null && pairing.kind !== 'connected');
  const isLearning = useView(({ run }) => run !== null);
  const leave = usePage((page) => page.leave);
  const client = useView(({ self }) => self.number);
  return (
    <header className="top-bar">
      <h1>sparkmesh</h1>
      <p>
        {secret !== null && 'closed '}room {room}
      </p>
      <p className="me">
        <span className="wide">you are </span>client <strong data-testid="client-number">{client}</strong>
      </p>
      <p className="meeting" role="status">
        {signalling === 'connecting' && 'Connecting to the meeting point …'}
        {isApart && isLearning && 'The other device is lost; leave, and connect it anew to go on together.'}
        {signalling === 'local' && noServer}
        {signalling === 'lost' && (
          <>
            <span aria-hidden="true">⚠ </span>
            Meeting point lost: open connections go on, but nobody new can join until it is back.
          </>
        )}
      </p>
      <button type="button" className="link" onClick={leave}>
        Leave
      </button>
      <Doorbell />
    </header>
  );
}
