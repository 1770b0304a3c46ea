/** A channel's messages, each in memory of its own. */

import { chunksOf, MESSAGE_BYTES } from '../transport/chunks.ts';

/** The messages of the channel's frame number `sequence`, for who keeps them or changes them. */
export const messagesOf = (frame: Uint8Array, sequence: number): Uint8Array<ArrayBuffer>[] =>
  Array.from(chunksOf(frame, sequence, new Uint8Array(MESSAGE_BYTES)), (message) => message.slice());
