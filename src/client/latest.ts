/** What everyone in a room has said of itself, of each member the latest: passed on from client to client, so that all hear it. */

import type { PeerId } from '../transport/transport.ts';

/** Something that a member says of itself. `version`: how often it has. */
export interface Told {
  readonly peer: PeerId;
  readonly version: number;
}

/** No room has more members. */
const MAX_MEMBERS = 1024;

export class Latest<T extends Told> {
  readonly #told = new Map<PeerId, T>();

  /** Everyone's, for whom a channel opens to. */
  all(): readonly T[] {
    return [...this.#told.values()];
  }

  of(peer: PeerId): T | undefined {
    return this.#told.get(peer);
  }

  /** Takes note of what was heard. @returns whether it is news, to be passed on. */
  hear(heard: T): boolean {
    const known = this.#told.get(heard.peer);
    if (known ? known.version >= heard.version : this.#told.size >= MAX_MEMBERS) return false;
    this.#told.set(heard.peer, heard);
    return true;
  }

  /** The version of what a client says of itself next. */
  nextVersion(self: PeerId): number {
    return (this.#told.get(self)?.version ?? 0) + 1;
  }

  /** Forgets one that has left. */
  forget(peer: PeerId): void {
    this.#told.delete(peer);
  }
}
