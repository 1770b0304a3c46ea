/** Where tabs find each other: at the signalling server or, where none answers at the first try, in their own browser. */

import { silent, type Log } from '../log/log.ts';
import {
  NoServerError,
  SignallingSession,
  watchServer,
  type Entry,
  type Signalling,
  type SignallingListener,
  type SignallingState,
} from './client.ts';
import type { Member } from './messages.ts';
import { canMeetTabs, TabSignalling, watchTabs } from './tabs.ts';

/** A place in a room, wherever that is; which it is the listener's first state tells. */
export class MeetingPoint implements Signalling {
  readonly joined: Promise<void>;
  #place: Signalling;

  constructor(url: string, entry: Entry, listener: SignallingListener, log: Log = silent) {
    this.#place = new SignallingSession(url, entry, listener, log);
    this.joined = this.#place.joined.catch((error: unknown) => {
      if (!(error instanceof NoServerError) || !canMeetTabs()) throw error;
      this.#place = new TabSignalling(entry, listener, log);
      return this.#place.joined;
    });
  }

  relay(to: Member['id'], payload: string): void {
    this.#place.relay(to, payload);
  }

  close(): void {
    this.#place.close();
  }
}

/**
 * Follows the number of members of `room` without joining it.
 * @param onCount gets every new count with where it is of, and `null` while the server is lost.
 * @returns ends it.
 */
export function watchRoom(url: string, room: string, onCount: (members: number | null, state: SignallingState) => void): () => void {
  let end = watchServer(
    url,
    room,
    (members) => onCount(members, members === null ? 'lost' : 'connected'),
    () => {
      if (!canMeetTabs()) return onCount(null, 'lost');
      end = watchTabs(room, (members) => onCount(members, 'local'));
    },
  );
  return () => end();
}
