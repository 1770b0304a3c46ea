import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BLOCK, dequantise, quantise } from '../math/quantise.ts';
import { randomStream } from '../math/random.ts';
import { encodeMessage, MissingBaseError } from './codec.ts';
import { decodeFrame } from './frame.ts';
import type { Message } from './messages.ts';
import type { RunShape } from './shape.ts';
import { Wire } from './wire.ts';

/** Above what stays float16. */
const SIZE = 1100;
const shape: RunShape = {
  run: 'r',
  rounds: 1000,
  ownSamples: 2,
  parameters: SIZE,
  inputWidth: 3,
  features: { hidden: [SIZE], jacobian: 0, logits: 0 },
  inputs: 'exact',
  sketchSize: 2,
  classes: 4,
  choices: 1,
  velocity: false,
  isTaught: () => false,
};
const q8 = { wire: 'q8', seed: 1 } as const;
/** The numbers of the peers that are here called a, b, .. */
const endsOf = (self: number) => ({
  self,
  numberOf: (peer: string) => peer.codePointAt(0)! - 'a'.codePointAt(0)!,
  isInRun: (peer: string) => peer !== 'stranger',
});
const wireOf = (sender = 0, start: Float32Array | null = null) => new Wire(shape, q8, endsOf(sender), start);

const wave = (at: number, size = SIZE) => Float32Array.from({ length: size }, (_, i) => Math.sin(i * 1.7 + at) * (1 + (i % 5)));
const drifted = (t: number) => wave(0).map((value, i) => value + 0.02 * t * Math.cos(i));
const weightsIn = (round: number, weights: Float32Array): Message => ({ type: 'weights', run: 'r', round, weights, velocity: null });
const mixedIn = (round: number, weights: Float32Array): Message => ({
  type: 'mixed',
  run: 'r',
  round,
  weights,
  wantsInputs: false,
  centre: null,
});
const stepIn = (round: number, step: Float32Array): Message => ({ type: 'step', run: 'r', round, step });

/** What the frame says its array builds on; undefined for one that is no update. */
function baseOf(frame: Uint8Array, name = 'weights'): number | null | undefined {
  const array = decodeFrame(frame).arrays[name]!;
  return array.kind === 'update' ? array.read().base : undefined;
}

function received(wire: Wire, frame: Uint8Array, from = 'a'): Float32Array {
  const message = wire.decode(frame, from);
  if (message?.type === 'weights' || message?.type === 'mixed') return message.weights;
  if (message?.type === 'step') return message.step;
  throw new Error('no vector');
}

const largestError = (actual: Float32Array, expected: Float32Array) =>
  expected.reduce((top, value, i) => Math.max(top, Math.abs(value - actual[i]!)), 0);
const largest = (values: Float32Array) => values.reduce((top, value) => Math.max(top, Math.abs(value)), 0);
const level = (change: Float32Array) => (1.001 * largest(change)) / 127;

describe('all wire forms', () => {
  it('carry steps of any size: that of 80 accelerated steps is beyond the largest half', () => {
    const step = wave(0).map((value) => 1e5 * value);
    for (const [form, most] of [
      ['f32', 0],
      ['f16', 2 ** -11],
      ['q8', 1 / 127],
    ] as const) {
      const [sender, receiver] = [0, 1].map((k) => new Wire(shape, { wire: form, seed: 1 }, endsOf(k), null));
      const arrived = received(receiver!, sender!.encode(stepIn(0, step), 'b'));
      expect(largestError(arrived, step)).toBeLessThanOrEqual(1.001 * most * largest(step));
    }
  });
});

describe('the wire forms f32 and f16', () => {
  it('frame a message for each of its receivers in memory of its own', () => {
    for (const form of ['f32', 'f16'] as const) {
      const wire = new Wire(shape, { wire: form, seed: 1 }, endsOf(0), null);
      const message = weightsIn(0, wave(0));
      expect(wire.encode(message, 'b')).toEqual(encodeMessage(message, form));
      const [first, second] = [wire.encode(message, 'c'), wire.encode(message, 'b')];
      expect(first).toEqual(second);
      expect(first.buffer).not.toBe(second.buffer);
    }
  });
});

