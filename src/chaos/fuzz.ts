/** Bytes that nobody sends on purpose, to everything that reads bytes: it must understand them, or say in its own words that it does not. */

import fc from 'fast-check';
import { DatasetError } from '../data/dataset.ts';
import { parseCsv } from '../data/formats/csv.ts';
import { parseIdx } from '../data/formats/idx.ts';
import { headOf } from '../data/formats/imageHead.ts';
import { ModelFileError } from '../export/savedModel.ts';
import { fromSafetensors } from '../export/safetensors.ts';
import { encodeMessage, MissingBaseError } from '../protocol/codec.ts';
import { ProtocolError } from '../protocol/frame.ts';
import type { Message } from '../protocol/messages.ts';
import type { RunShape } from '../protocol/shape.ts';
import { Wire } from '../protocol/wire.ts';
import { defaultSettings } from '../settings/settings.ts';
import { decodeDoorMessage, encodeDoorMessage } from '../door/doorMessages.ts';
import { parseIceServers, IceServersError } from '../signalling/iceServers.ts';
import { MessageError, parseClientMessage, parseServerMessage } from '../signalling/messages.ts';
import { ChunkError, chunksOf, Reassembler } from '../transport/chunks.ts';
import { decodePairCode, encodePairCode, PairCodeError } from '../transport/pairCode.ts';
import { parseCatalogue } from '../data/catalogue.ts';

interface Decoder {
  readonly name: string;
  /** Something that it understands, to be damaged. */
  readonly valid: readonly Uint8Array[];
  /** Perhaps a promise. */
  readonly decode: (bytes: Uint8Array<ArrayBuffer>) => unknown;
  /** How it says that it does not understand. */
  readonly refusals: readonly (abstract new (...args: never[]) => Error)[];
}

/** More numbers than the 8-bit form leaves alone. */
const PARAMETERS = 1500;
const shape: RunShape = {
  run: 'r',
  rounds: 10,
  ownSamples: 2,
  parameters: PARAMETERS,
  inputWidth: 6,
  classes: 3,
  features: { hidden: [4], jacobian: 0, logits: 0 },
  inputs: 'sketch',
  sketchSize: 4,
  choices: 1,
  velocity: true,
  isTaught: () => false,
};
const settings = defaultSettings();
const floats = (length: number) => Float32Array.from({ length }, (_, i) => Math.sin(i));
const place = { run: 'r', round: 3 } as const;
const score = { accuracy: 0.5, loss: 1 };

const samples: readonly Message[] = [
  {
    type: 'room',
    register: {
      version: 2,
      author: 'a',
      settings,
      run: { version: 2, author: 'a', id: 'r', founders: ['a'], digest: '', scale: null, samples: 4, joined: ['b'], turns: 1, end: null },
    },
  },
  { type: 'readiness', readiness: [{ peer: 'a', version: 1, state: { kind: 'failed', why: 'No data.' } }] },
  { type: 'farewell', why: 'Too much.' },
  { type: 'mean', run: 'r', mean: floats(6) },
  { type: 'weights', ...place, weights: floats(PARAMETERS), velocity: floats(PARAMETERS) },
  { type: 'mixed', ...place, weights: floats(PARAMETERS), wantsInputs: true, centre: floats(6) },
  { type: 'inputs', run: 'r', labels: Uint8Array.of(0, 2), inputs: { kind: 'sketch', rows: floats(8), width: 4, cross: floats(2) } },
  { type: 'features', ...place, features: { hidden: [floats(8)], jacobian: null, logits: null }, teacher: null },
  { type: 'residuals', ...place, residual: floats(6) },
  { type: 'step', ...place, step: floats(PARAMETERS) },
  { type: 'decline', ...place, of: 'weights' },
  {
    type: 'metrics',
    ...place,
    clients: [{ id: 'a', number: 0, ...score }],
    tally: { confusion: Array<number>(9).fill(1), loss: 1 },
    bytesSent: 1,
    seconds: 1,
    weights: floats(PARAMETERS),
  },
  {
    type: 'summary',
    run: 'r',
    summary: {
      round: 3,
      averaged: score,
      confusion: [1],
      mean: score,
      clients: [{ id: 'a', number: 0, ...score }],
      bytesSent: 1,
      seconds: 1,
    },
  },
];

const wire = (form: 'f16' | 'q8') =>
  new Wire(shape, { wire: form, seed: 1 }, { self: 0, numberOf: () => 1, isInRun: () => true }, floats(PARAMETERS));
const utf8 = (text: string) => new TextEncoder().encode(text);
const asText = (read: (text: string) => unknown) => (bytes: Uint8Array) => read(new TextDecoder().decode(bytes));
const json = (...values: readonly unknown[]) => values.map((value) => utf8(JSON.stringify(value)));
const savedModel = (header: string) => Uint8Array.from([header.length, 0, 0, 0, 0, 0, 0, 0, ...utf8(header)]);
const csvForm = { label: null, leftOut: [], categories: [], names: null, empty: 'impute', encoding: null, image: null } as const;

