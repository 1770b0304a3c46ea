/** The declaration of a message: once, for its type, its encoder and decoder, its rounding and the accounts of its bytes. */

import type { MessageReader } from './reader.ts';
import { together, type MessageWriter, type Parts } from './parts.ts';
import type { RunShape } from './shape.ts';

/** Training bytes are the method's own cost. */
export type Purpose = 'training' | 'evaluation' | 'control';

/** What a message is for, whatever it carries. */
export interface Terms {
  readonly purpose: Purpose;
  /** Who acts on it: the asking side of a round, the owner of the samples, the evaluation after it, or the room's register. */
  readonly takenBy: 'round' | 'owner' | 'evaluation' | 'room';
  /** Whether it carries something made of samples, or asks for it: such has no place where neighbours exchange weights alone. */
  readonly ofSamples?: true;
  /** The phase of a round in which its sender waits for the answer; a receiver that has none declines. */
  readonly phase?: 'mix' | 'linearise' | 'step';
  /** The message that it answers: it is a cost of the asker's round, not of its sender's. */
  readonly answers?: string;
  /** What its streams of random numbers are called, if not as the message. */
  readonly stream?: string;
}

export interface Declaration<Message, Of extends Terms = Terms> {
  readonly terms: Of;
  /** Whether it belongs to a run, which it names. */
  readonly isOfRun: boolean;
  readonly write: (message: Message, to: MessageWriter) => void;
  /** @throws {ProtocolError} when what the frame has is not such a message. */
  readonly read: (from: MessageReader) => Message;
  /** Bytes of its arrays at most in a run of this shape, whatever form numbers travel in. */
  readonly most: (shape: RunShape) => number;
}

/**
 * Declares the message of this type.
 * @param carries its members but `type`, in the order in which they travel; one called `run` makes it a message of a run.
 * @example
 * const cheer = declare('cheer', { purpose: 'control', takenBy: 'room' }, { words: field(v.pipe(v.string(), v.maxLength(80))) });
 */
export function declare<const Type extends string, const Of extends Terms, Carried extends object>(
  type: Type,
  terms: Of,
  carries: Parts<Carried>,
): { readonly type: Type } & Declaration<Readonly<{ type: Type } & Carried>, Of> {
  const all = together(carries);
  return {
    type,
    terms,
    isOfRun: 'run' in carries,
    write: (message, to) => all.write(message, type, to),
    read: (from) => ({ type, ...all.read(type, from) }),
    most: all.most,
  };
}
