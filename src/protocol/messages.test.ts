import { describe, expect, it } from 'vitest';
import { defaultSettings, MAX_SAMPLES } from '../settings/settings.ts';
import { decodeMessage, encodeMessage, largestFrame } from './codec.ts';
import { encodeFrame, ProtocolError } from './frame.ts';
import type { Message } from './messages.ts';
import type { RunShape } from './shape.ts';
import { smallShape } from '../testing/smallShape.ts';

const shape = smallShape;
const floats = (length: number) => Float32Array.from({ length }, (_, i) => i - 1.5);
const inRound = { run: 'r', round: 3 } as const;
/** Of 8 samples of 4 classes. */
const tally = { confusion: Array.from({ length: 16 }, (_, i) => i % 2), loss: 4.5 };

const messages: Message[] = [
  { type: 'room', register: { version: 2, author: 'a', settings: defaultSettings(), run: null } },
  {
    type: 'room',
    register: {
      version: 2,
      author: 'a',
      settings: {
        ...defaultSettings('dpsgd'),
        partition: { kind: 'iid' },
        topology: { kind: 'k-regular', degree: 3, changing: true },
      },
      run: {
        version: 3,
        author: 'b',
        id: 'r',
        founders: ['a', 'b'],
        digest: '',
        scale: null,
        samples: 400,
        joined: ['c'],
        turns: 1,
        end: null,
      },
    },
  },
  {
    type: 'offer',
    offer: {
      peer: 'a',
      version: 1,
      digest: '0123456789abcdef'.repeat(4),
      train: [3, 0, 0, 9],
      heldOut: [1, 0, 0, 2],
      moments: [{ count: 12, mean: -1e9, squares: 0.25 }],
    },
  },
  { type: 'mean', run: 'r', mean: floats(3) },
  { type: 'weights', ...inRound, weights: floats(5), velocity: floats(5) },
  { type: 'mixed', ...inRound, weights: floats(5), wantsInputs: true, centre: floats(3) },
  { type: 'mixed', ...inRound, weights: floats(5), wantsInputs: false, centre: null },
  {
    type: 'inputs',
    run: 'r',
    labels: Uint8Array.of(0, 3),
    inputs: { kind: 'sketch', rows: floats(4), width: 2, cross: floats(2) },
  },
  { type: 'features', ...inRound, features: { hidden: [floats(4)], jacobian: null, logits: null }, teacher: null },
  { type: 'residuals', ...inRound, residual: floats(8) },
  { type: 'step', ...inRound, step: floats(5) },
  { type: 'decline', ...inRound, of: 'weights' },
  {
    type: 'metrics',
    ...inRound,
    clients: [{ id: 'a', number: 0, accuracy: 0.5, loss: 1 }],
    tally,
    bytesSent: 7,
    seconds: 0.1,
    weights: floats(5),
  },
  { type: 'averaged', ...inRound, weights: floats(5) },
  { type: 'farewell', why: 'too much' },
  { type: 'tally', ...inRound, clients: [{ id: 'a' }], tally },
  {
    type: 'summary',
    run: 'r',
    summary: {
      round: 3,
      averaged: { accuracy: 1, loss: 0 },
      confusion: [...tally.confusion],
      mean: { accuracy: 0.5, loss: 1 },
      clients: [{ id: 'a', number: 0, accuracy: 0.5, loss: 1 }],
      bytesSent: 12,
      seconds: 2,
    },
  },
];

