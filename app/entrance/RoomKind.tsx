/** Whom the room lets in, and the way to a closed one. */

import { useState } from 'react';
import { closedRoomLink } from '../address.ts';
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
      )}
    </p>
  );
}
