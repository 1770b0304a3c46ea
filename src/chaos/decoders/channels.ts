/** What members send each other over a channel. */

import { encodeMessage, MissingBaseError } from '../../protocol/codec.ts';
import { ProtocolError } from '../../protocol/frame.ts';
import type { Message } from '../../protocol/messages.ts';
import type { RunShape } from '../../protocol/shape.ts';
import { Wire } from '../../protocol/wire.ts';
import { ChunkError, chunksOf, MESSAGE_BYTES } from '../../transport/chunks.ts';
import { FrameChannel } from '../../transport/frameChannel.ts';
import type { Decoder } from './decoder.ts';
import { register } from './register.ts';

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
const floats = (length: number) => Float32Array.from({ length }, (_, i) => Math.sin(i));
const place = { run: 'r', round: 3 } as const;
const score = { accuracy: 0.5, loss: 1 };

const samples: readonly Message[] = [
  { type: 'room', register },
  { type: 'readiness', readiness: [{ peer: 'a', version: 1, state: { kind: 'failed', why: 'No data.' } }] },
  { type: 'farewell', why: 'Too much.' },
  {
    type: 'offer',
    offer: { peer: 'a', version: 1, digest: '0f'.repeat(32), train: [3], heldOut: [1], moments: [{ count: 4, mean: 0.5, squares: 1 }] },
  },
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
  { type: 'averaged', ...place, weights: floats(PARAMETERS) },
  { type: 'tally', ...place, clients: [{ id: 'a' }], tally: { confusion: Array<number>(9).fill(1), loss: 1 } },
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

const start = floats(PARAMETERS);
const ends = { self: 0, numberOf: () => 1, isInRun: () => true };
const wire = () => new Wire(shape, { wire: 'q8', seed: 1 }, ends, start);
const frames = samples.flatMap((message) => [encodeMessage(message, 'f16'), wire().encode(message, 'b')]);

const PREFIX = 12;

/** A frame's prefix, header and arrays. */
function partsOf(frame: Uint8Array) {
  const end = PREFIX + new DataView(frame.buffer).getUint32(8, true);
  const header: unknown = JSON.parse(new TextDecoder().decode(frame.subarray(PREFIX, end)));
  return { prefix: frame.slice(0, PREFIX), header, body: frame.slice(Math.ceil(end / 8) * 8) };
}

/** The frame of such parts, each of which may be anything. */
function frameOf(parts: unknown): Uint8Array<ArrayBuffer> {
  const part = (name: string): unknown => (typeof parts === 'object' && parts !== null ? Reflect.get(parts, name) : undefined);
  const bytes = (name: string) => {
    const value = part(name);
    return value instanceof Uint8Array ? value : new Uint8Array(0);
  };
  const header = new TextEncoder().encode(JSON.stringify(part('header')) ?? '');
  const begin = Math.ceil((PREFIX + header.length) / 8) * 8;
  const frame = new Uint8Array(begin + bytes('body').length);
  frame.set(bytes('prefix').subarray(0, PREFIX));
  frame.set(header, PREFIX);
  frame.set(bytes('body'), begin);
  new DataView(frame.buffer).setUint32(8, header.length, true);
  return frame;
}

/** An end of a channel where nothing has come yet. */
const end = () =>
  new FrameChannel(
    'b',
    { send: () => undefined, buffered: () => 0 },
    () => Promise.resolve(),
    () => 0,
  );

export const channels: readonly Decoder[] = [
  {
    name: 'messages',
    of: 'bytes',
    valid: frames,
    decode: (bytes) => wire().decode(bytes, 'b'),
    refusals: [ProtocolError, MissingBaseError],
  },
  {
    name: "messages' headers",
    of: 'values',
    valid: frames.map(partsOf),
    decode: (parts) => wire().decode(frameOf(parts), 'b'),
    refusals: [ProtocolError, MissingBaseError],
  },
  {
    name: 'chunks',
    of: 'bytes',
    valid: [...chunksOf(new Uint8Array(40), 0, new Uint8Array(MESSAGE_BYTES))],
    decode: (bytes) => end().receive(bytes.slice()),
    refusals: [ChunkError],
  },
];
