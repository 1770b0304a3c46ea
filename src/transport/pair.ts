/**
 * Frames between two devices that no server has brought together: people carry an offer one way and its answer the other. When the
 * connection breaks, the inviter makes another offer.
 */

import { silent, type Log } from '../log/log.ts';
import { EventQueue } from './eventQueue.ts';
import { decodePairCode, encodePairCode, PairCodeError, type PairMessage } from './pairCode.ts';
import { LINGER_MS, PeerConnection, requireWebRtc } from './peerConnection.ts';
import { randomId } from './randomId.ts';
import { PeerLostError, type PeerId, type Presence, type Transport, type TransportListener } from './transport.ts';

/** How far two devices are from having a channel. */
export type Pairing =
  /** This end's code is being made. */
  | { readonly kind: 'preparing' }
  /** The other device opens a link with this offer, and its answer comes back. */
  | { readonly kind: 'offers'; readonly code: string }
  /** This goes back to the device that invites. */
  | { readonly kind: 'answers'; readonly code: string }
  | { readonly kind: 'connected' }
  /** It takes another link to go on. */
  | { readonly kind: 'over'; readonly why: string };

export interface PairOptions {
  /** What the link of the inviting device has; null to invite. */
  readonly offer: string | null;
  readonly iceServers?: readonly RTCIceServer[];
  /** Told of every change. */
  readonly onPairing?: (pairing: Pairing) => void;
  readonly log?: Log;
}

/** How long people may take to carry an answer, ms. */
const CARRYING_MS = 15 * 60_000;

/** How long after an attempt has failed the next is made, ms. */
const RETRY_MS = 1000;

export class PairTransport implements Transport {
  /** Settles when this end knows its id. @throws {PairCodeError} when the offer is none. */
  readonly joined: Promise<void>;
  readonly #options: Required<Omit<PairOptions, 'offer'>>;
  readonly #events = new EventQueue();
  #self: Presence = { id: randomId(), number: 0 };
  /** Of the attempt or the channel that there is. */
  #other: Presence | null = null;
  #connection: PeerConnection | null = null;
  #isOpen = false;
  /** Bytes of the largest frame that may come. */
  #largest = 0;
  /** Whether no other attempt is made. */
  #isOver = false;
  #refusal: ReturnType<typeof setTimeout> | undefined;
  #retry: ReturnType<typeof setTimeout> | undefined;

  constructor({ offer, iceServers = [], onPairing = () => undefined, log = silent }: PairOptions) {
    this.#options = { iceServers, onPairing, log };
    addEventListener('pagehide', this.#onPageHide);
    onPairing({ kind: 'preparing' });
    this.joined = offer === null ? Promise.resolve(this.#invite()) : this.#accept(offer);
  }

  get self(): Presence {
    return this.#self;
  }

  listen(listener: TransportListener): void {
    this.#events.listen(listener);
  }

  /** There is one other, and a channel to it as soon as people have brought it about. */
  want(): void {}

  admit(bytes: number): void {
    this.#largest = Math.max(this.#largest, bytes);
  }

  async send(peer: PeerId, frame: Uint8Array<ArrayBuffer>): Promise<void> {
    if (!this.#isOpen || !this.#connection || peer !== this.#other?.id) throw new PeerLostError(peer, 'no channel is open');
    await this.#connection.send(frame);
  }

  refuse(): void {
    this.#isOver = true;
    this.#refusal ??= setTimeout(() => this.#connection?.close('disconnected by this client'), LINGER_MS);
  }

  close(): void {
    this.#isOver = true;
    this.#events.end();
    clearTimeout(this.#refusal);
    clearTimeout(this.#retry);
    removeEventListener('pagehide', this.#onPageHide);
    this.#connection?.close('this client has left the room');
  }

  /**
   * Takes the answer that people have brought.
   * @throws {PairCodeError} when it is none, or one to an earlier offer.
   */
  async takeAnswer(text: string): Promise<void> {
    const { from, to, sdp } = await decodePairCode(text, 'answer');
    if (to !== this.#self.id || from !== this.#other?.id || this.#isOpen) {
      throw new PairCodeError('That answers another link; open the link that is shown now on the other device, and bring its answer.');
    }
    this.#connection?.signal({ type: 'answer', sdp });
  }

  readonly #onPageHide = () => this.close();

  #invite(): void {
    const other = { id: randomId(), number: 1 };
    this.#connect(other, 'offer');
  }

  async #accept(code: string): Promise<void> {
    const { from, to, sdp } = await decodePairCode(code, 'offer');
    this.#self = { id: to, number: 1 };
    this.#connect({ id: from, number: 0 }, 'answer').signal({ type: 'offer', sdp });
  }

  #connect(other: Presence, type: PairMessage['type']): PeerConnection {
    const { iceServers, log } = this.#options;
    this.#other = other;
    const connection = new PeerConnection(
      {
        peer: other.id,
        initiator: type === 'offer',
        ice: { iceServers: [...iceServers] },
        log,
        patienceMs: CARRYING_MS,
        largestFrame: () => this.#largest,
        byHand: true,
      },
      {
        signal: (signal) => {
          if (signal.type === type) void this.#show({ type, from: this.#self.id, to: other.id, sdp: signal.sdp });
        },
        open: () => {
          this.#isOpen = true;
          this.#emitPresence();
          this.#events.emit({ type: 'open', peer: other.id });
          this.#options.onPairing({ kind: 'connected' });
        },
        frame: (frame) => this.#events.deliver(other.id, frame),
        offence: (why) => this.#events.emit({ type: 'offence', peer: other.id, why }),
        close: (reason) => this.#onClosed(other, reason),
      },
    );
    this.#connection = connection;
    this.#emitPresence();
    return connection;
  }

  async #show(message: PairMessage): Promise<void> {
    const code = await encodePairCode(message);
    // The connection may have come to an end meanwhile.
    if (this.#other?.id === message.to) this.#options.onPairing({ kind: message.type === 'offer' ? 'offers' : 'answers', code });
  }

  #onClosed(other: Presence, reason: string): void {
    const wasOpen = this.#isOpen;
    this.#isOpen = false;
    this.#other = null;
    if (wasOpen) {
      this.#events.emit({ type: 'close', peer: other.id, reason });
      this.#emitPresence();
    }
    // Who was invited needs a new link; who invites has one.
    if (this.#isOver || this.#self.number !== 0) return this.#options.onPairing({ kind: 'over', why: reason });
    this.#options.onPairing({ kind: 'preparing' });
    this.#retry = setTimeout(() => this.#invite(), RETRY_MS);
  }

  #emitPresence(): void {
    const members = [this.#self, ...(this.#isOpen && this.#other ? [this.#other] : [])].sort((a, b) => a.number - b.number);
    this.#events.emit({ type: 'presence', members });
  }
}

/**
 * Brings two devices together by codes that people carry.
 * @throws {PairCodeError} when the offer is none.
 */
export async function pairUp(options: PairOptions): Promise<PairTransport> {
  requireWebRtc();
  const transport = new PairTransport(options);
  try {
    await transport.joined;
  } catch (error) {
    transport.close();
    throw error;
  }
  return transport;
}
