/** What keeper and visitor say to each other at a door, as frames of JSON. */

import * as v from 'valibot';
import { isSecret } from '../signalling/seal.ts';

/** Bytes of the largest: a name of characters that take four each, with room to spare. */
const MAX_BYTES = 1024;

/** Of a visitor's name, characters. */
export const MAX_NAME = 40;

const base64Url = (length: number) => v.pipe(v.string(), v.regex(new RegExp(`^[A-Za-z0-9_-]{${length}}$`)));

/** A name as a person gives it: printable, without blanks around it. */
const nameSchema = v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(MAX_NAME), v.regex(/^[^\p{C}]+$/u));

const doorMessageSchema = v.variant('type', [
  /** First, from the keeper: who it is. */
  v.strictObject({ type: v.literal('greeting'), key: base64Url(87), signature: base64Url(86) }),
  /** The visitor's answer to it. */
  v.strictObject({ type: v.literal('knock'), name: nameSchema }),
  /** From the keeper: the secret of the room behind the door. */
  v.strictObject({ type: v.literal('admitted'), secret: v.pipe(v.string(), v.check(isSecret)) }),
  v.strictObject({ type: v.literal('turnedAway') }),
]);

export type DoorMessage = v.InferOutput<typeof doorMessageSchema>;

export const encodeDoorMessage = (message: DoorMessage): Uint8Array<ArrayBuffer> => new TextEncoder().encode(JSON.stringify(message));

/** @returns null for what is none. */
export function decodeDoorMessage(frame: Uint8Array): DoorMessage | null {
  if (frame.byteLength > MAX_BYTES) return null;
  try {
    const { success, output } = v.safeParse(doorMessageSchema, JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(frame)));
    return success ? output : null;
  } catch {
    return null;
  }
}
