import fc from 'fast-check';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { throughHalf } from '../math/half.ts';
import { randomStream, type RandomStream } from '../math/random.ts';
import { MAX_CLASSES } from '../settings/bounds.ts';
import { defaultSettings } from '../settings/settings.ts';
import { decodeMessage, encodeMessage, MissingBaseError } from './codec.ts';
import { ProtocolError } from './frame.ts';
import { declarations, declinable, messages, type Message, type MessageKind } from './messages.ts';
import { MAX_REASON, MAX_TOLD } from './readiness.ts';
import type { RunShape } from './shape.ts';
import { Wire } from './wire.ts';

/** Sizes on both sides of those from which arrays travel in 8 bits. */
const shapes: fc.Arbitrary<RunShape> = fc
  .record({
    ownSamples: fc.integer({ min: 1, max: 4 }),
    parameters: fc.oneof(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1020, max: 1100 })),
    inputWidth: fc.integer({ min: 1, max: 5 }),
    classes: fc.oneof({ weight: 30, arbitrary: fc.integer({ min: 2, max: 9 }) }, { weight: 1, arbitrary: fc.constant(MAX_CLASSES) }),
    hidden: fc.array(fc.oneof(fc.integer({ min: 1, max: 5 }), fc.constant(1100)), { maxLength: 3 }),
    jacobian: fc.constantFrom(0, 3, 1100),
    logits: fc.constantFrom(0, 4),
    inputs: fc.constantFrom('exact', 'sketch', 'none'),
    sketchSize: fc.integer({ min: 1, max: 5 }),
    choices: fc.integer({ min: 1, max: 3 }),
    velocity: fc.boolean(),
    teaches: fc.boolean(),
  })
  .map(({ hidden, jacobian, logits, teaches, ...sizes }) => ({
    ...sizes,
    run: 'r',
    rounds: 10,
    features: { hidden, jacobian, logits },
    isTaught: (round) => teaches && round % 2 === 0,
  }));

const floats = (length: number, random: RandomStream) => {
  const scale = 10 ** (random.integer(9) - 4);
  return Float32Array.from({ length }, () => scale * random.normal());
};
const inRound = (random: RandomStream) => ({ run: 'r', round: random.integer(10) });
const tally = (classes: number, random: RandomStream) => ({
  confusion: Array.from({ length: classes ** 2 }, () => random.integer(9)),
  loss: 10 * random.uniform(),
});
const score = (random: RandomStream) => ({ accuracy: random.uniform(), loss: 10 * random.uniform() });

/** A message of every kind, with 1 to 3 samples where it has samples. */
const messageOf: { readonly [Kind in MessageKind]: (shape: RunShape, random: RandomStream) => Message<Kind> } = {
  room: (_, random) => ({
    type: 'room',
    register: {
      version: random.integer(9),
      author: 'a',
      settings: defaultSettings(),
      run:
        random.integer(2) === 0
          ? null
          : { version: 1, author: 'a', id: 'r', founders: ['a'], digest: '', scale: null, samples: 9, joined: ['b'], turns: 1, end: null },
    },
  }),
  offer: (_, random) => ({
    type: 'offer',
    offer: {
      peer: 'a',
      version: random.integer(9),
      digest: '0123456789abcdef'.repeat(4),
      train: [random.integer(9)],
      heldOut: [random.integer(9)],
      moments: [{ count: random.integer(9), mean: random.normal(), squares: random.uniform() }],
    },
  }),
  readiness: (_, random) => ({
    type: 'readiness',
    readiness: Array.from({ length: 1 + random.integer(3) }, () => ({
      peer: 'a',
      version: random.integer(9),
      state: [{ kind: 'preparing' } as const, { kind: 'ready' } as const, { kind: 'failed', why: 'No data.' } as const][random.integer(3)]!,
    })),
  }),
  mean: ({ inputWidth }, random) => ({ type: 'mean', run: 'r', mean: floats(inputWidth, random) }),
  weights: ({ parameters, velocity }, random) => ({
    type: 'weights',
    ...inRound(random),
    weights: floats(parameters, random),
    velocity: velocity ? floats(parameters, random) : null,
  }),
  mixed: ({ parameters, inputWidth }, random) => ({
    type: 'mixed',
    ...inRound(random),
    weights: floats(parameters, random),
    wantsInputs: random.integer(2) === 0,
    centre: random.integer(2) === 0 ? null : floats(inputWidth, random),
  }),
  inputs: ({ inputs, inputWidth, sketchSize, classes }, random) => {
    const n = 1 + random.integer(3);
    const known = {
      none: null,
      exact: { kind: 'exact', rows: floats(n * inputWidth, random), width: inputWidth },
      sketch: { kind: 'sketch', rows: floats(n * sketchSize, random), width: sketchSize, cross: floats(n, random) },
    } as const;
    return { type: 'inputs', run: 'r', labels: Uint8Array.from({ length: n }, () => random.integer(classes)), inputs: known[inputs] };
  },
  features: ({ features, classes, isTaught }, random) => {
    const n = 1 + random.integer(3);
    const place = inRound(random);
    const { hidden, jacobian, logits } = features ?? { hidden: [], jacobian: 0, logits: 0 };
    const matrix = (width: number) => (width > 0 ? floats(n * width, random) : null);
    return {
      type: 'features',
      ...place,
      features: { hidden: hidden.map((width) => floats(n * width, random)), jacobian: matrix(jacobian), logits: matrix(logits) },
      teacher: isTaught(place.round) ? matrix(classes) : null,
    };
  },
  residuals: ({ choices, ownSamples, classes }, random) => ({
    type: 'residuals',
    ...inRound(random),
    residual: floats(choices * ownSamples * classes, random),
  }),
  step: ({ choices, parameters }, random) => ({ type: 'step', ...inRound(random), step: floats(choices * parameters, random) }),
  decline: (_, random) => ({ type: 'decline', ...inRound(random), of: declinable.options[random.integer(3)]! }),
  farewell: () => ({ type: 'farewell', why: 'too much' }),
  metrics: ({ parameters, classes }, random) => ({
    type: 'metrics',
    ...inRound(random),
    clients: [{ id: 'a', number: random.integer(5), ...score(random) }],
    tally: tally(classes, random),
    bytesSent: random.integer(1e6),
    seconds: random.uniform(),
    weights: floats(parameters, random),
  }),
  averaged: ({ parameters }, random) => ({ type: 'averaged', ...inRound(random), weights: floats(parameters, random) }),
  tally: ({ classes }, random) => ({
    type: 'tally',
    ...inRound(random),
    clients: [{ id: 'a' }, { id: 'b' }],
    tally: tally(classes, random),
  }),
  summary: (_, random) => ({
    type: 'summary',
    run: 'r',
    summary: {
      round: random.integer(10),
      averaged: score(random),
      confusion: [random.integer(9)],
      mean: score(random),
      clients: [{ id: 'a', number: random.integer(5), ...score(random) }],
      bytesSent: random.integer(1e6),
      seconds: random.uniform(),
    },
  }),
};

