/** Frames in both directions over the messages of one data channel: cut, held back, put together, acknowledged. */

import { silent, type Log } from '../log/log.ts';
import { acknowledgement, ChunkError, chunksOf, MESSAGE_BYTES, readAcknowledgement, Reassembler } from './chunks.ts';
import { PeerLostError, type PeerId } from './transport.ts';
import { Window, WINDOW_BYTES } from './window.ts';

/**
 * Sending pauses above the first and is to go on below the second: bytes that wait in the channel, of the 16 MiB it can hold.
 * The second lasts for 30 ms at 30 MB/s, by when a page on a busy machine has its turn again.
 */
export const PAUSE_BYTES = 4 * 1024 * 1024;
export const RESUME_BYTES = 1024 * 1024;

/** What a data channel does: ordered and reliable, or closed. */
export interface MessagePipe {
  /** Copies the message before it returns. */
  send(message: Uint8Array<ArrayBuffer>): void;
  /** Bytes that wait to leave. */
  buffered(): number;
}

/** What ends a send. */
interface Settlement {
  readonly resolve: () => void;
  readonly reject: (error: PeerLostError) => void;
}

interface QueuedFrame extends Settlement {
  readonly length: number;
  readonly chunks: Generator<Uint8Array<ArrayBuffer>, void, undefined>;
}

export class FrameChannel {
  readonly #peer: PeerId;
  readonly #pipe: MessagePipe;
  readonly #deliver: (frame: Uint8Array<ArrayBuffer>) => Promise<void>;
  readonly #largest: () => number;
  readonly #log: Log;
  #closed: string | undefined;

  /** Of one message on its way out: the pipe copies it. */
  readonly #message = new Uint8Array(MESSAGE_BYTES);
  #sequence = 0;
  /** Not yet begun. */
  readonly #queued: QueuedFrame[] = [];
  /** The rest of the frame that is being sent. */
  #chunks: QueuedFrame['chunks'] | undefined;
  /** Begun and not acknowledged, oldest first. */
  readonly #underWay: Settlement[] = [];
  readonly #outgoing = new Window();
  #acknowledged = 0;
  /** Whether frames have been waiting for the window ever since it was full. */
  #isFull = false;

  readonly #incoming = new Window();
  readonly #reassembler = new Reassembler((length) => {
    const most = Math.max(WINDOW_BYTES, this.#largest());
    if (length > most) throw new ChunkError(`Frame of ${length} bytes where none may have more than ${most}.`);
    if (!this.#incoming.admits(length)) {
      throw new ChunkError(`Frame of ${length} bytes beyond the window; have at most ${WINDOW_BYTES} unacknowledged.`);
    }
    this.#incoming.begin(length);
  });
  /** Settles when all frames so far are taken: they are acknowledged in order. */
  #taking: Promise<unknown> = Promise.resolve();
  #taken = 0;

  /**
   * @param deliver told of each whole frame; resolves when it is taken.
   * @param largest bytes that a frame which comes may have now; one that fits the window always may come.
   */
  constructor(
    peer: PeerId,
    pipe: MessagePipe,
    deliver: (frame: Uint8Array<ArrayBuffer>) => Promise<void>,
    largest: () => number,
    log: Log = silent,
  ) {
    this.#peer = peer;
    this.#pipe = pipe;
    this.#deliver = deliver;
    this.#largest = largest;
    this.#log = log;
  }

  /**
   * Sends a frame after those before it; resolves when the other end has acknowledged it.
   * @throws {PeerLostError} when the channel closes before that.
   * @throws {ChunkError} when the frame is longer than any may be.
   */
  async send(frame: Uint8Array<ArrayBuffer>): Promise<void> {
    if (this.#closed !== undefined) throw new PeerLostError(this.#peer, this.#closed);
    const chunks = chunksOf(frame, this.#sequence, this.#message);
    this.#sequence++;
    await new Promise<void>((resolve, reject) => {
      this.#queued.push({ length: frame.length, chunks, resolve, reject });
      this.resume();
    });
  }

  /**
   * Takes the channel's next message, and its buffer for good.
   * @throws {ChunkError} when it cannot come from an end that keeps to the protocol.
   */
  receive(message: Uint8Array): void {
    const count = readAcknowledgement(message);
    if (count !== undefined) return this.#settle(count);
    const frame = this.#reassembler.push(message);
    if (frame) this.#taking = Promise.all([this.#taking, this.#deliver(frame)]).then(() => this.#acknowledge());
  }

  /** Sends what window and channel have room for; to be called when the channel has drained. */
  resume(): void {
    while (this.#closed === undefined && this.#pipe.buffered() <= PAUSE_BYTES) {
      const message = this.#chunks?.next().value ?? this.#begin()?.next().value;
      if (!message) return;
      this.#pipe.send(message);
    }
  }

  /** What is not acknowledged fails. */
  close(reason: string): void {
    if (this.#closed !== undefined) return;
    this.#closed = reason;
    this.#chunks = undefined;
    const lost = new PeerLostError(this.#peer, reason);
    for (const { reject } of [...this.#underWay.splice(0), ...this.#queued.splice(0)]) reject(lost);
  }

  /** The next frame's chunks, if there is one and the window admits it. */
  #begin(): QueuedFrame['chunks'] | undefined {
    this.#chunks = undefined;
    const [next] = this.#queued;
    if (!next) return undefined;
    if (!this.#outgoing.admits(next.length)) {
      if (!this.#isFull)
        this.#log('transport', 'window full', { peer: this.#peer, underWay: this.#underWay.length, waiting: this.#queued.length });
      this.#isFull = true;
      return undefined;
    }
    this.#queued.shift();
    const { length, chunks, resolve, reject } = next;
    this.#outgoing.begin(length);
    this.#underWay.push({ resolve, reject });
    this.#chunks = chunks;
    if (this.#isFull && this.#queued.length === 0) {
      this.#isFull = false;
      this.#log('transport', 'window drained', { peer: this.#peer });
    }
    return chunks;
  }

  #settle(count: number): void {
    const settled = (count - this.#acknowledged) >>> 0;
    if (settled > this.#underWay.length) {
      throw new ChunkError(`Acknowledgement of ${settled} frames where ${this.#underWay.length} are under way.`);
    }
    this.#acknowledged = count;
    for (const { resolve } of this.#underWay.splice(0, settled)) {
      this.#outgoing.end();
      resolve();
    }
    this.resume();
  }

  #acknowledge(): void {
    if (this.#closed !== undefined) return;
    this.#incoming.end();
    this.#taken = (this.#taken + 1) >>> 0;
    this.#pipe.send(acknowledgement(this.#taken));
  }
}
