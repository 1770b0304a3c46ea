import SimplePeer from 'simple-peer';
import * as v from 'valibot';
import { ChunkError, chunksOf, Reassembler } from './chunks.ts';
import { PeerLostError, type PeerId } from './transport.ts';

/** One WebRTC connection to a peer, from the first signal to its close, and the frames on its data channel. */

/** What the two ends of a connection have to tell each other before they have one. */
export const connectionSignalSchema = v.variant('type', [
  v.strictObject({ type: v.picklist(['offer', 'answer']), sdp: v.pipe(v.string(), v.maxLength(16 * 1024)) }),
  v.strictObject({
    type: v.literal('candidate'),
    candidate: v.strictObject({
      candidate: v.pipe(v.string(), v.maxLength(1024)),
      sdpMLineIndex: v.pipe(v.number(), v.integer()),
      sdpMid: v.pipe(v.string(), v.maxLength(64)),
    }),
  }),
]);

export type ConnectionSignal = v.InferOutput<typeof connectionSignalSchema>;

/** A connection not open by then is given up. */
const OPENING_TIMEOUT_MS = 20_000;

/** Sending pauses above the first and goes on below the second: bytes that wait in the channel, of the 16 MiB it can hold. */
const PAUSE_BYTES = 1024 * 1024;
const RESUME_BYTES = 256 * 1024;

export interface PeerConnectionListener {
  signal(signal: ConnectionSignal): void;
  open(): void;
  frame(frame: Uint8Array<ArrayBuffer>): void;
  /** Once, whichever end or accident closed it; nothing comes after. */
  close(reason: string): void;
}

/** simple-peer does not say when its channel has drained; the channel does. */
function channelOf(connection: SimplePeer.Instance): RTCDataChannel {
  const channel: unknown = Reflect.get(connection, '_channel');
  if (!(channel instanceof RTCDataChannel)) throw new TypeError('simple-peer hides its data channel; use version 9.');
  return channel;
}

export class PeerConnection {
  readonly #peer: PeerId;
  readonly #listener: PeerConnectionListener;
  readonly #connection: SimplePeer.Instance;
  readonly #openingTimer: ReturnType<typeof setTimeout>;
  readonly #reassembler = new Reassembler();
  #channel: RTCDataChannel | undefined;
  #sequence = 0;
  /** Settles when all frames so far are sent or lost. */
  #sending: Promise<void> = Promise.resolve();
  /** Ends the pause of the frame being sent. */
  #resume: (() => void) | undefined;
  #closed: string | undefined;

  constructor(peer: PeerId, initiator: boolean, iceServers: RTCIceServer[], listener: PeerConnectionListener) {
    this.#peer = peer;
    this.#listener = listener;
    // Object mode keeps the borders of messages; without a config, simple-peer asks public servers for this machine's address.
    this.#connection = new SimplePeer({ initiator, config: { iceServers }, objectMode: true });
    this.#openingTimer = setTimeout(() => this.close('no connection in time'), OPENING_TIMEOUT_MS);
    this.#connection
      .on('signal', (data) => {
        if (this.#closed === undefined && v.is(connectionSignalSchema, data)) listener.signal(data);
      })
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

  /**
   * Once open, sends a frame after those before it. Resolves when the channel has taken its last byte; the frame must not
   * change before that.
   * @throws {PeerLostError} when the connection closes before that.
   */
  send(frame: Uint8Array<ArrayBuffer>): Promise<void> {
    const sent = this.#sending.then(() => this.#sendChunks(frame));
    this.#sending = sent.catch(() => undefined);
    return sent;
  }

  close(reason: string): void {
    if (this.#closed !== undefined) return;
    this.#closed = reason;
    clearTimeout(this.#openingTimer);
    this.#connection.destroy();
    this.#resume?.();
    this.#listener.close(reason);
  }

  #open(): void {
    if (this.#closed !== undefined) return;
    clearTimeout(this.#openingTimer);
    this.#channel = channelOf(this.#connection);
    this.#channel.bufferedAmountLowThreshold = RESUME_BYTES;
    this.#channel.addEventListener('bufferedamountlow', () => this.#resume?.());
    this.#listener.open();
    // Only now: what the other end has sent meanwhile waits in the stream and comes after `open`.
    this.#connection.on('data', (message: unknown) => this.#receive(message));
  }

  #receive(message: unknown): void {
    if (this.#closed !== undefined) return;
    try {
      if (!(message instanceof Uint8Array)) throw new ChunkError('Message is text; frames are binary.');
      const frame = this.#reassembler.push(message);
      if (frame) this.#listener.frame(frame);
    } catch (error) {
      if (!(error instanceof ChunkError)) throw error;
      this.close(error.message);
    }
  }

  async #sendChunks(frame: Uint8Array<ArrayBuffer>): Promise<void> {
    for (const message of chunksOf(frame, this.#sequence)) {
      while (this.#closed === undefined && (this.#channel?.bufferedAmount ?? 0) > PAUSE_BYTES) {
        await new Promise<void>((resolve) => (this.#resume = resolve));
      }
      if (!this.#connection.connected) this.close('closed by the other end');
      if (this.#closed !== undefined) throw new PeerLostError(this.#peer, this.#closed);
      this.#connection.send(message);
    }
    this.#sequence++;
  }
}
