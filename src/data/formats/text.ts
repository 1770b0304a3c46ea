/** Text files of any encoding that can be told, as UTF-8. */

import { DatasetError, UnclearDataError } from '../dataset.ts';

/** A text in UTF-8, without a byte order mark. */
export interface Text {
  readonly utf8: Uint8Array;
  /** What the file was written in, as the Encoding Standard calls it (https://encoding.spec.whatwg.org/#names-and-labels). */
  readonly encoding: string;
}

/** Bytes that are decoded at a time: a large file is never one string. */
const CHUNK = 2 ** 20;

/** Bytes that tell an encoding without a mark. */
const SAMPLE = 2 ** 16;

const marks: readonly (readonly [encoding: string, mark: readonly number[]])[] = [
  ['utf-8', [0xef, 0xbb, 0xbf]],
  ['utf-16le', [0xff, 0xfe]],
  ['utf-16be', [0xfe, 0xff]],
];

const startsWith = (bytes: Uint8Array, mark: readonly number[]) => mark.every((byte, i) => bytes[i] === byte);

/** UTF-16 without a mark: most of its characters are below 256, so that every other byte is zero. */
function unmarkedUtf16(bytes: Uint8Array): string | null {
  const pairs = Math.min(bytes.length, SAMPLE) >> 1;
  let even = 0;
  let odd = 0;
  for (let i = 0; i < 2 * pairs; i += 2) {
    if (bytes[i] === 0) even++;
    if (bytes[i + 1] === 0) odd++;
  }
  if (odd > pairs / 2 && even === 0) return 'utf-16le';
  return even > pairs / 2 && odd === 0 ? 'utf-16be' : null;
}

/** Parts of the text. @throws {TypeError} at bytes that mean nothing in `encoding`. */
function* decoded(bytes: Uint8Array, encoding: string): Generator<string> {
  const decoder = new TextDecoder(encoding, { fatal: true });
  for (let start = 0; start < bytes.length; start += CHUNK) yield decoder.decode(bytes.subarray(start, start + CHUNK), { stream: true });
  yield decoder.decode();
}

function isUtf8(bytes: Uint8Array): boolean {
  try {
    for (const part of decoded(bytes, 'utf-8')) void part;
    return true;
  } catch {
    return false;
  }
}

const isAsciiLetter = (byte: number | undefined) => byte !== undefined && (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7a;

/**
 * If bytes are a Western language in Windows-1252, of which Latin-1 is a part: its letters beyond ASCII stand alone or in pairs among
 * others. Cyrillic or Chinese encodings have runs of them; DOS and old Macintosh ones have letters where Windows-1252 has signs.
 */
function isWestern(bytes: Uint8Array): boolean {
  let high = 0;
  let inRuns = 0;
  let letters = 0;
  let run = 0;
  for (let i = 0; i <= bytes.length; i++) {
    const byte = bytes[i] ?? 0;
    if (byte >= 0x80) {
      run++;
      high++;
      if (byte >= 0xc0) letters++;
      else if (byte < 0xa0 && byte !== 0x92 && isAsciiLetter(bytes[i - 1]) && isAsciiLetter(bytes[i + 1])) letters--;
    } else {
      if (run > 2) inRuns += run;
      run = 0;
    }
  }
  return letters >= 0 && inRuns <= high / 2;
}

/** What is in no text: control characters but for tab, line ends and form feed, and what Windows-1252 leaves undefined. */
const controls = /(?![\t\n\f\r])\p{Cc}|[\ufffe\uffff]/u;

function encodingOf(bytes: Uint8Array): string | null {
  const marked = marks.find(([, mark]) => startsWith(bytes, mark));
  if (marked) return marked[0];
  const wide = unmarkedUtf16(bytes);
  if (wide) return wide;
  if (isUtf8(bytes)) return 'utf-8';
  return isWestern(bytes) ? 'windows-1252' : null;
}

/** If `label` names an encoding that can be read. */
export function isEncoding(label: string): boolean {
  try {
    return new TextDecoder(label).encoding !== '';
  } catch {
    return false;
  }
}

/**
 * The text of a file: in UTF-8 or UTF-16, as its mark or its bytes say, else in Windows-1252.
 * @param called the encoding, if a person says it.
 * @param where the file's name for error messages.
 * @throws {DatasetError} when it is no text in an encoding that can be told.
 */
export function readText(bytes: Uint8Array, where: string, called: string | null = null): Text {
  const encoding = called === null ? encodingOf(bytes) : new TextDecoder(called).encoding;
  const refusal = (cause?: unknown) =>
    new UnclearDataError(
      `${where} is no text in ${called === null ? 'an encoding that can be told (UTF-8, UTF-16 or Windows-1252)' : encoding}`,
      'encoding',
      { cause },
    );
  if (encoding === null) throw refusal();
  const encoder = new TextEncoder();
  const parts: Uint8Array[] = [];
  try {
    for (const part of decoded(bytes, encoding)) {
      if (controls.test(part)) throw refusal();
      parts.push(encoder.encode(part));
    }
  } catch (error) {
    throw error instanceof DatasetError ? error : refusal(error);
  }
  const utf8 = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let length = 0;
  for (const part of parts) {
    utf8.set(part, length);
    length += part.length;
  }
  return { utf8, encoding };
}
