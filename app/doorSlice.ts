/** The part of the page's store at the door of a closed room: kept from the room behind it, asked at from outside. */

import type { Caller } from '../src/door/keeper.ts';
import type { Visit } from '../src/door/visitor.ts';
import type { KeptDoor } from '../src/client/door.ts';
import { behindDoor, doorLink, type Address } from './address.ts';
import type { Doors } from './session.ts';
import { reasonOf } from './reasonOf.ts';

/** The door of the room that this tab is in. */
export type Door =
  | { readonly kind: 'none' }
  | { readonly kind: 'opening' }
  | { readonly kind: 'kept'; readonly link: string; readonly callers: readonly Caller[] }
  | { readonly kind: 'failed'; readonly why: string };

/** How far this tab is at a room's door; `naming` before it has asked. */
export type Knocking =
  | { readonly kind: 'naming' }
  | { readonly kind: Exclude<Visit['kind'], 'admitted'>; readonly name: string }
  | { readonly kind: 'failed'; readonly why: string };

export interface DoorSlice {
  readonly keptDoor: Door;
  readonly knocking: Knocking;
  /** Has everyone who is invited from now on ask this tab by name. */
  readonly keepDoor: () => void;
  /** Does so again where this tab did before it was loaded again. */
  readonly resumeDoor: () => void;
  /** Has no door any more; its links lead nowhere. */
  readonly closeDoor: () => void;
  readonly admit: (id: string) => void;
  readonly turnAway: (id: string) => void;
  /** Asks at the door that the address names. */
  readonly knock: (name: string) => void;
  readonly stopKnocking: () => void;
  /** Keeps no door in this room for now, as this tab leaves it. */
  readonly leaveDoor: () => void;
}

export interface DoorHost {
  readonly address: () => Address;
  readonly doors: Doors;
  /** Goes where the door leads. */
  readonly enter: (href: string) => void;
}

export function createDoorSlice(
  set: (change: Partial<Pick<DoorSlice, 'keptDoor' | 'knocking'>>) => void,
  get: () => DoorSlice,
  { address, doors, enter }: DoorHost,
): DoorSlice {
  let kept: KeptDoor | null = null;
  let leave: (() => void) | null = null;
  /** Ends what is waited for when there is something else to wait for. */
  let attempt = 0;

  const leaveDoor = () => {
    attempt++;
    kept?.close();
    kept = null;
    set({ keptDoor: { kind: 'none' } });
  };

  const stopKnocking = () => {
    attempt++;
    leave?.();
    leave = null;
    set({ knocking: { kind: 'naming' } });
  };

  return {
    keptDoor: { kind: 'none' },
    knocking: { kind: 'naming' },
    keepDoor: () => {
      const here = address();
      const { room, secret, log } = here;
      if (secret === null) return;
      const mine = ++attempt;
      set({ keptDoor: { kind: 'opening' } });
      const onCallers = (callers: readonly Caller[]) => {
        const { keptDoor } = get();
        if (mine === attempt && keptDoor.kind === 'kept') set({ keptDoor: { ...keptDoor, callers } });
      };
      doors.keepDoor({ room, secret, log, onCallers }).then(
        (door) => {
          if (mine !== attempt) return door.close();
          kept = door;
          set({ keptDoor: { kind: 'kept', link: doorLink(here, door.fingerprint), callers: [] } });
        },
        (error: unknown) => mine === attempt && set({ keptDoor: { kind: 'failed', why: reasonOf(error) } }),
      );
    },
    resumeDoor: () => {
      const { room, secret } = address();
      if (secret !== null && doors.keepsDoor(room)) get().keepDoor();
    },
    closeDoor: () => {
      doors.forgetDoor(address().room);
      leaveDoor();
    },
    leaveDoor,
    admit: (id) => kept?.admit(id),
    turnAway: (id) => kept?.turnAway(id),
    knock: (name) => {
      const here = address();
      const { room, door, log } = here;
      if (door === null) return;
      const mine = ++attempt;
      set({ knocking: { kind: 'looking', name } });
      const onVisit = (visit: Visit) => {
        if (mine !== attempt) return;
        if (visit.kind === 'admitted') return enter(behindDoor(here, visit.secret));
        set({ knocking: { kind: visit.kind, name } });
      };
      doors.knock({ room, fingerprint: door, name, log, onVisit }).then(
        (gone) => {
          if (mine !== attempt) return gone();
          leave = gone;
        },
        (error: unknown) => mine === attempt && set({ knocking: { kind: 'failed', why: reasonOf(error) } }),
      );
    },
    stopKnocking,
  };
}
