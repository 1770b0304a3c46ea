/**
 * A frame: one message as bytes, in the spirit of safetensors, so that byte counts are exact and nothing is parsed twice.
 *
 *   u32 magic | u32 format | u32 header length | header, UTF-8 JSON | raw arrays, each padded to 8 bytes
 *
 * All integers are little-endian. The header is `{ fields, arrays: [[name, form, length], ..] }`, of an update
 * `[name, 'q8', length, version, base]`, and of floats beyond the largest half `[name, 'f16', length, exponent]`: they are
 * its halves times 2^exponent. There is no checksum: channels authenticate what they carry (DTLS) and count its chunks.
 */

import { decodeHalf, encodeHalf, halfExponent, MAX_EXPONENT } from '../math/half.ts';
import { BLOCK, dequantise, type Quantised } from '../math/quantise.ts';

/** How a float array travels: exact, or rounded to half. */
export type FloatForm = 'f32' | 'f16';
type ArrayForm = FloatForm | 'u8' | 'q8';

/** Which version of a vector an array makes, and of which its numbers are the difference; null: of none, it is whole. */
export interface VersionStep {
  readonly version: number;
  readonly base: number | null;
}

/** A vector that its receiver keeps, by what has changed in it. */
export interface VectorUpdate<Numbers> extends VersionStep {
  readonly change: Numbers;
}

/** Floats, bytes as they are, floats that were quantised before, or such an update. */
export type FrameArray = Float32Array | Uint8Array | Quantised | VectorUpdate<Quantised>;
export type FrameArrays = Readonly<Record<string, FrameArray>>;

export interface FrameParts {
  readonly fields: object;
  readonly arrays: FrameArrays;
}

/**
 * An array as the frame describes it. Memory for its values is taken when they are read, by when its kind and length can be known
 * to be right; quantised floats are floats again then.
 */
export type PackedArray = { readonly length: number } & (
  | { readonly kind: 'floats'; readonly read: () => Float32Array }
  | { readonly kind: 'bytes'; readonly read: () => Uint8Array }
  | { readonly kind: 'update'; readonly read: () => VectorUpdate<Float32Array> }
);

/** What a frame holds: its fields, and arrays that are not read yet. */
export interface PackedParts {
  readonly fields: object;
  readonly arrays: Readonly<Record<string, PackedArray>>;
}

/** A frame or message that does not keep to the protocol. The sender's fault: drop the message, tell the person. */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError';
}

const MAGIC = 0x464d5353; // "SSMF"
/** Goes up whenever frames or messages change so that the two versions cannot understand each other. */
const FORMAT = 4;
const PREFIX = 12;
/** No message has a larger JSON part; a task in the register is the largest, and a confusion matrix of many classes. */
const MAX_HEADER = 224 * 1024;
const MAX_ARRAYS = 64;
const bytesPer = { f32: 4, f16: 2, u8: 1 } as const;
const blocks = (length: number) => Math.ceil(length / BLOCK);
/** Of an array with this many values; `q8` has the blocks' scales before the codes. */
const byteLength = (form: ArrayForm, length: number) => (form === 'q8' ? 4 * blocks(length) + length : bytesPer[form] * length);

const padded = (bytes: number) => Math.ceil(bytes / 8) * 8;

/** Bytes of a frame that are not its numbers, as float32 or in fewer, at most: its header, what pads arrays, and the scale of a short one. */
export const MAX_BESIDES = padded(PREFIX + MAX_HEADER) + MAX_ARRAYS * 16;

const bytesOf = (array: ArrayBufferView) => new Uint8Array(array.buffer, array.byteOffset, array.byteLength);

/** What the header says of an array. */
type ArrayEntry =
  | readonly [name: string, form: ArrayForm, length: number]
  | readonly [name: string, form: 'f16', length: number, exponent: number]
  | readonly [name: string, form: 'q8', length: number, version: number, base: number | null];

interface RawArray {
  readonly entry: ArrayEntry;
  /** Its bytes, one part after another. */
  readonly parts: readonly Uint8Array[];
}

function rawArray(name: string, array: FrameArray, wire: FloatForm): RawArray {
  if (array instanceof Float32Array) {
    const exponent = wire === 'f16' ? halfExponent(array) : 0;
    const raw = bytesOf(wire === 'f16' ? encodeHalf(array, exponent) : array);
    return { entry: exponent > 0 ? [name, 'f16', array.length, exponent] : [name, wire, array.length], parts: [raw] };
  }
  if (array instanceof Uint8Array) return { entry: [name, 'u8', array.length], parts: [array] };
  const { codes, scales } = 'change' in array ? array.change : array;
  const parts = [bytesOf(scales), bytesOf(codes)];
  return { entry: 'change' in array ? [name, 'q8', codes.length, array.version, array.base] : [name, 'q8', codes.length], parts };
}

