/** What tabs and the signalling server say to each other, as JSON text. Of closed rooms the server sees who is there and nothing else. */

import * as v from 'valibot';
import { iceConfigurationEntries } from './iceServers.ts';

export const SIGNAL_PATH = '/signal';

/** Largest message either way, bytes of JSON. An offer has about 750, the presence of a full room about 30,000. */
export const MAX_MESSAGE_BYTES = 64 * 1024;

/** Most members a room can have. */
export const MAX_MEMBERS = 256;

const roomSchema = v.pipe(v.string(), v.regex(/^[A-Za-z0-9._-]{1,64}$/, 'a room name has 1 to 64 of A-Z a-z 0-9 . _ -'));
export const idSchema = v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{8,64}$/, 'a peer id has 8 to 64 of A-Z a-z 0-9 _ -'));
const countSchema = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
export const payloadSchema = v.pipe(v.string(), v.maxLength(32 * 1024));

export const memberSchema = v.strictObject({
  id: idSchema,
  /** The smallest number that was free when it joined, or the one it asked for if that was free. */
  number: countSchema,
  /** Grows with every join to the room: of two members, the one with the larger order came later. */
  order: countSchema,
});

const clientMessageSchema = v.variant('type', [
  /** A visitor asks for the live count of members. */
  v.strictObject({ type: v.literal('watch'), room: roomSchema }),
  /** A client enters; `number` is the one it had before its socket was lost. The answer is `presence`. */
  v.strictObject({ type: v.literal('join'), room: roomSchema, id: idSchema, number: v.optional(countSchema) }),
  /** Ends a `watch` or a `join`; the socket may then enter another room. */
  v.strictObject({ type: v.literal('leave') }),
  /** A member passes text to another member; lost without a word when that one has left. */
  v.strictObject({ type: v.literal('relay'), to: idSchema, payload: payloadSchema }),
]);

const serverMessageSchema = v.variant('type', [
  /** To watchers, at once and on every change. */
  v.strictObject({ type: v.literal('count'), members: countSchema }),
  /** To members, on every change: everyone in the room by ascending number, the receiver included. */
  v.strictObject({ type: v.literal('presence'), members: v.pipe(v.array(memberSchema), v.maxLength(MAX_MEMBERS)) }),
  v.strictObject({ type: v.literal('relay'), from: idSchema, payload: payloadSchema }),
  /** To members, before their first presence, and again before its credentials expire; not at all where there are no servers. */
  v.strictObject({ type: v.literal('ice'), ...iceConfigurationEntries }),
  /** Why the server closes this socket right after. */
  v.strictObject({ type: v.literal('error'), message: v.pipe(v.string(), v.maxLength(1000)) }),
]);

export type Member = v.InferOutput<typeof memberSchema>;
export type ClientMessage = v.InferOutput<typeof clientMessageSchema>;
export type ServerMessage = v.InferOutput<typeof serverMessageSchema>;

export class MessageError extends Error {
  override readonly name = 'MessageError';
}

function parse<const S extends v.GenericSchema>(schema: S, text: string): v.InferOutput<S> {
  if (text.length > MAX_MESSAGE_BYTES) throw new MessageError(`Message of over ${MAX_MESSAGE_BYTES} bytes; send less.`);
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new MessageError('Message is not JSON; send one JSON object a message.');
  }
  const result = v.safeParse(schema, json);
  if (result.success) return result.output;
  const [issue] = result.issues;
  const at = v.getDotPath(issue);
  throw new MessageError(`Message not understood${at ? ` at "${at}"` : ''}: ${issue.message.slice(0, 300)}.`);
}

/** @throws {MessageError} */
export const parseClientMessage = (text: string): ClientMessage => parse(clientMessageSchema, text);

/** @throws {MessageError} */
export const parseServerMessage = (text: string): ServerMessage => parse(serverMessageSchema, text);