const kinds = Object.values(messages).map(({ type }) => type);
const seeds = fc.integer();
const drawn = (kind: MessageKind, shape: RunShape, seed: number): Message => messageOf[kind](shape, randomStream(seed, kind));

/** The same value with all its floats changed. */
function mapFloats(value: unknown, change: (values: Float32Array) => unknown): unknown {
  if (value instanceof Float32Array) return change(value);
  if (value instanceof Uint8Array || value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map((item) => mapFloats(item, change));
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, mapFloats(item, change)]));
}

function floatsIn(value: unknown): Float32Array[] {
  const all: Float32Array[] = [];
  mapFloats(value, (values) => all.push(values));
  return all;
}

/** What can happen to a frame, or what a peer can make of one. */
const damages = fc.oneof(
  fc.record({ kind: fc.constant('flip'), at: fc.nat(), change: fc.integer({ min: 1, max: 255 }) }),
  fc.record({ kind: fc.constant('cut'), at: fc.nat(), change: fc.constant(0) }),
  fc.record({ kind: fc.constantFrom('array', 'field', 'digit'), at: fc.nat(), change: fc.nat(9) }),
);
type Damage = typeof damages extends fc.Arbitrary<infer D> ? D : never;

/** In place of a name, form, length, version or base. */
const oddities: readonly unknown[] = [0, 1, -1, 0.5, null, 'q8', 'u8', 'weights', Number.MAX_SAFE_INTEGER, '__proto__'];

function damaged(frame: Uint8Array, { kind, at, change }: Damage): Uint8Array {
  if (kind === 'cut') return frame.slice(0, at % frame.length);
  if (kind === 'flip') return frame.map((byte, i) => (i === at % frame.length ? byte ^ change : byte));
  const length = new DataView(frame.buffer, frame.byteOffset).getUint32(8, true);
  const text = new TextDecoder().decode(frame.subarray(12, 12 + length));
  const body = frame.subarray(8 * Math.ceil((12 + length) / 8));
  if (kind === 'digit')
    return framed(
      text.replace(/\d+/g, (digits, place: number) => (place % 7 === at % 7 ? `${change}` : digits)),
      body,
    );
  const header: { fields: Record<string, unknown>; arrays: unknown[][] } = JSON.parse(text);
  if (kind === 'array') {
    const entry = header.arrays[at % Math.max(1, header.arrays.length)];
    if (entry) entry[(at >>> 8) % (entry.length + 1)] = oddities[change];
    else header.arrays.push(['weights', 'f32', 0]);
  } else {
    const names = [...Object.keys(header.fields), 'more'];
    header.fields[names[at % names.length]!] = oddities[change];
  }
  return framed(JSON.stringify(header), body);
}

