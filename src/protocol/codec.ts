/** Messages as frames, and frames as messages: by their declarations. */

import * as v from 'valibot';
import { whole } from '../settings/bounds.ts';
import type { Declaration } from './declaration.ts';
import type { EightBits } from './eightBits.ts';
import { decodeFrame, encodeFrame, MAX_BESIDES, ProtocolError, type FloatForm, type FrameArray, type VectorUpdate } from './frame.ts';
import { declarations, declinable, messages, runId, type DeclineMessage, type Message, type MessageKind } from './messages.ts';
import type { MessageWriter } from './parts.ts';
import { MessageReader } from './reader.ts';
import type { RunShape } from './shape.ts';

/** A message with a vector that builds on one which its receiver does not have. The sender's to mend, once it has the answer. */
export class MissingBaseError extends Error {
  override readonly name = 'MissingBaseError';
  constructor(readonly answer: DeclineMessage) {
    super(`The message '${answer.of}' of round ${answer.round} builds on a vector that never arrived.`);
  }
}

/** What travels in an array's place, e.g. the array in 8 bits. */
export type Rounded = (array: Float32Array, name: string, eightBits: EightBits) => FrameArray;

/** Makes a vector of an update; null without its base. */
export type Rebuild = (update: VectorUpdate<Float32Array>, name: string, eightBits: EightBits) => Float32Array | null;

/** @param form that floats travel in. */
export function encodeMessage(message: Message, form: FloatForm, rounded: Rounded = (array) => array): Uint8Array<ArrayBuffer> {
  const fields: Record<string, unknown> = { type: message.type };
  const arrays: Record<string, FrameArray> = {};
  write(message.type, message, {
    field: (name, value) => (fields[name] = value),
    floats: (name, values, eightBits) => (arrays[name] = rounded(values, name, eightBits)),
    bytes: (name, values) => (arrays[name] = values),
  });
  return encodeFrame({ fields, arrays }, form);
}

function write<Kind extends MessageKind>(kind: Kind, message: Message<Kind>, to: MessageWriter): void {
  declarations[kind].write(message, to);
}

/** Whether a message of a run of this shape has a place there. */
const hasPlace = ({ terms }: Pick<Declaration<unknown>, 'terms'>, { features }: RunShape) => !terms.ofSamples || features !== null;

/** Bytes that no frame of a run of this shape exceeds, nor one of no run. */
export function largestFrame(shape: RunShape): number {
  const all = Object.values(declarations).filter((declaration) => hasPlace(declaration, shape));
  return MAX_BESIDES + Math.max(...all.map(({ most }) => most(shape)));
}

/** What decides how the rest of a message is read. */
const headSchema = v.looseObject({
  type: v.picklist(Object.values(messages).map(({ type }) => type)),
  run: v.optional(runId),
  round: v.optional(whole),
});

/**
 * Reads one frame: first of what type, run and round the message is, and then its parts, of arrays their kind and length before
 * memory is taken for them.
 * @param shape the current run's; null outside a run, when only messages of no run are understood.
 * @param isInRun whether the sender is in the current run.
 * @returns null for a message of another run, or of one that is not in it: out of date or ahead of the register, nobody's fault.
 * @throws {ProtocolError} when the frame or message is not what a client of this run could have sent.
 * @throws {MissingBaseError} when `rebuild` has no base for an update.
 */
export function decodeMessage(
  frame: Uint8Array,
  shape: RunShape | null,
  isInRun: () => boolean = () => true,
  rebuild: Rebuild = () => null,
): Message | null {
  const parts = decodeFrame(frame);
  const head = v.safeParse(headSchema, parts.fields);
  if (!head.success) {
    const [issue] = head.issues;
    throw new ProtocolError(`A message has a wrong field '${v.getDotPath(issue) ?? 'type'}': ${issue.message}.`);
  }
  const { type, run, round } = head.output;
  const { isOfRun, read } = declarations[type];
  if (isOfRun) {
    if (run === undefined) throw new ProtocolError(`A '${type}' message does not say of which run it is.`);
    if (run !== shape?.run || !isInRun()) return null;
    if (!hasPlace(declarations[type], shape)) {
      throw new ProtocolError(`A '${type}' message has no place in a run whose neighbours exchange weights alone.`);
    }
  }
  const reader = new MessageReader(type, parts, {
    shape: isOfRun ? shape : null,
    round: round ?? null,
    rebuild: (update, name, eightBits) => {
      const vector = rebuild(update, name, eightBits);
      if (vector) return vector;
      if (run === undefined || round === undefined || !v.is(declinable, type)) {
        throw new ProtocolError(`A '${type}' message builds on a vector that never arrived.`);
      }
      throw new MissingBaseError({ type: 'decline', run, round, of: type });
    },
  });
  const message = read(reader);
  reader.end();
  return message;
}
