/** Whom the room lets in, and the ways to a closed one and to one without a meeting point. */

import { useState } from 'react';
import { closedRoomLink, pairLink } from '../address.ts';
import { usePage } from '../usePage.ts';

export function RoomKind() {
  const address = usePage((page) => page.address);
  const [closedRoom] = useState(() => (address.secret === null && address.secure ? closedRoomLink(address) : null));
  if (address.secret !== null) {
    return (
      <p className="small door">
        This room is closed: only who has its whole link gets in, and the meeting point cannot read what tabs tell each other there.
      </p>
    );
  }
  if (address.pair) {
    return <p className="small door">Two devices, connected by codes that you carry: no meeting point learns of it.</p>;
  }
  return (
    <p className="small door">
      Anyone who knows the room’s name gets in.
      {closedRoom !== null && (
        <>
          {' '}
          <a className="link" href={closedRoom}>
            Open a closed room
          </a>{' '}
          to let in only who has its link.
        </>
      )}{' '}
      Or{' '}
      <a className="link" href={pairLink(address.href)}>
        connect two devices by hand
      </a>
      , without a meeting point.
    </p>
  );
}