/** A frame with this header and these bytes of arrays. */
function framed(header: string, body: Uint8Array): Uint8Array {
  const text = new TextEncoder().encode(header);
  const frame = new Uint8Array(8 * Math.ceil((12 + text.length) / 8) + body.length);
  frame.set(encodeMessage({ type: 'decline', run: 'r', round: 0, of: 'weights' }, 'f32').subarray(0, 8));
  new DataView(frame.buffer).setUint32(8, text.length, true);
  frame.set(text, 12);
  frame.set(body, frame.length - body.length);
  return frame;
}

const endsOf = (self: number) => ({ self, numberOf: () => 1 - self, isInRun: () => true });

describe.each(kinds)('a message of the kind %s', (kind) => {
  it('survives every wire form, at any sizes', () => {
    fc.assert(
      fc.property(shapes, seeds, (shape, seed) => {
        const message = drawn(kind, shape, seed);
        const through = (wire: 'f32' | 'f16' | 'q8') => {
          const [sender, receiver] = [0, 1].map((number) => new Wire(shape, { wire, seed: 1 }, endsOf(number), null));
          return receiver!.decode(sender!.encode(message, 'b'), 'a');
        };
        expect(through('f32')).toEqual(message);
        expect(through('f16')).toEqual(mapFloats(message, throughHalf));
        const rounded = through('q8');
        const sizes = (values: Float32Array) => values.length;
        expect(mapFloats(rounded, sizes)).toEqual(mapFloats(message, sizes));
        const arrived = floatsIn(rounded);
        for (const [k, sent] of floatsIn(message).entries()) {
          const level = sent.reduce((top, value) => Math.max(top, Math.abs(value)), 0) / 127;
          // Few numbers travel as halves, whose steps near zero are of this size whatever the numbers'.
          const off = 1.001 * level + 2 ** -24;
          expect(sent.every((value, i) => Math.abs(value - arrived[k]![i]!) <= off)).toBe(true);
        }
      }),
      { numRuns: 40 },
    );
  });

  it('that was changed on its way is refused, or is a valid message of its own', () => {
    fc.assert(
      fc.property(shapes, seeds, fc.constantFrom('f32', 'q8'), damages, (shape, seed, form, damage) => {
        const settings = { wire: form, seed: 1 } as const;
        const [sender, receiver] = [0, 1].map((number) => new Wire(shape, settings, endsOf(number), null));
        // So that a change of a vector has something to build on.
        if (kind === 'mixed') receiver!.decode(sender!.encode(drawn('weights', shape, seed), 'b'), 'a');
        const frame = damaged(sender!.encode(drawn(kind, shape, seed), 'b'), damage);
        let message: Message | null;
        try {
          message = receiver!.decode(frame, 'a');
        } catch (error) {
          if (!(error instanceof MissingBaseError)) expect(error).toBeInstanceOf(ProtocolError);
          return;
        }
        if (!message) return;
        // Of no more than the frame had: a byte makes at most one float.
        expect(floatsIn(message).reduce((sum, { byteLength }) => sum + byteLength, 0)).toBeLessThanOrEqual(4 * frame.length);
        const again = encodeMessage(message, 'f32');
        const valid = decodeMessage(again, shape);
        if (!valid) throw new Error('of another run');
        expect(encodeMessage(valid, 'f32')).toEqual(again);
      }),
      { numRuns: 100 },
    );
  });
});

describe('the declarations', () => {
  it('tell how large frames of a run can be', () => {
    fc.assert(
      fc.property(shapes, seeds, fc.constantFrom(...kinds), fc.constantFrom('f32', 'f16', 'q8'), (shape, seed, kind, wire) => {
        const sender = new Wire(shape, { wire, seed: 1 }, endsOf(0), null);
        expect(sender.encode(drawn(kind, shape, seed), 'b').length).toBeLessThanOrEqual(sender.largestFrame);
      }),
    );
  });

  it('tell of as many clients at once as one may, each with the longest reason', () => {
    const state = { kind: 'failed', why: '\u0001'.repeat(MAX_REASON) } as const;
    const readiness = Array.from({ length: MAX_TOLD }, () => ({ peer: 'x'.repeat(64), version: Number.MAX_SAFE_INTEGER, state }));
    expect(decodeMessage(encodeMessage({ type: 'readiness', readiness }, 'f16'), null)).toEqual({ type: 'readiness', readiness });
  });

  it('make the types of their messages', () => {
    expectTypeOf<Message<'weights'>>().toEqualTypeOf<{
      readonly type: 'weights';
      readonly run: string;
      readonly round: number;
      readonly weights: Float32Array;
      readonly velocity: Float32Array | null;
    }>();
    expectTypeOf<Message<'decline'>['of']>().toEqualTypeOf<'weights' | 'mixed' | 'residuals'>();
  });

  it('let a message be declined if and only if its sender waits for an answer, and answers answer such', () => {
    const waiting = kinds.filter((kind) => declarations[kind].terms.phase !== undefined);
    expect(waiting).toEqual(declinable.options);
    for (const kind of kinds) {
      const { answers } = declarations[kind].terms;
      if (answers !== undefined) expect(waiting).toContain(answers);
    }
  });
});