describe('messages', () => {
  it.each(messages.map((message) => [message.type, message] as const))('%s survives the wire', (_, message) => {
    expect(decodeMessage(encodeMessage(message, 'f32'), shape)).toEqual(message);
  });

  it('carries exact inputs in a run that exchanges exact samples', () => {
    const message: Message = {
      type: 'inputs',
      run: 'r',
      labels: Uint8Array.of(1),
      inputs: { kind: 'exact', rows: floats(3), width: 3 },
    };
    expect(decodeMessage(encodeMessage(message, 'f32'), { ...shape, inputs: 'exact' })).toEqual(message);
  });

  it('carries derivatives, and labels without inputs, in a run with convolutions', () => {
    const convolutional: RunShape = { ...shape, features: { hidden: [2], jacobian: 3, logits: 0 }, inputs: 'none' };
    const decode = (message: Message, by = convolutional) => decodeMessage(encodeMessage(message, 'f32'), by);
    const labels: Message = { type: 'inputs', run: 'r', labels: Uint8Array.of(1, 0), inputs: null };
    const features = { hidden: [floats(4)], jacobian: floats(6), logits: null };
    const answer: Message = { type: 'features', ...inRound, features, teacher: null };
    for (const message of [labels, answer]) {
      expect(decode(message)).toEqual(message);
      expect(() => decode(message, shape)).toThrow(ProtocolError);
    }
    expect(() => decode({ ...labels, labels: new Uint8Array(5001) })).toThrow(/1 to 5000 rows/);
    expect(() => decode({ ...labels, inputs: { kind: 'exact', rows: floats(6), width: 3 } })).toThrow(/brings exact/);
    expect(() => decode({ ...answer, features: { hidden: [floats(4)], jacobian: floats(9), logits: null } })).toThrow(
      /different sample counts/,
    );
    expect(() => decode({ ...answer, features: { hidden: [floats(4)], jacobian: null, logits: null } })).toThrow(/'jacobian'/);
  });

  it('carries Jacobians and logits, and labels without inputs, in the runs that exchange those', () => {
    const derived: RunShape = { ...shape, features: { hidden: [], jacobian: 8, logits: 4 }, inputs: 'none' };
    const decode = (message: Message) => decodeMessage(encodeMessage(message, 'f32'), derived);
    const features = { hidden: [], jacobian: floats(16), logits: floats(8) };
    const answer: Message = { type: 'features', ...inRound, features, teacher: null };
    expect(decode(answer)).toEqual(answer);
    expect(() => decode({ ...answer, features: { ...features, logits: floats(12) } })).toThrow(/different sample counts/);
    expect(() => decode({ ...answer, features: { ...features, jacobian: floats(15) } })).toThrow(/'jacobian'/);
    expect(() => decode({ ...answer, features: { ...features, logits: null } })).toThrow(/'logits'/);
    expect(() => decode({ ...answer, features: { ...features, hidden: [floats(4)] } })).toThrow(/should not have/);
    expect(() => decodeMessage(encodeMessage(answer, 'f32'), shape)).toThrow(ProtocolError);
    const labels: Message = { type: 'inputs', run: 'r', labels: Uint8Array.of(1, 0), inputs: null };
    expect(decode(labels)).toEqual(labels);
    expect(() => decode({ ...labels, inputs: { kind: 'exact', rows: floats(6), width: 3 } })).toThrow(ProtocolError);
  });

  it('takes no message of a round that the run does not have', () => {
    for (const message of messages) {
      const decode = () => decodeMessage(encodeMessage(message, 'f32'), { ...shape, rounds: 3 });
      if ('round' in message || message.type === 'summary') expect(decode).toThrow(/of round 4, but the run has 3/);
      else expect(decode()).toEqual(message);
    }
  });

  it("carries a teacher's logits in the rounds that have one, whatever else the features are", () => {
    const isTaught = (round: number) => round === 3;
    const layers = { hidden: [floats(4)], jacobian: null, logits: null };
    const derived = { hidden: [], jacobian: floats(16), logits: floats(8) };
    const untaught = { hidden: [], jacobian: null, logits: null };
    const forms = [
      [layers, shape.features],
      [derived, { hidden: [], jacobian: 8, logits: 4 }],
      [untaught, { hidden: [], jacobian: 0, logits: 0 }],
    ] as const;
    for (const [features, widths] of forms) {
      const decode = (message: Message) => decodeMessage(encodeMessage(message, 'f32'), { ...shape, features: widths, isTaught });
      const answer: Message = { type: 'features', ...inRound, features, teacher: floats(8) };
      expect(decode(answer)).toEqual(answer);
      expect(decode({ ...answer, round: 2, teacher: null })).toEqual({ ...answer, round: 2, teacher: null });
      expect(() => decode({ ...answer, round: 2 })).toThrow(/should not have/);
      expect(() => decode({ ...answer, teacher: null })).toThrow(/'teacher'/);
      expect(() => decode({ ...answer, teacher: floats(7) })).toThrow(/'teacher' of 1 to 5000 rows of 4/);
      expect(() => decode({ ...answer, teacher: floats(8).fill(NaN) })).toThrow(/not finite/);
      if (features !== untaught) expect(() => decode({ ...answer, teacher: floats(12) })).toThrow(/different sample counts/);
    }
  });

  it('carries weights alone in a run that mixes no velocities', () => {
    const message: Message = { type: 'weights', ...inRound, weights: floats(5), velocity: null };
    const alone = { ...shape, velocity: false };
    expect(decodeMessage(encodeMessage(message, 'f32'), alone)).toEqual(message);
    expect(() => decodeMessage(encodeMessage(message, 'f32'), shape)).toThrow(ProtocolError);
    expect(() => decodeMessage(encodeMessage({ ...message, velocity: floats(5) }, 'f32'), alone)).toThrow(ProtocolError);
  });

  it('neither gives nor takes anything made of samples in a run that exchanges weights alone', () => {
    const allowed = new Set(['room', 'offer', 'farewell', 'weights', 'decline', 'metrics', 'averaged', 'tally', 'summary']);
    for (const message of messages) {
      const decode = () => decodeMessage(encodeMessage(message, 'f32'), { ...shape, features: null, inputs: 'none' });
      if (allowed.has(message.type)) expect(decode()).toEqual(message);
      else expect(decode).toThrow(ProtocolError);
    }
  });

  it('passes over messages of another run, and of any run outside one', () => {
    const other = encodeMessage({ type: 'decline', run: 'other', round: 0, of: 'weights' }, 'f32');
    expect(decodeMessage(other, shape)).toBeNull();
    expect(decodeMessage(other, null)).toBeNull();
  });

  it('may be as large as its weights, or as what kernels need of the most samples, and little more', () => {
    const most = MAX_SAMPLES * 100;
    const many: RunShape = { ...shape, features: { hidden: [100], jacobian: 0, logits: 0 } };
    const features = { hidden: [floats(most)], jacobian: null, logits: null };
    const large: RunShape = { ...shape, parameters: most, features: null };
    for (const [sizes, message] of [
      [many, { type: 'features', ...inRound, features, teacher: null }],
      [large, { type: 'weights', ...inRound, weights: floats(most), velocity: floats(most) }],
    ] as const) {
      const { length } = encodeMessage(message, 'f32');
      expect(largestFrame(sizes)).toBeGreaterThanOrEqual(length);
      // A header, and the labels, or a teacher that there is not in every round.
      expect(largestFrame(sizes)).toBeLessThan(length + 512 * 1024);
    }
  });

  it('reads nothing of a run from who is not in it', () => {
    const frame = encodeMessage({ type: 'step', ...inRound, step: floats(5) }, 'f32');
    expect(decodeMessage(frame, shape, () => true)).not.toBeNull();
    expect(decodeMessage(frame, shape, () => false)).toBeNull();
    const words = encodeMessage({ type: 'farewell', why: 'Enough.' }, 'f32');
    expect(decodeMessage(words, shape, () => false)).toEqual({ type: 'farewell', why: 'Enough.' });
  });

  const wrong: [string, Parameters<typeof encodeFrame>[0]][] = [
    ['an unknown type', { fields: { type: 'gossip' }, arrays: {} }],
    ['a negative round', { fields: { type: 'decline', run: 'r', round: -1, of: 'weights' }, arrays: {} }],
    ['a field too many', { fields: { type: 'decline', ...inRound, of: 'weights', extra: 1 }, arrays: {} }],
    ['weights of the wrong length', { fields: { type: 'weights', ...inRound }, arrays: { weights: floats(4) } }],
    ['weights that are not a number', { fields: { type: 'weights', ...inRound }, arrays: { weights: floats(5).fill(NaN) } }],
    ['an array too many', { fields: { type: 'step', ...inRound }, arrays: { step: floats(5), more: floats(1) } }],
    ['rows that do not fill', { fields: { type: 'residuals', ...inRound }, arrays: { residual: floats(7) } }],
    ['no rows at all', { fields: { type: 'features', ...inRound }, arrays: { hidden0: floats(0) } }],
    ['more rows than anyone may hold', { fields: { type: 'features', ...inRound }, arrays: { hidden0: new Float32Array(2 * 5001) } }],
    ['residuals of samples we do not hold', { fields: { type: 'residuals', ...inRound }, arrays: { residual: floats(12) } }],
    [
      'a label that is no class',
      { fields: { type: 'inputs', run: 'r', kind: 'sketch' }, arrays: { labels: Uint8Array.of(4), rows: floats(2), cross: floats(1) } },
    ],
    [
      'inputs of the other exchange mode',
      { fields: { type: 'inputs', run: 'r', kind: 'exact' }, arrays: { labels: Uint8Array.of(1), rows: floats(3) } },
    ],
  ];
  it.each(wrong)('rejects %s', (_, parts) => {
    expect(() => decodeMessage(encodeFrame(parts, 'f32'), shape)).toThrow(ProtocolError);
  });
});
