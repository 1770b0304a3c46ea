/** The keeper's side of a closed room's door: who asks to come in, by the names that they give, and the secret for those whom the keeper lets in. */

import type { PeerId, Presence, Transport, TransportEvent } from '../transport/transport.ts';
import type { DoorKey } from './doorKey.ts';
import { decodeDoorMessage, encodeDoorMessage, type DoorMessage } from './doorMessages.ts';

/** Most whom the keeper has a channel to at once: those who came first. */
export const MAX_AT_DOOR = 32;

/** Somebody who asks to come in. */
export interface Caller {
  readonly id: PeerId;
  readonly name: string;
}

export interface KeeperOptions {
  readonly room: string;
  readonly key: DoorKey;
  /** Of the room behind the door. */
  readonly secret: string;
  /** Told of everyone who asks, the first first, whenever that changes. */
  readonly onCallers: (callers: readonly Caller[]) => void;
}

/** Greets everyone at the door over a transport of theirs alone, which it closes in the end. */
export class DoorKeeper {
  readonly #callers = new Map<PeerId, Caller>();
  /** Everyone who has asked: once for each stay. */
  readonly #heard = new Set<PeerId>();
  readonly #refused = new Set<PeerId>();

  constructor(
    private readonly transport: Transport,
    private readonly options: KeeperOptions,
  ) {
    transport.listen((event) => this.#onEvent(event));
  }

  admit(id: PeerId): void {
    this.#answer(id, { type: 'admitted', secret: this.options.secret });
  }

  turnAway(id: PeerId): void {
    this.#answer(id, { type: 'turnedAway' });
    this.#refuse(id);
  }

  close(): void {
    this.transport.close();
  }

  #onEvent(event: TransportEvent): Promise<void> | void {
    switch (event.type) {
      case 'presence':
        return this.#reach(event.members);
      case 'open':
        return this.#greet(event.peer);
      case 'close':
        return this.#forget(event.peer);
      case 'offence':
        return this.#refuse(event.peer);
      case 'frame':
        return this.#hear(event.peer, event.frame);
    }
  }

  /** Visitors dial nobody, so that they do not meet each other. */
  #reach(members: readonly Presence[]): void {
    const others = members.filter(({ id }) => id !== this.transport.self.id && !this.#refused.has(id));
    this.transport.want(others.slice(0, MAX_AT_DOOR).map(({ id }) => id));
  }

  async #greet(visitor: PeerId): Promise<void> {
    const { room, key } = this.options;
    this.#send(visitor, { type: 'greeting', ...(await key.greet({ room, keeper: this.transport.self.id, visitor })) });
  }

  #hear(id: PeerId, frame: Uint8Array): void {
    const message = decodeDoorMessage(frame);
    if (message?.type !== 'knock' || this.#heard.has(id)) return this.#refuse(id);
    this.#heard.add(id);
    this.#callers.set(id, { id, name: message.name });
    this.#tell();
  }

  #answer(id: PeerId, message: DoorMessage): void {
    this.#send(id, message);
    this.#forget(id);
  }

  #refuse(id: PeerId): void {
    this.#refused.add(id);
    this.transport.refuse(id);
  }

  #forget(id: PeerId): void {
    if (this.#callers.delete(id)) this.#tell();
  }

  #tell(): void {
    this.options.onCallers([...this.#callers.values()]);
  }

  #send(to: PeerId, message: DoorMessage): void {
    // Who has gone meanwhile comes again.
    this.transport.send(to, encodeDoorMessage(message)).catch(() => undefined);
  }
}
