/** What messages are put together from: fields and arrays, each with how it is written and how it is read and checked. */

import * as v from 'valibot';
import { MAX_SAMPLES } from '../settings/settings.ts';
import type { EightBits } from './eightBits.ts';
import { ProtocolError } from './frame.ts';
import type { MessageReader } from './reader.ts';
import type { RunShape } from './shape.ts';

/** Takes what a message has. */
export interface MessageWriter {
  field(name: string, value: unknown): void;
  floats(name: string, values: Float32Array, eightBits: EightBits): void;
  bytes(name: string, values: Uint8Array): void;
}

/** A member of a message, called `name` there and, if it is one field or array, in the frame. */
export interface Part<T> {
  readonly write: (value: T, name: string, to: MessageWriter) => void;
  /** @throws {ProtocolError} when the frame has not got it, or not as it must be. */
  readonly read: (name: string, from: MessageReader) => T;
  /** Bytes of its numbers at most, whatever form they travel in. */
  readonly most: (shape: RunShape) => number;
}

/** Parts by the names of the members that they make. */
export type Parts<T> = { readonly [Name in keyof T]: Part<T[Name]> };

/** A field of the frame's JSON. */
export function field<S extends v.GenericSchema>(schema: S): Part<v.InferOutput<S>> {
  return { write: (value, name, to) => to.field(name, value), read: (name, from) => from.field(name, schema), most: () => 0 };
}

/** A vector of a size that the run knows. */
export function floats(size: (shape: RunShape) => number, eightBits: EightBits = 'plain'): Part<Float32Array> {
  return {
    write: (values, name, to) => to.floats(name, values, eightBits),
    read: (name, from) => from.floats(name, size(from.shape), eightBits),
    most: (shape) => 4 * size(shape),
  };
}

/** A matrix with a row for each sample; all of a message have the same samples. */
export function rows(width: (shape: RunShape) => number, eightBits: EightBits = 'plain'): Part<Float32Array> {
  return {
    write: (values, name, to) => to.floats(name, values, eightBits),
    read: (name, from) => from.rows(name, width(from.shape), eightBits),
    most: (shape) => 4 * MAX_SAMPLES * width(shape),
  };
}

/** Such a matrix for each width: `name0`, `name1`, .. in the frame. */
export function layers(widths: (shape: RunShape) => readonly number[], eightBits: EightBits): Part<readonly Float32Array[]> {
  return {
    write: (matrices, name, to) => matrices.forEach((values, l) => to.floats(`${name}${l}`, values, eightBits)),
    read: (name, from) => widths(from.shape).map((width, l) => from.rows(`${name}${l}`, width, eightBits)),
    most: (shape) => 4 * MAX_SAMPLES * widths(shape).reduce((sum, width) => sum + width, 0),
  };
}

/** A class of each sample. */
export const labels: Part<Uint8Array> = {
  write: (values, name, to) => to.bytes(name, values),
  read: (name, from) => from.labels(name, from.shape.classes),
  most: () => MAX_SAMPLES,
};

/** An array that is there where the run and round say so, and null elsewhere. */
export function where<T>(holds: (place: Pick<MessageReader, 'shape' | 'round'>) => boolean, part: Part<T>): Part<T | null> {
  return {
    write: (value, name, to) => value !== null && part.write(value, name, to),
    read: (name, from) => (holds(from) ? part.read(name, from) : null),
    most: part.most,
  };
}

/** An array that is there where its sender has sent one. */
export function optional<T>(part: Part<T>): Part<T | null> {
  return {
    write: (value, name, to) => value !== null && part.write(value, name, to),
    read: (name, from) => (from.has(name) ? part.read(name, from) : null),
    most: part.most,
  };
}

/** A part with a check of what was read, which throws. */
export function checked<T>(part: Part<T>, check: (value: T, from: MessageReader) => void): Part<T> {
  return {
    write: part.write,
    read: (name, from) => {
      const value = part.read(name, from);
      check(value, from);
      return value;
    },
    most: part.most,
  };
}

/** An object of these members, which stand in the frame by their own names. */
export function together<T extends object>(parts: Parts<T>): Part<T> {
  return {
    write: (value, _, to) => {
      for (const name in parts) parts[name].write(value[name], name, to);
    },
    read: (_, from) => {
      const read: Partial<T> = {};
      for (const name in parts) read[name] = parts[name].read(name, from);
      if (isWhole(read, parts)) return read;
      throw new ProtocolError('A message lacks a part.');
    },
    most: (shape) => {
      let most = 0;
      for (const name in parts) most += parts[name].most(shape);
      return most;
    },
  };
}

function isWhole<T extends object>(some: Partial<T>, parts: Parts<T>): some is T {
  return Object.keys(parts).every((name) => name in some);
}
