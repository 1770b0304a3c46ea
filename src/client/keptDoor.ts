/** Whether this tab keeps the door of a room, which it goes on with when it is loaded again. */

/** Before a room's name, under which a tab's session store has the key of its door. */
export const DOOR_NAME = 'sparkmesh-door ';

export function keepsDoor(room: string): boolean {
  try {
    return sessionStorage.getItem(DOOR_NAME + room) !== null;
  } catch {
    return false;
  }
}

/** The next time there is no door, and the links of this one lead nowhere. */
export const forgetDoor = (room: string): void => sessionStorage.removeItem(DOOR_NAME + room);
