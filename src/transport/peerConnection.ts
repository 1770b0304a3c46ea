/** One WebRTC connection to a peer, from the first signal to its close. */

import SimplePeer from 'simple-peer';
import * as v from 'valibot';
import type { Log } from '../log/log.ts';
import { ChunkError } from './chunks.ts';
import { FrameChannel, RESUME_BYTES } from './frameChannel.ts';
import { connectionSignalSchema, type ConnectionSignal } from './relayed.ts';
import type { PeerId } from './transport.ts';

/** How long what was sent before a channel is closed has to arrive, ms. */
export const LINGER_MS = 500;

export interface PeerConnectionOptions {
  readonly peer: PeerId;
  /** Whether this end makes the offer and the channel. */
  readonly initiator: boolean;
  /** STUN and TURN servers, and whether they alone are used. */
  readonly ice: RTCConfiguration;
  readonly log: Log;
  /** A connection not open by then is given up, ms. */
  readonly patienceMs: number;
  /** Bytes that a frame which comes may have now. */
  readonly largestFrame: () => number;
  /** Whether people carry the signals: then one with all candidates goes each way. */
  readonly byHand?: boolean;
}

export interface PeerConnectionListener {
  signal(signal: ConnectionSignal): void;
  open(): void;
  /** Resolves when the frame is taken. */
  frame(frame: Uint8Array<ArrayBuffer>): Promise<void>;
  /** Once, when the other end does not keep to the protocol; nothing is heard of it after. */
  offence(why: string): void;
  /** Once, whichever end or accident closed it; nothing comes after. */
  close(reason: string): void;
}

/** @throws where the browser has none. */
export function requireWebRtc(): void {
  if (!SimplePeer.WEBRTC_SUPPORT) throw new Error('This browser has no WebRTC; use a current Chrome, Edge, Firefox or Safari.');
}

/** simple-peer does not say when its channel has drained; the channel does. */
function channelOf(connection: SimplePeer.Instance): RTCDataChannel {
  const channel: unknown = Reflect.get(connection, '_channel');
  if (!(channel instanceof RTCDataChannel)) throw new TypeError('simple-peer hides its data channel; use version 9.');
  return channel;
}

export class PeerConnection {
  readonly #listener: PeerConnectionListener;
  readonly #connection: SimplePeer.Instance;
  readonly #openingTimer: ReturnType<typeof setTimeout>;
  readonly #frames: FrameChannel;
  #closed: string | undefined;
  #hasOffended = false;

  constructor(options: PeerConnectionOptions, listener: PeerConnectionListener) {
    const { peer, initiator, ice, log, patienceMs, largestFrame, byHand = false } = options;
    this.#listener = listener;
    // Object mode keeps the borders of messages; without a config, simple-peer asks public servers for this machine's address.
    this.#connection = new SimplePeer({ initiator, config: ice, objectMode: true, trickle: !byHand });
    this.#frames = new FrameChannel(
      peer,
      { send: (message) => this.#send(message), buffered: () => this.#connection.bufferSize },
      (frame) => listener.frame(frame),
      largestFrame,
      log,
    );
    this.#openingTimer = setTimeout(() => this.close('no connection in time'), patienceMs);
    this.#connection
      .on('signal', (data) => {
        if (this.#closed === undefined && v.is(connectionSignalSchema, data)) listener.signal(data);
      })
      .on('iceStateChange', (connection: string, gathering: string) => log('transport', 'ice', { peer, connection, gathering }))
      .on('connect', () => this.#open())
      // The other end's closing can arrive as an error of the channel.
      .on('error', (error) => {
        this.close('code' in error && error.code === 'ERR_DATA_CHANNEL' ? 'closed by the other end' : error.message);
      })
      .on('close', () => this.close('closed by the other end'));
  }

  /** Takes what the other end's `signal` gave. */
  signal(signal: ConnectionSignal): void {
    if (this.#closed !== undefined) return;
    // As text, because simple-peer's types want the browser's class for a candidate where it takes the plain form.
    this.#connection.signal(JSON.stringify(signal));
  }

  /** Once open, sends a frame as {@link FrameChannel.send} does. */
  send(frame: Uint8Array<ArrayBuffer>): Promise<void> {
    return this.#frames.send(frame);
  }

  close(reason: string): void {
    if (this.#closed !== undefined) return;
    this.#closed = reason;
    clearTimeout(this.#openingTimer);
    this.#connection.destroy();
    this.#frames.close(reason);
    this.#listener.close(reason);
  }

  #open(): void {
    if (this.#closed !== undefined) return;
    clearTimeout(this.#openingTimer);
    const channel = channelOf(this.#connection);
    channel.bufferedAmountLowThreshold = RESUME_BYTES;
    channel.addEventListener('bufferedamountlow', () => this.#frames.resume());
    this.#listener.open();
    // Only now: what the other end has sent meanwhile waits in the stream and comes after `open`.
    this.#connection.on('data', (message: unknown) => this.#receive(message));
  }

  #send(message: Uint8Array<ArrayBuffer>): void {
    if (this.#connection.connected) this.#connection.send(message);
    else this.close('closed by the other end');
  }

  #receive(message: unknown): void {
    if (this.#closed !== undefined || this.#hasOffended) return;
    try {
      if (!(message instanceof Uint8Array)) throw new ChunkError('Message is text; frames are binary.');
      this.#frames.receive(message);
    } catch (error) {
      if (!(error instanceof ChunkError)) throw error;
      this.#hasOffended = true;
      this.#listener.offence(error.message);
    }
  }
}
