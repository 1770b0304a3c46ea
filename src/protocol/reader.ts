/**
 * Takes a message out of its frame part by part; what is left over at the end is an error. Of each array kind and length are
 * checked before memory is taken for its values.
 */

import * as v from 'valibot';
import { MAX_SAMPLES } from '../settings/settings.ts';
import type { EightBits } from './eightBits.ts';
import { ProtocolError, type PackedArray, type PackedParts, type VectorUpdate } from './frame.ts';
import type { RunShape } from './shape.ts';

/** What the parts of a message are read by. */
export interface ReadingContext {
  /** Of the run that the message belongs to; null for one of none. */
  readonly shape: RunShape | null;
  /** Of the round that the message belongs to; null for one of none. */
  readonly round: number | null;
  /** Makes a vector of an update, or throws. */
  readonly rebuild: (update: VectorUpdate<Float32Array>, name: string, eightBits: EightBits) => Float32Array;
}

export class MessageReader {
  readonly #fields: Map<string, unknown>;
  readonly #arrays: Map<string, PackedArray>;
  /** n, once an array has said it. */
  #samples: number | null = null;

  constructor(
    private readonly type: string,
    { fields, arrays }: PackedParts,
    private readonly context: ReadingContext,
  ) {
    this.#fields = new Map(Object.entries(fields));
    this.#fields.delete('type');
    this.#arrays = new Map(Object.entries(arrays));
  }

  get shape(): RunShape {
    return this.context.shape ?? this.#fail('belongs to no run, so that nobody knows its sizes');
  }

  get round(): number {
    return this.context.round ?? this.#fail('belongs to no round');
  }

  has(array: string): boolean {
    return this.#arrays.has(array);
  }

  field<S extends v.GenericSchema>(name: string, schema: S): v.InferOutput<S> {
    const parsed = v.safeParse(schema, this.#fields.get(name));
    this.#fields.delete(name);
    if (parsed.success) return parsed.output;
    const [issue] = parsed.issues;
    const within = v.getDotPath(issue);
    return this.#fail(`has a wrong field '${within === null ? name : `${name}.${within}`}': ${issue.message}`);
  }

  /** A vector of so many numbers. */
  floats(name: string, length: number, eightBits: EightBits): Float32Array {
    const array = this.#take(name);
    if (!array || array.kind === 'bytes' || array.length !== length) this.#fail(`needs ${length} floats called '${name}'`);
    return this.#readFloats(name, array, eightBits);
  }

  /** A matrix with a row of the given width for each of the message's samples. */
  rows(name: string, width: number, eightBits: EightBits): Float32Array {
    const array = this.#take(name);
    this.#count(name, array, width);
    if (!array || array.kind === 'bytes') this.#fail(`needs floats called '${name}'`);
    return this.#readFloats(name, array, eightBits);
  }

  /** A class below `classes` for each of the message's samples. */
  labels(name: string, classes: number): Uint8Array {
    const array = this.#take(name);
    const samples = this.#count(name, array, 1);
    const values = array?.kind === 'bytes' ? array.read() : null;
    if (!values || values.some((label) => label >= classes)) this.#fail(`needs ${samples} labels below ${classes}`);
    return values;
  }

  /** @throws {ProtocolError} when the run does not have this round. */
  checkRound(round: number): void {
    const { rounds } = this.shape;
    if (round >= rounds) this.#fail(`is of round ${round + 1}, but the run has ${rounds}`);
  }

  /** @throws {ProtocolError} when there is more than was taken. */
  end(): void {
    if (this.#fields.size > 0) this.#fail('has fields it should not have');
    if (this.#arrays.size > 0) this.#fail('has arrays it should not have');
  }

  #take(name: string): PackedArray | undefined {
    const array = this.#arrays.get(name);
    this.#arrays.delete(name);
    return array;
  }

  #readFloats(name: string, array: Exclude<PackedArray, { kind: 'bytes' }>, eightBits: EightBits): Float32Array {
    if (array.kind === 'floats') return this.#finite(name, array.read());
    if (eightBits !== 'change' && eightBits !== 'change-from-start') this.#fail(`has no '${name}' to update`);
    return this.#finite(name, this.context.rebuild(array.read(), name, eightBits));
  }

  /** How many rows of the width the array has: 1 .. MAX_SAMPLES, and as many as the message's other arrays. */
  #count(name: string, array: PackedArray | undefined, width: number): number {
    const rows = (array?.length ?? 0) / width;
    if (!Number.isInteger(rows) || rows === 0 || rows > MAX_SAMPLES) {
      this.#fail(`needs '${name}' of 1 to ${MAX_SAMPLES} rows of ${width}`);
    }
    if (rows !== (this.#samples ?? rows)) this.#fail('has arrays of different sample counts');
    this.#samples = rows;
    return rows;
  }

  #finite(name: string, values: Float32Array): Float32Array {
    // Five times as fast as `every(Number.isFinite)`; NaN fails it too.
    for (let i = 0; i < values.length; i++) if (!(Math.abs(values[i]!) < Infinity)) this.#fail(`has '${name}' that are not finite`);
    return values;
  }

  #fail(what: string): never {
    throw new ProtocolError(`A '${this.type}' message ${what}.`);
  }
}