/** Floats travel in the form `wire`. */
export function encodeFrame({ fields, arrays }: FrameParts, wire: FloatForm): Uint8Array<ArrayBuffer> {
  const entries = Object.entries(arrays).map(([name, array]) => rawArray(name, array, wire));
  const header = new TextEncoder().encode(JSON.stringify({ fields, arrays: entries.map(({ entry }) => entry) }));
  const body = entries.reduce((sum, { entry: [, form, length] }) => sum + padded(byteLength(form, length)), 0);
  const frame = new Uint8Array(padded(PREFIX + header.length) + body);
  frame.set(header, PREFIX);
  let offset = padded(PREFIX + header.length);
  for (const { parts } of entries) {
    for (const part of parts) {
      frame.set(part, offset);
      offset += part.length;
    }
    offset = padded(offset);
  }
  const view = new DataView(frame.buffer);
  view.setUint32(0, MAGIC, true);
  view.setUint32(4, FORMAT, true);
  view.setUint32(8, header.length, true);
  return frame;
}

function isForm(form: unknown): form is ArrayForm {
  return form === 'f32' || form === 'f16' || form === 'u8' || form === 'q8';
}

const isCount = (value: unknown): value is number => typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;

function parseEntry(entry: unknown): ArrayEntry {
  if (Array.isArray(entry)) {
    const [name, form, length, ...more]: unknown[] = entry;
    if (typeof name === 'string' && isForm(form) && isCount(length)) {
      const [first, base] = more;
      if (more.length === 0) return [name, form, length];
      if (more.length === 1 && form === 'f16' && isCount(first) && first <= MAX_EXPONENT) return [name, form, length, first];
      if (more.length === 2 && form === 'q8' && isCount(first) && (base === null || isCount(base)))
        return [name, form, length, first, base];
    }
  }
  throw new ProtocolError('A frame describes an array wrongly.');
}

function parseHeader(bytes: Uint8Array): { fields: object; arrays: ArrayEntry[] } {
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw new ProtocolError('A frame has a header that is not JSON.');
  }
  if (typeof header !== 'object' || header === null || !('fields' in header) || !('arrays' in header)) {
    throw new ProtocolError('A frame has a header without fields and arrays.');
  }
  const { fields, arrays } = header;
  if (typeof fields !== 'object' || fields === null) throw new ProtocolError('A frame has fields that are no object.');
  if (!Array.isArray(arrays) || arrays.length > MAX_ARRAYS) throw new ProtocolError('A frame lists no arrays, or too many.');
  const entries = arrays.map(parseEntry);
  if (new Set(entries.map(([name]) => name)).size < entries.length) throw new ProtocolError('A frame lists an array twice.');
  return { fields, arrays: entries };
}

/**
 * Reads a frame's header. Its arrays lie in the frame until they are read one by one.
 * @throws {ProtocolError} on what is no frame of this format: of another one, cut, longer than it says, or wrongly described.
 */
export function decodeFrame(frame: Uint8Array): PackedParts {
  if (frame.length < PREFIX) throw new ProtocolError('A frame is shorter than its prefix.');
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  if (view.getUint32(0, true) !== MAGIC || view.getUint32(4, true) !== FORMAT) {
    throw new ProtocolError(
      'A frame is in another format than ours: the other side runs another version of sparkmesh; reload the page here and there.',
    );
  }
  const headerLength = view.getUint32(8, true);
  if (headerLength > MAX_HEADER || PREFIX + headerLength > frame.length) throw new ProtocolError('A frame has an impossible header.');
  const { fields, arrays: entries } = parseHeader(frame.subarray(PREFIX, PREFIX + headerLength));
  const total = entries.reduce((sum, [, form, length]) => sum + padded(byteLength(form, length)), padded(PREFIX + headerLength));
  if (total !== frame.length) throw new ProtocolError('A frame is not as long as its header says.');

  let offset = padded(PREFIX + headerLength);
  const arrays = entries.map((entry): [string, PackedArray] => {
    const [name, form, length] = entry;
    const bytes = frame.subarray(offset, offset + byteLength(form, length));
    offset += padded(bytes.length);
    return [name, packed(entry, bytes)];
  });
  return { fields, arrays: Object.fromEntries(arrays) };
}

/** Values are read into memory of their own. Bytes are copied where numbers have to lie at multiples of their size. */
function packed(entry: ArrayEntry, bytes: Uint8Array): PackedArray {
  const [, form, length] = entry;
  switch (form) {
    case 'u8':
      return { kind: 'bytes', length, read: () => bytes.slice() };
    case 'f32':
      return { kind: 'floats', length, read: () => new Float32Array(bytes.slice().buffer) };
    case 'f16': {
      const exponent = entry.length === 4 ? entry[3] : 0;
      return { kind: 'floats', length, read: () => decodeHalf(new Uint16Array(bytes.slice().buffer), exponent) };
    }
    case 'q8': {
      if (entry.length === 3) return { kind: 'floats', length, read: () => readQuantised(bytes, length) };
      const [, , , version, base] = entry;
      return { kind: 'update', length, read: () => ({ version, base, change: readQuantised(bytes, length) }) };
    }
  }
}

function readQuantised(bytes: Uint8Array, length: number): Float32Array {
  const scales = new Float32Array(bytes.slice(0, 4 * blocks(length)).buffer);
  return dequantise({ codes: new Int8Array(bytes.buffer, bytes.byteOffset + scales.byteLength, length), scales });
}
