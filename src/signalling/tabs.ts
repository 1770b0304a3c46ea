/**
 * Signalling without a server, among the tabs of one browser: a lock that each holds (Web Locks) is its name in the room's list, which
 * the browser takes off it however the tab ends, and what they tell each other goes through a BroadcastChannel.
 */

import { silent, type Log } from '../log/log.ts';
import { SignallingError, type Entry, type Signalling, type SignallingListener } from './client.ts';
import { MAX_MEMBERS, type Member } from './messages.ts';
import { isTabMessage, memberOf, memberPrefix, type TabMessage } from './tabMessages.ts';

/** What is used of the browser's locks. */
export interface Locks {
  request<T>(name: string, options: LockOptions, callback: (lock: Lock | null) => T): Promise<Awaited<T>>;
  query(): Promise<LockManagerSnapshot>;
}

const channelOf = (room: string) => `sparkmesh/${room}`;
const numberLock = (room: string, number: number) => `sparkmesh/${room}/number/${number}`;

/** Whether this browser gives the page what tabs need to find each other; it does so over https and on this machine alone. */
export const canMeetTabs = (): boolean => typeof BroadcastChannel !== 'undefined' && typeof navigator.locks !== 'undefined';

interface RoomListener {
  /** Everyone in the room by ascending number, at once and on every change. */
  members(members: readonly Member[]): void;
  relay(from: Member['id'], to: Member['id'], payload: string): void;
}

/** Follows a room, from inside or from outside, until closed. */
class TabRoom {
  readonly #room: string;
  readonly #listener: RoomListener;
  readonly #locks: Locks;
  readonly #channel: BroadcastChannel;
  readonly #end = new AbortController();
  /** Locks of members, whose release is waited for. */
  readonly #watched = new Set<string>();
  /** The list as it was last told of. */
  #told = '';
  /** One thing after another: what a newcomer relays is passed on when the list has it. */
  #turn: Promise<void> = Promise.resolve();

  constructor(room: string, listener: RoomListener, locks: Locks) {
    this.#room = room;
    this.#listener = listener;
    this.#locks = locks;
    this.#channel = new BroadcastChannel(channelOf(room));
    this.#channel.onmessage = ({ data }: MessageEvent<unknown>) => {
      if (isTabMessage(data)) void this.#next(() => this.#take(data));
    };
  }

  post(message: TabMessage): void {
    if (!this.#end.signal.aborted) this.#channel.postMessage(message);
  }

  /** Looks who is there, and tells of it where that is new. */
  look(): Promise<void> {
    return this.#next(() => this.#look());
  }

  close(): void {
    this.#end.abort();
    this.#channel.close();
  }

  #next(step: () => Promise<void> | void): Promise<void> {
    this.#turn = this.#turn.then(() => (this.#end.signal.aborted ? undefined : step()));
    return this.#turn;
  }

  #take(message: TabMessage): Promise<void> | void {
    if (message.type === 'came') return this.#look();
    this.#listener.relay(message.from, message.to, message.payload);
  }

  async #look(): Promise<void> {
    const { held = [] } = await this.#locks.query();
    if (this.#end.signal.aborted) return;
    const members = held
      // Who waits for a member to go has its lock as well, for the moment after.
      .filter(({ mode }) => mode === 'exclusive')
      .flatMap(({ name }) => {
        const member = name === undefined ? null : memberOf(this.#room, name);
        if (member && name !== undefined) this.#watch(name);
        return member ?? [];
      })
      .sort((a, b) => a.number - b.number);
    const list = JSON.stringify(members);
    if (list === this.#told) return;
    this.#told = list;
    this.#listener.members(members);
  }

  /** Looks again when nobody holds the lock any more. */
  #watch(name: string): void {
    if (this.#watched.has(name)) return;
    this.#watched.add(name);
    const { signal } = this.#end;
    const isGone = () => {
      this.#watched.delete(name);
      void this.look();
    };
    this.#locks.request(name, { mode: 'shared', signal }, isGone).catch((error: unknown) => {
      if (!signal.aborted) throw error;
    });
  }
}

/** A place in a room of this browser's tabs, until closed or the tab ends. */
export class TabSignalling implements Signalling {
  readonly joined: Promise<void>;
  readonly #id: Member['id'];
  readonly #room: TabRoom;
  readonly #locks: Locks;
  /** Held locks are let go when this resolves. */
  readonly #left: Promise<void>;
  #leave: () => void = () => undefined;

  constructor({ room, id, number: wanted }: Entry, listener: SignallingListener, log: Log = silent, locks: Locks = navigator.locks) {
    this.#id = id;
    this.#locks = locks;
    this.#left = new Promise((resolve) => (this.#leave = resolve));
    this.#room = new TabRoom(
      room,
      {
        members(members) {
          log('signalling', 'presence', { members: members.map((member) => member.id) });
          listener.presence(members);
        },
        relay(from, to, payload) {
          if (to === id) listener.relay(from, payload);
        },
      },
      locks,
    );
    this.joined = this.#enter(room, wanted).then((number) => {
      log('signalling', 'is in a room of this browser', { room, id, number });
      listener.state('local');
      return this.#room.look();
    });
  }

  relay(to: Member['id'], payload: string): void {
    this.#room.post({ type: 'relay', from: this.#id, to, payload });
  }

  close(): void {
    this.#room.close();
    this.#leave();
  }

  /** Takes a number, and its place in the list. @returns the number. */
  async #enter(room: string, wanted: number | null): Promise<number> {
    const number = await this.#takeNumber(room, wanted);
    // By the clock that all tabs of a browser share; of two at one moment the number decides.
    const member: Member = { id: this.#id, number, order: Date.now() * MAX_MEMBERS + number };
    await this.#hold(memberPrefix(room) + JSON.stringify(member));
    this.#room.post({ type: 'came' });
    return number;
  }

  /** Takes the wanted number or the smallest that is free, which a lock makes sure of. */
  async #takeNumber(room: string, wanted: number | null): Promise<number> {
    if (wanted !== null && wanted < MAX_MEMBERS && (await this.#hold(numberLock(room, wanted)))) return wanted;
    for (let number = 0; number < MAX_MEMBERS; number++) if (await this.#hold(numberLock(room, number))) return number;
    throw new SignallingError(`Room "${room}" has its ${MAX_MEMBERS} members; use another room.`);
  }

  /** Takes a lock and keeps it until this tab has left. @returns whether nobody else had it. */
  #hold(name: string): Promise<boolean> {
    return new Promise((resolve, reject) => {
      const keep = (lock: Lock | null) => {
        resolve(lock !== null);
        return lock ? this.#left : undefined;
      };
      this.#locks.request(name, { ifAvailable: true }, keep).catch(reject);
    });
  }
}

/** Follows the number of this browser's tabs in a room without joining it. @returns ends it. */
export function watchTabs(room: string, onCount: (members: number) => void, locks: Locks = navigator.locks): () => void {
  const followed = new TabRoom(room, { members: ({ length }) => onCount(length), relay: () => undefined }, locks);
  void followed.look();
  return () => followed.close();
}
