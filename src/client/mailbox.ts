/** A client's letters: channels that are open, messages in and out of frames, what waits for a channel, and every byte counted. */
import { decodeMessage, encodeMessage, MissingBaseError } from '../protocol/codec.ts';
import { ProtocolError } from '../protocol/frame.ts';
import type { Purpose } from '../protocol/declaration.ts';
import { declarations, type Message } from '../protocol/messages.ts';
import type { Wire } from '../protocol/wire.ts';
import { ACK_BYTES, wireBytes } from '../transport/chunks.ts';
import { release } from '../transport/release.ts';
import { PeerLostError, type PeerId, type Transport } from '../transport/transport.ts';
import { ByteCounters } from './bytes.ts';

/**
 * Frames of one purpose to one peer that may wait to be taken, a few rounds' worth: who stands still for longer is sent no more but control.
 * Of one purpose, lest many rounds that are summed up at once, as who they waited for has left, hold up the round under way.
 */
const MAX_UNTAKEN = 64;

const purposeOf = (message: Message): Purpose => declarations[message.type].terms.purpose;
/** The most that is kept of what comes while our samples still load, bytes. */
const MAX_EARLY_BYTES = 64 * 1024 * 1024;

/** What a frame turned out to be; `none`: nothing for now, and nobody's fault. */
export type Received =
  | { readonly kind: 'message'; readonly message: Message }
  | { readonly kind: 'none' }
  | { readonly kind: 'rejected'; readonly why: string };

interface Early {
  readonly peer: PeerId;
  readonly frame: Uint8Array<ArrayBuffer>;
}

/** What the mailbox needs of the client around it. */
export interface MailboxHost {
  /** Whether the peer is in the room, so that a channel to it may still open. */
  isHere(peer: PeerId): boolean;
  /** Told that a message cannot reach the peer. */
  lost(peer: PeerId): void;
  failed(error: unknown): void;
}

export class Mailbox {
  readonly bytes = new ByteCounters();
  readonly #open = new Set<PeerId>();
  /** Peers whose channel was open and has closed. */
  readonly #lost = new Set<PeerId>();
  readonly #outbox = new Map<PeerId, Message[]>();
  /** How many frames of each purpose each peer has not taken yet. */
  readonly #untaken = new Map<PeerId, Map<Purpose, number>>();
  /** Frames of a run that this client will be in as soon as its samples are here. */
  #early: Early[] = [];
  /** The run's, while this client is in one. */
  #wire: Wire | null = null;

  constructor(
    private readonly transport: Pick<Transport, 'send' | 'admit'>,
    private readonly host: MailboxHost,
  ) {}

  get wire(): Wire | null {
    return this.#wire;
  }

  isOpen(peer: PeerId): boolean {
    return this.#open.has(peer);
  }

  /** Those with whom a channel is open. */
  channels(): Iterable<PeerId> {
    return this.#open;
  }

  isLost(peer: PeerId): boolean {
    return this.#lost.has(peer);
  }

  /** Sends the greeting, then what waited for the channel. */
  opened(peer: PeerId, greeting: Message): void {
    this.#open.add(peer);
    this.#lost.delete(peer);
    this.send(peer, greeting);
    const waited = this.#outbox.get(peer) ?? [];
    this.#outbox.delete(peer);
    for (const message of waited) this.send(peer, message);
  }

  /** Takes note that the channel has closed or its peer has left: nobody knows what arrived before. */
  closed(peer: PeerId): void {
    if (this.#open.delete(peer)) this.#lost.add(peer);
    this.#outbox.delete(peer);
    this.#untaken.delete(peer);
    this.#wire?.forget(peer);
  }

  /** Queues a message, until the channel opens if need be; none but control to a peer that has long taken nothing. */
  send(to: PeerId, message: Message): void {
    const purpose = purposeOf(message);
    const waiting = this.#outbox.get(to) ?? [];
    const untaken = this.#untaken.get(to) ?? new Map<Purpose, number>();
    const ahead = waiting.filter((other) => purposeOf(other) === purpose).length + (untaken.get(purpose) ?? 0);
    if (ahead >= MAX_UNTAKEN && purpose !== 'control') return;
    if (!this.#open.has(to)) {
      if (this.host.isHere(to)) this.#outbox.set(to, [...waiting, message]);
      else this.host.lost(to);
      return;
    }
    const frame = this.#wire ? this.#wire.encode(message, to) : encodeMessage(message, 'f16');
    this.bytes.countSent(to, message.type, wireBytes(frame.length));
    this.#untaken.set(to, untaken.set(purpose, (untaken.get(purpose) ?? 0) + 1));
    this.transport.send(to, frame).then(
      () => {
        this.bytes.countReceived(to, 'ack', ACK_BYTES);
        untaken.set(purpose, (untaken.get(purpose) ?? 0) - 1);
      },
      (error: unknown) => (error instanceof PeerLostError ? this.host.lost(to) : this.host.failed(error)),
    );
  }

  /** Sends to everyone whose channel is open. @param except who said so: it knows. */
  broadcast(message: Message, except?: PeerId): void {
    for (const peer of this.#open) if (peer !== except) this.send(peer, message);
  }

  /** Counts a frame that has arrived, which its channel acknowledges. */
  acknowledge(peer: PeerId): void {
    this.bytes.countSent(peer, 'ack', ACK_BYTES);
  }

  /** Reads a frame, whose memory it gives back. @param isLoading whether this client will be in the run soon: what is not for now is kept for then. */
  read(peer: PeerId, frame: Uint8Array<ArrayBuffer>, isLoading: boolean): Received {
    const received = this.#decode(peer, frame);
    if (received.kind === 'none' && isLoading) this.#keep({ peer, frame });
    else release(frame);
    return received;
  }

  #decode(peer: PeerId, frame: Uint8Array<ArrayBuffer>): Received {
    try {
      const message = this.#wire ? this.#wire.decode(frame, peer) : decodeMessage(frame, null);
      if (message) {
        this.bytes.countReceived(peer, message.type, wireBytes(frame.length));
        return { kind: 'message', message };
      }
      return { kind: 'none' };
    } catch (error) {
      if (error instanceof MissingBaseError) {
        this.bytes.countReceived(peer, error.answer.of, wireBytes(frame.length));
        this.send(peer, error.answer);
        return { kind: 'none' };
      }
      if (!(error instanceof ProtocolError)) throw error;
      return { kind: 'rejected', why: error.message };
    }
  }

  /** Speaks the run's wire from now on, and lets its largest messages come. */
  enter(wire: Wire): void {
    this.transport.admit(wire.largestFrame);
    this.#wire = wire;
  }

  /** Lets come what is kept of a run that this client will be in. */
  expectEarly(): void {
    this.transport.admit(MAX_EARLY_BYTES);
  }

  /** @returns what came too early for the run that this client is in now, in its order. */
  takeEarly(): readonly Early[] {
    return this.#early.splice(0);
  }

  /** Speaks of no run any more. */
  leave(): void {
    this.#wire = null;
    this.#early = [];
  }

  #keep(early: Early): void {
    const kept = this.#early.reduce((sum, { frame }) => sum + frame.length, 0);
    if (kept + early.frame.length <= MAX_EARLY_BYTES) this.#early.push(early);
  }
}
