/** How people come into this room: by its link, or, of a closed room, by asking at the door that this tab keeps. */

import { Invitation } from '../../ui/Invitation.tsx';
import { usePage } from '../../usePage.ts';
import './Inviting.css';

function DoorSwitch() {
  const door = usePage((page) => page.keptDoor);
  const keepDoor = usePage((page) => page.keepDoor);
  const closeDoor = usePage((page) => page.closeDoor);
  return (
    <>
      <label className="small door-switch">
        <input
          type="checkbox"
          checked={door.kind === 'opening' || door.kind === 'kept'}
          onChange={({ target }) => (target.checked ? keepDoor() : closeDoor())}
        />
        Ask me before anyone comes in
      </label>
      {door.kind === 'failed' && (
        <p role="alert" className="small">
          {door.why}
        </p>
      )}
    </>
  );
}

export function Inviting() {
  const link = usePage(({ address, keptDoor }) => (keptDoor.kind === 'kept' ? keptDoor.link : address.invitation));
  const isClosed = usePage(({ address }) => address.secret !== null);
  const isLocal = usePage(({ signalling }) => signalling === 'local');
  return (
    <div className="inviting">
      <Invitation link={link} forCameras={!isLocal} />
      {isClosed && <DoorSwitch />}
    </div>
  );
}
