/**
 * Frames cut into the messages of a data channel. Each message is a header of three little-endian uint32 (the frame's place in
 * the sequence, the frame's length, this chunk's offset in it) and the chunk. Channels are ordered and reliable, so the header
 * does not repair anything: it proves that sender and receiver agree, and a message that does not fit ends the channel.
 * A message of four bytes, shorter than any header, acknowledges: how many of the other end's frames have been taken, as uint32.
 */

import { release } from './release.ts';
import { MAX_FRAME_BYTES } from './transport.ts';

/** Bytes of the largest message. Larger ones gain nothing between Chromiums, and other browsers may refuse them. */
export const MESSAGE_BYTES = 64 * 1024;

const HEADER_BYTES = 12;
/** Bytes of an acknowledgement. Every frame taken causes one. */
export const ACK_BYTES = 4;
const CHUNK_BYTES = MESSAGE_BYTES - HEADER_BYTES;

export class ChunkError extends Error {
  override readonly name = 'ChunkError';
}

/** The bytes that a frame of this many bytes puts on the channel, headers included. An empty frame is one bare header. */
export function wireBytes(frameLength: number): number {
  return frameLength + HEADER_BYTES * Math.max(1, Math.ceil(frameLength / CHUNK_BYTES));
}

/**
 * The messages of the channel's frame number `sequence` (from 0, modulo 2³²), in the order to send them.
 * @param memory where all of them are put, of MESSAGE_BYTES: each is gone when the next is asked for.
 * @throws {ChunkError} when the frame is longer than MAX_FRAME_BYTES.
 */
export function chunksOf(
  frame: Uint8Array,
  sequence: number,
  memory: Uint8Array<ArrayBuffer>,
): Generator<Uint8Array<ArrayBuffer>, void, undefined> {
  if (frame.length > MAX_FRAME_BYTES) {
    throw new ChunkError(`A frame of ${frame.length} bytes is too long; send at most ${MAX_FRAME_BYTES} at once.`);
  }
  return cut(frame, sequence, memory);
}

function* cut(frame: Uint8Array, sequence: number, memory: Uint8Array<ArrayBuffer>): Generator<Uint8Array<ArrayBuffer>, void, undefined> {
  let offset = 0;
  do {
    const chunk = frame.subarray(offset, offset + CHUNK_BYTES);
    const message = memory.subarray(0, HEADER_BYTES + chunk.length);
    const header = new DataView(memory.buffer, memory.byteOffset);
    header.setUint32(0, sequence, true);
    header.setUint32(4, frame.length, true);
    header.setUint32(8, offset, true);
    message.set(chunk, HEADER_BYTES);
    yield message;
    offset += chunk.length;
  } while (offset < frame.length);
}

/** @param taken how many frames have been taken so far, modulo 2³². */
export function acknowledgement(taken: number): Uint8Array<ArrayBuffer> {
  const message = new Uint8Array(ACK_BYTES);
  new DataView(message.buffer).setUint32(0, taken, true);
  return message;
}

/** @returns how many frames the other end has taken so far, modulo 2³², or nothing if this message carries a chunk. */
export function readAcknowledgement(message: Uint8Array): number | undefined {
  if (message.length !== ACK_BYTES) return undefined;
  return new DataView(message.buffer, message.byteOffset).getUint32(0, true);
}

/**
 * Puts the messages of one channel together again. What it keeps is what has arrived, whatever length a frame has announced: the
 * memory of the whole is taken when all of it is here. After an error it is of no further use.
 */
export class Reassembler {
  #sequence = 0;
  /** Of the frame that has begun. */
  #length: number | undefined;
  #chunks: Uint8Array[] = [];
  #received = 0;

  /** @param begin told the length of each frame that begins, before anything of it is kept; throws to refuse it. */
  constructor(private readonly begin: (length: number) => void = () => undefined) {}

  /**
   * Takes the channel's next message, and its buffer for good.
   * @returns the frame that it completes, if it does.
   * @throws {ChunkError} when it is not the message that has to come next.
   */
  push(message: Uint8Array): Uint8Array<ArrayBuffer> | undefined {
    if (message.length < HEADER_BYTES) throw new ChunkError(`Message of ${message.length} bytes, less than its header.`);
    const header = new DataView(message.buffer, message.byteOffset, HEADER_BYTES);
    const [sequence, length, offset] = [header.getUint32(0, true), header.getUint32(4, true), header.getUint32(8, true)];
    if (length > MAX_FRAME_BYTES) throw new ChunkError(`Frame of ${length} bytes announced; send at most ${MAX_FRAME_BYTES}.`);
    if (sequence !== this.#sequence || offset !== this.#received || length !== (this.#length ?? length)) {
      throw new ChunkError(
        `Chunk ${offset}/${length} of frame ${sequence} came where ${this.#received}/${this.#length ?? 'any'} of frame ` +
          `${this.#sequence} is due.`,
      );
    }
    const expected = Math.min(CHUNK_BYTES, length - offset);
    const chunk = message.subarray(HEADER_BYTES);
    if (chunk.length !== expected) throw new ChunkError(`Chunk of ${chunk.length} bytes where ${expected} are due.`);
    if (this.#length === undefined) this.begin(length);
    this.#length = length;
    this.#chunks.push(chunk);
    this.#received += chunk.length;
    return this.#received < length ? undefined : this.#end();
  }

  #end(): Uint8Array<ArrayBuffer> {
    const frame = new Uint8Array(this.#received);
    let offset = 0;
    for (const chunk of this.#chunks) {
      frame.set(chunk, offset);
      offset += chunk.length;
      release(chunk);
    }
    this.#chunks = [];
    this.#length = undefined;
    this.#received = 0;
    this.#sequence = (this.#sequence + 1) >>> 0;
    return frame;
  }
}