describe('the wire form q8', () => {
  it('takes little more than a byte a number', () => {
    const message = weightsIn(0, wave(0));
    const overhead = encodeMessage(message, 'f32').length - 4 * SIZE;
    expect(wireOf().encode(message, 'b').length).toBeLessThanOrEqual(overhead + SIZE + 4 * Math.ceil(SIZE / BLOCK) + 16);
  });

  it('sends what has changed, from round to round and from the weights to the mixed model, and errs by one level of that', () => {
    const [a, b] = [wireOf(), wireOf(1)];
    let before = received(b, a.encode(weightsIn(0, drifted(0)), 'b'));
    expect(largestError(before, drifted(0))).toBeLessThan(level(drifted(0)));
    for (let t = 1; t < 8; t++) {
      const frame = a.encode(t % 2 ? mixedIn(Math.floor(t / 2), drifted(t)) : weightsIn(t / 2, drifted(t)), 'b');
      expect(baseOf(frame)).toBe(t);
      const now = received(b, frame);
      const change = drifted(t).map((value, i) => value - before[i]!);
      expect(largestError(now, drifted(t))).toBeLessThan(level(change));
      expect(level(change)).toBeLessThan(level(drifted(t)) / 50);
      before = now;
    }
  });

  it('starts from the weights that all start from, which cost nothing', () => {
    const [a, b] = [wireOf(0, wave(0)), wireOf(1, wave(0))];
    const first = a.encode(weightsIn(0, wave(0)), 'b');
    expect(baseOf(first)).toBe(0);
    expect(received(b, first)).toEqual(wave(0));
    // Who comes later gets the difference to the start too.
    const change = drifted(3).map((value, i) => value - wave(0)[i]!);
    const frame = a.encode(weightsIn(3, drifted(3)), 'c');
    expect(baseOf(frame)).toBe(0);
    expect(largestError(received(wireOf(2, wave(0)), frame), drifted(3))).toBeLessThan(level(change));
  });

  it('makes an update once for all who have the same base', () => {
    const a = wireOf();
    const [first, then] = [drifted(0), drifted(1)];
    const changes = (values: Float32Array, round: number, to: string) =>
      decodeFrame(a.encode(weightsIn(round, values), to)).arrays['weights']!.read();
    expect(changes(first, 0, 'b')).toEqual(changes(first, 0, 'c'));
    a.encode(weightsIn(0, drifted(9)), 'd');
    expect(changes(then, 1, 'b')).toEqual(changes(then, 1, 'c'));
    expect(changes(then, 1, 'd')).not.toEqual(changes(then, 1, 'c'));
  });

  it('adds the error of a step to the next one to the same neighbour: their mean closes in on the truth', () => {
    const [a, b] = [wireOf(), wireOf(1)];
    const rounds = 64;
    const sum = new Float64Array(SIZE);
    for (let round = 0; round < rounds; round++) {
      received(b, a.encode(stepIn(round, wave(0)), 'b')).forEach((value, i) => (sum[i]! += value));
    }
    // What was not sent so far is at most one level; independent roundings would be off by several.
    wave(0).forEach((value, i) => expect(Math.abs(sum[i]! - rounds * value)).toBeLessThan(1.1 * level(wave(0)) + 1e-3));
  });

  it('is reproducible from seed and sender, and differs between senders and between receivers of a step', () => {
    const frame = (sender: number, to: string) => wireOf(sender).encode(stepIn(2, wave(0)), to);
    expect(frame(0, 'b')).toEqual(frame(0, 'b'));
    expect(frame(0, 'b')).not.toEqual(frame(1, 'b'));
    expect(frame(0, 'b')).not.toEqual(frame(0, 'c'));
    expect(wireOf(0).encode(weightsIn(0, wave(0)), 'b')).not.toEqual(wireOf(1).encode(weightsIn(0, wave(0)), 'b'));
  });

  it('keeps masks, and leaves what is small or sent once to float16', () => {
    const relu = wave(0).map((value) => Math.max(0, value - 4.9));
    const features = { hidden: [relu], jacobian: wave(1), logits: wave(2) };
    const { arrays } = decodeFrame(wireOf().encode({ type: 'features', run: 'r', round: 0, features, teacher: null }, 'b'));
    const hidden = arrays['hidden0']!.read();
    if (!(hidden instanceof Float32Array)) throw new Error('no activations');
    relu.forEach((value, i) => expect(hidden[i]! > 0).toBe(value > 0));
    // Derivatives have no masks to keep, so that small ones may be rounded to nothing.
    const random = randomStream(1, 'q8', 0, 'factors/jacobian', 0, 'c1');
    expect(arrays['jacobian']!.read()).toEqual(dequantise(quantise(wave(1), { random })));
    const float16: Message[] = [
      { type: 'residuals', run: 'r', round: 0, residual: wave(0) },
      { type: 'metrics', run: 'r', round: 0, clients: [], tally: { confusion: [], loss: 0 }, bytesSent: 0, seconds: 0, weights: wave(0) },
      { type: 'features', run: 'r', round: 0, features: { hidden: [wave(0, 1024)], jacobian: null, logits: wave(2) }, teacher: wave(3) },
      weightsIn(0, wave(0, 1024)),
      stepIn(0, wave(0, 1024)),
    ];
    for (const message of float16) expect(wireOf().encode(message, 'b')).toEqual(encodeMessage(message, 'f16'));
  });
});

describe('the random numbers of a rounding', () => {
  it('are of the numbers of both ends, as ids are new in every room', () => {
    const here = { self: 0, numberOf: (peer: string) => ({ before: 1, now: 1, other: 2 })[peer], isInRun: () => true };
    const to = (peer: string) => new Wire(shape, q8, here, null).encode(stepIn(0, wave(0)), peer);
    expect(to('now')).toEqual(to('before'));
    expect(to('other')).not.toEqual(to('before'));
  });
});

