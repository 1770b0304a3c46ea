/** The rooms of a signalling server: who is there, with which number, and who came later. It knows no sockets. */

import { MessageError, type ClientMessage, type ServerMessage } from './messages.ts';

export interface RoomLimits {
  readonly rooms: number;
  /** Members a room. */
  readonly members: number;
  /**
   * Least time between two announcements of a room, ms a member: what comes and goes meanwhile is announced together. Without it
   * somebody who comes and goes would have a full room's presence sent to everyone each time.
   */
  readonly announceMs: number;
}

/** Whoever can be told something. */
export interface Guest {
  send(message: ServerMessage): void;
}

interface Seat {
  readonly guest: Guest;
  readonly id: string;
  readonly number: number;
  readonly order: number;
}

interface Room {
  readonly name: string;
  readonly members: Map<string, Seat>;
  readonly watchers: Set<Guest>;
  nextOrder: number;
  /** Runs until the next announcement may be made. */
  pause: ReturnType<typeof setTimeout> | null;
  /** Whether something has changed meanwhile. */
  isStale: boolean;
}

export type Place =
  | { readonly kind: 'nowhere' }
  | { readonly kind: 'watcher'; readonly room: Room }
  | { readonly kind: 'member'; readonly room: Room; readonly id: string };

export class Rooms {
  readonly #limits: RoomLimits;
  readonly #rooms = new Map<string, Room>();

  constructor(limits: RoomLimits) {
    this.#limits = limits;
  }

  /** @throws {MessageError} when there are too many rooms. */
  watch(guest: Guest, name: string): Place {
    const room = this.#enter(name);
    room.watchers.add(guest);
    guest.send({ type: 'count', members: room.members.size });
    return { kind: 'watcher', room };
  }

  /** @throws {MessageError} when there are too many rooms or members, or the id is there already. */
  join(guest: Guest, { room: name, id, number: wanted }: ClientMessage & { type: 'join' }): Place {
    const room = this.#enter(name);
    if (room.members.has(id)) throw new MessageError(`Peer ${id} is already in room "${name}"; try again when it has left.`);
    const { members } = this.#limits;
    if (room.members.size >= members) throw new MessageError(`Room "${name}" has its ${members} members; use another room.`);
    const taken = new Set(Array.from(room.members.values(), (seat) => seat.number));
    let number = 0;
    while (taken.has(number)) number++;
    if (wanted !== undefined && wanted < members && !taken.has(wanted)) number = wanted;
    room.members.set(id, { guest, id, number, order: room.nextOrder++ });
    this.#changed(room);
    return { kind: 'member', room, id };
  }

  leave(guest: Guest, place: Place): void {
    if (place.kind === 'nowhere') return;
    const { room } = place;
    if (place.kind === 'watcher') room.watchers.delete(guest);
    else room.members.delete(place.id);
    if (room.members.size + room.watchers.size === 0) this.#end(room);
    else if (place.kind === 'member') this.#changed(room);
  }

  /** Passes text on; lost without a word when the receiver is not there. @throws {MessageError} for one who is no member. */
  relay(place: Place, to: string, payload: string): void {
    if (place.kind !== 'member') throw new MessageError('Only members relay; join a room first.');
    place.room.members.get(to)?.guest.send({ type: 'relay', from: place.id, payload });
  }

  close(): void {
    for (const room of this.#rooms.values()) this.#end(room);
  }

  #enter(name: string): Room {
    const known = this.#rooms.get(name);
    if (known) return known;
    if (this.#rooms.size >= this.#limits.rooms) {
      throw new MessageError(`All ${this.#limits.rooms} rooms are in use; join one, or try later.`);
    }
    const room: Room = { name, members: new Map(), watchers: new Set(), nextOrder: 0, pause: null, isStale: false };
    this.#rooms.set(name, room);
    return room;
  }

  #end(room: Room): void {
    if (room.pause !== null) clearTimeout(room.pause);
    this.#rooms.delete(room.name);
  }

  /** Announces who is there, now or when the pause after the last time is over. */
  #changed(room: Room): void {
    room.isStale = true;
    if (room.pause !== null) return;
    room.isStale = false;
    const members = [...room.members.values()].map(({ id, number, order }) => ({ id, number, order })).sort((a, b) => a.number - b.number);
    room.pause = setTimeout(() => {
      room.pause = null;
      if (room.isStale) this.#changed(room);
    }, members.length * this.#limits.announceMs);
    for (const { guest } of room.members.values()) guest.send({ type: 'presence', members });
    for (const watcher of room.watchers) watcher.send({ type: 'count', members: members.length });
  }
}
