/** The visitor's side of a closed room's door: gives its name to the keeper whom the link names, and to nobody else. */

import type { PeerId, Transport, TransportEvent } from '../transport/transport.ts';
import { isGenuine } from './doorKey.ts';
import { decodeDoorMessage, encodeDoorMessage, type DoorMessage } from './doorMessages.ts';

/** How far a visitor is. */
export type Visit =
  /** The keeper is not found yet, or not any more. */
  | { readonly kind: 'looking' }
  /** The keeper has the name. */
  | { readonly kind: 'waiting' }
  | { readonly kind: 'admitted'; readonly secret: string }
  | { readonly kind: 'turnedAway' };

export interface VisitorOptions {
  readonly room: string;
  /** Of the keeper's key, as the link has it. */
  readonly fingerprint: string;
  readonly name: string;
  readonly onVisit: (visit: Visit) => void;
}

/** Waits to be greeted over a transport of its own, which it closes in the end. */
export class DoorVisitor {
  #keeper: PeerId | null = null;
  #isAnswered = false;

  constructor(
    private readonly transport: Transport,
    private readonly options: VisitorOptions,
  ) {
    options.onVisit({ kind: 'looking' });
    transport.listen((event) => this.#onEvent(event));
  }

  close(): void {
    this.transport.close();
  }

  #onEvent(event: TransportEvent): Promise<void> | void {
    if (this.#isAnswered) return;
    if (event.type === 'frame') return this.#hear(event.peer, event.frame);
    if (event.type === 'offence') return this.transport.refuse(event.peer);
    if (event.type !== 'close' || event.peer !== this.#keeper) return;
    this.#keeper = null;
    this.options.onVisit({ kind: 'looking' });
  }

  async #hear(peer: PeerId, frame: Uint8Array): Promise<void> {
    const message = decodeDoorMessage(frame);
    if (message?.type === 'greeting') return this.#knock(peer, message);
    if (peer !== this.#keeper || !message || message.type === 'knock') return this.transport.refuse(peer);
    this.#isAnswered = true;
    this.options.onVisit(message.type === 'admitted' ? { kind: 'admitted', secret: message.secret } : { kind: 'turnedAway' });
  }

  async #knock(peer: PeerId, greeting: DoorMessage & { type: 'greeting' }): Promise<void> {
    const { room, fingerprint, name, onVisit } = this.options;
    const isKeeper = await isGenuine(greeting, fingerprint, { room, keeper: peer, visitor: this.transport.self.id });
    if (!isKeeper) return this.transport.refuse(peer);
    this.#keeper = peer;
    onVisit({ kind: 'waiting' });
    this.transport.send(peer, encodeDoorMessage({ type: 'knock', name })).catch(() => undefined);
  }
}