describe('what both ends keep', () => {
  it('is forgotten by both when the channel opens anew', () => {
    const [a, b] = [wireOf(), wireOf(1)];
    received(b, a.encode(weightsIn(0, drifted(0)), 'b'));
    a.forget('b');
    const whole = a.encode(weightsIn(1, drifted(1)), 'b');
    expect(baseOf(whole)).toBeNull();
    b.forget('a');
    expect(largestError(received(b, whole), drifted(1))).toBeLessThan(level(drifted(1)));
  });

  it('is forgotten by both after a round without each other', () => {
    const [a, b] = [wireOf(), wireOf(1)];
    for (const round of [0, 1]) received(b, a.encode(weightsIn(round, drifted(round)), 'b'));
    a.encode(weightsIn(2, drifted(2)), 'c');
    expect(baseOf(a.encode(weightsIn(3, drifted(3)), 'b'))).toBeNull();
    // At the receiver later: a peer may be some rounds behind.
    const [c, d] = [wireOf(), wireOf(1)];
    received(d, c.encode(weightsIn(0, drifted(0)), 'b'));
    d.encode(weightsIn(4, drifted(2)), 'x');
    const late = c.encode(mixedIn(0, drifted(1)), 'b');
    expect(largestError(received(d, late), drifted(1))).toBeLessThan(level(drifted(1)));
    d.encode(weightsIn(5, drifted(2)), 'x');
    expect(() => d.decode(c.encode(mixedIn(0, drifted(2)), 'b'), 'a')).toThrow(MissingBaseError);
  });

  it('is not made up: what builds on a lost message is declined, and the next one can be used', () => {
    const [a, b] = [wireOf(0), wireOf(1)];
    received(b, a.encode(weightsIn(0, drifted(0)), 'b'));
    a.encode(mixedIn(0, drifted(1)), 'b');
    const frame = a.encode(weightsIn(1, drifted(2)), 'b');
    const declined = { type: 'decline', run: 'r', round: 1, of: 'weights' };
    expect(() => b.decode(frame, 'a')).toThrow(new MissingBaseError({ type: 'decline', run: 'r', round: 1, of: 'weights' }));
    expect(a.decode(b.encode({ type: 'decline', run: 'r', round: 1, of: 'weights' }, 'a'), 'b')).toEqual(declined);
    const next = a.encode(mixedIn(1, drifted(3)), 'b');
    expect(baseOf(next)).toBeNull();
    expect(largestError(received(b, next), drifted(3))).toBeLessThan(level(drifted(3)));
  });

  it('stays as it was when a frame comes twice, or is no valid message', () => {
    const [a, b] = [wireOf(), wireOf(1)];
    const frame = a.encode(weightsIn(0, drifted(0)), 'b');
    const first = received(b, frame);
    expect(received(b, frame)).toEqual(first);
    const short = new Wire({ ...shape, parameters: 1200 }, q8, endsOf(0), null).encode(weightsIn(0, wave(0, 1200)), 'b');
    expect(() => b.decode(short, 'a')).toThrow(/needs 1100 floats/);
    const second = a.encode(mixedIn(0, drifted(1)), 'b');
    expect(received(b, second)).toEqual(received(b, second));
    expect(largestError(received(b, second), drifted(1))).toBeLessThan(level(drifted(1).map((value, i) => value - first[i]!)));
  });

  const happening = fc.constantFrom(
    'sent',
    'sent',
    'sent',
    'lost',
    'twice',
    'reopened',
    'skipped round',
    'forgotten here',
    'forgotten there',
  );
  it('agrees whatever is lost, doubled or forgotten: a vector arrives within a level of its change, or is declined', () => {
    fc.assert(
      fc.property(fc.array(happening, { maxLength: 40 }), fc.boolean(), (events, isAlike) => {
        const start = isAlike ? drifted(0) : null;
        const [a, b] = [wireOf(0, start), wireOf(1, start)];
        let round = 0;
        /** Whether the last message was declined, and nothing has gone wrong since. */
        let mended = false;
        events.forEach((event, t) => {
          const vector = drifted(t % 7);
          round += event === 'skipped round' ? 2 : 1;
          b.encode(weightsIn(round, vector), 'x');
          if (event === 'forgotten here' || event === 'reopened') a.forget('b');
          if (event === 'forgotten there' || event === 'reopened') b.forget('a');
          if (event !== 'sent' && event !== 'twice') mended = false;
          const frame = a.encode(weightsIn(round, vector), 'b');
          if (event === 'lost') return;
          try {
            // No drift is longer than 0.12: had it another base, it would be off by more than a level of that.
            const bound = baseOf(frame) === null ? level(vector) : (1.01 * 0.12) / 127 + level(vector) / 100;
            expect(largestError(received(b, frame), vector)).toBeLessThan(bound);
            if (event === 'twice') expect(largestError(received(b, frame), vector)).toBeLessThan(bound);
            mended = false;
          } catch (error) {
            if (!(error instanceof MissingBaseError)) throw error;
            expect(mended, 'declined twice in a row').toBe(false);
            a.decode(b.encode(error.answer, 'a'), 'b');
            mended = true;
          }
        });
      }),
      { numRuns: 60 },
    );
  });
});
