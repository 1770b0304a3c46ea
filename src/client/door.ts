/** The page's ends of a closed room's door, at either side of it. */

import { DoorKey } from '../door/doorKey.ts';
import { DoorKeeper, type Caller } from '../door/keeper.ts';
import { DoorVisitor, type Visit } from '../door/visitor.ts';
import type { LogTopic } from '../log/log.ts';
import { joinRoom } from '../transport/webrtc.ts';
import { consoleLog } from './consoleLog.ts';
import { DOOR_NAME } from './keptDoor.ts';
import { findSignalling, iceServers } from './meeting.ts';

export interface KeepRequest {
  readonly room: string;
  /** Of the room behind the door. */
  readonly secret: string;
  readonly log: readonly LogTopic[];
  readonly onCallers: (callers: readonly Caller[]) => void;
}

/** A door that is kept. */
export interface KeptDoor {
  /** Of its key: the fragment of its link. */
  readonly fingerprint: string;
  admit(id: string): void;
  turnAway(id: string): void;
  close(): void;
}

export interface KnockRequest {
  readonly room: string;
  readonly fingerprint: string;
  readonly name: string;
  readonly log: readonly LogTopic[];
  readonly onVisit: (visit: Visit) => void;
}

/** Enters a door's own room: it has the name of the one behind, and the fingerprint in place of the secret. */
const enter = (room: string, fingerprint: string, log: readonly LogTopic[]) =>
  joinRoom({ signallingUrl: findSignalling(), room, secret: fingerprint, iceServers, log: consoleLog(log) });

/** The key with which this tab has kept the room's door before it was loaded again, or a new one, which it keeps for that. */
async function keyOf(room: string): Promise<DoorKey> {
  const name = DOOR_NAME + room;
  const kept = sessionStorage.getItem(name);
  if (kept !== null) return DoorKey.from(kept);
  const key = await DoorKey.make();
  sessionStorage.setItem(name, await key.text());
  return key;
}

/**
 * Keeps a door to the room until it is closed, over reloads of this tab.
 * @throws {SignallingError} when there is no meeting point.
 */
export async function keepDoor({ room, secret, log, onCallers }: KeepRequest): Promise<KeptDoor> {
  const key = await keyOf(room);
  const keeper = new DoorKeeper(await enter(room, key.fingerprint, log), { room, key, secret, onCallers });
  return {
    fingerprint: key.fingerprint,
    admit: (id) => keeper.admit(id),
    turnAway: (id) => keeper.turnAway(id),
    close: () => keeper.close(),
  };
}

/**
 * Asks at a room's door. @returns how to leave it.
 * @throws {SignallingError} when there is no meeting point.
 */
export async function knock({ log, ...options }: KnockRequest): Promise<() => void> {
  const visitor = new DoorVisitor(await enter(options.room, options.fingerprint, log), options);
  return () => visitor.close();
}