const decoders: readonly Decoder[] = [
  {
    name: 'messages',
    valid: samples.flatMap((message) => [encodeMessage(message, 'f16'), wire('q8').encode(message, 'b')]),
    decode: (bytes) => wire('q8').decode(bytes, 'b'),
    refusals: [ProtocolError, MissingBaseError],
  },
  {
    name: 'chunks',
    valid: [...chunksOf(new Uint8Array(40), 0)],
    // Whoever takes frames bounds them before memory is taken.
    decode: (bytes) =>
      new Reassembler((length) => {
        if (length > 1_000_000) throw new ChunkError('More than may be.');
      }).push(bytes),
    refusals: [ChunkError],
  },
  {
    name: 'signalling, at the server',
    valid: json({ type: 'join', room: 'main', id: 'a'.repeat(22) }, { type: 'watch', room: 'main' }),
    decode: asText(parseClientMessage),
    refusals: [MessageError],
  },
  {
    name: 'signalling, at a client',
    valid: json({ type: 'count', members: 3 }, { type: 'presence', members: [{ id: 'a'.repeat(22), number: 0 }] }),
    decode: asText(parseServerMessage),
    refusals: [MessageError],
  },
  {
    name: 'words at a door',
    valid: [
      encodeDoorMessage({ type: 'greeting', key: 'k'.repeat(87), signature: 's'.repeat(86) }),
      encodeDoorMessage({ type: 'knock', name: 'Zoë' }),
      encodeDoorMessage({ type: 'admitted', secret: 's'.repeat(22) }),
    ],
    decode: decodeDoorMessage,
    refusals: [],
  },
  {
    name: 'codes of two devices',
    valid: [utf8(await encodePairCode({ type: 'offer', from: 'a'.repeat(22), to: 'b'.repeat(22), sdp: 'v=0\r\n'.repeat(20) }))],
    decode: asText((text) => decodePairCode(text, 'offer')),
    refusals: [PairCodeError],
  },
  {
    name: 'ICE servers',
    valid: json([{ urls: 'turn:turn.example.org', username: 'a', credential: 'b' }]),
    decode: asText((text) => parseIceServers(text, 'ICE_SERVERS')),
    refusals: [IceServersError],
  },
  {
    name: 'the catalogue',
    valid: json([{ name: 'mnist', kind: 'images', width: 28, height: 28, classes: 10, trainSamples: 60_000, testSamples: 10_000 }]),
    decode: asText((text) => parseCatalogue(text, 'catalogue.json')),
    refusals: [DatasetError],
  },
  {
    name: 'IDX files',
    valid: [Uint8Array.of(0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 3, 1, 2, 3, 4, 5, 6), Uint8Array.of(0, 0, 13, 1, 0, 0, 0, 1, 0, 0, 0, 0)],
    decode: (bytes) => parseIdx(bytes, 'file'),
    refusals: [DatasetError],
  },
  {
    name: 'CSV files',
    valid: [utf8('length,width,"kind"\n1.5,2,a\n3,4,b\n,5,a\n'), utf8('1;2,5;x\r\n3;4,5;y\r\n')],
    decode: (bytes) => parseCsv(bytes, csvForm, 'file'),
    refusals: [DatasetError],
  },
  {
    name: "images' heads",
    valid: [
      Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52, 0, 0, 0, 4, 0, 0, 0, 4, 8, 6, 0, 0, 0),
    ],
    decode: headOf,
    refusals: [],
  },
  {
    name: 'saved models',
    valid: [savedModel('{"__metadata__":{"format":"sparkmesh-model/1","card":"{}"}}')],
    decode: (bytes) => fromSafetensors(bytes, 'file'),
    refusals: [ModelFileError],
  },
];

/** One place of a valid input, and what becomes of it. */
const damage = fc.record({
  kind: fc.constantFrom('change', 'cut', 'insert', 'repeat'),
  at: fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
  bytes: fc.uint8Array({ minLength: 1, maxLength: 8 }),
});

function damaged(bytes: Uint8Array, { kind, at, bytes: other }: typeof damage extends fc.Arbitrary<infer T> ? T : never): Uint8Array {
  const place = Math.floor(at * bytes.length);
  const [before, after] = [bytes.subarray(0, place), bytes.subarray(place)];
  const parts = {
    change: [before, other, after.subarray(other.length)],
    cut: [before, after.subarray(other.length)],
    insert: [before, other, after],
    repeat: [bytes, after],
  }[kind];
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  parts.reduce((offset, part) => (whole.set(part, offset), offset + part.length), 0);
  return whole;
}

/**
 * Gives each decoder so many damaged and random inputs.
 * @returns what broke, a sentence each; nothing when all is well.
 */
export async function fuzz(seed: number, inputs: number): Promise<string[]> {
  const each = Math.ceil(inputs / decoders.length);
  const broken: string[] = [];
  for (const { name, valid, decode, refusals } of decoders) {
    const input = fc.oneof(
      { weight: 9, arbitrary: fc.tuple(fc.constantFrom(...valid), fc.array(damage, { maxLength: 6 })) },
      { weight: 1, arbitrary: fc.tuple(fc.uint8Array({ maxLength: 200 }), fc.constant([])) },
    );
    const property = fc.asyncProperty(input, async ([bytes, all]) => {
      try {
        await decode(all.reduce(damaged, bytes).slice());
      } catch (error) {
        if (!refusals.some((refusal) => error instanceof refusal)) throw error;
      }
    });
    const { failed, errorInstance, counterexample } = await fc.check(property, { seed, numRuns: each });
    if (failed) broken.push(`${name} broke with ${String(errorInstance)} on ${JSON.stringify(counterexample)?.slice(0, 300)}.`);
  }
  return broken;
}

/** What is fuzzed, in words. */
export const fuzzed = decoders.map(({ name }) => name);
