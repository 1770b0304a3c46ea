import { describe, expect, it } from 'vitest';
import { dequantise, quantise } from '../math/quantise.ts';
import { randomStream } from '../math/random.ts';
import { decodeFrame } from './frame.ts';
import { encodeMessage, type Message } from './messages.ts';
import { Quantiser } from './quantiser.ts';

const values = Float32Array.from({ length: 300 }, (_, i) => Math.sin(i * 1.7) * (1 + (i % 5)));
const weightsIn = (round: number): Message => ({ type: 'weights', run: 'r', round, weights: values, velocity: null });
const sent = (frame: Uint8Array, name: string) => Float32Array.from(decodeFrame(frame).arrays[name]!);

describe('the wire form q8', () => {
  it('takes little more than a byte a value', () => {
    const bytes = (wire: 'f32' | 'f16' | Quantiser) => encodeMessage(weightsIn(0), wire, 'b').length;
    const overhead = bytes('f32') - 4 * 300;
    expect(bytes(new Quantiser(1, 0))).toBeLessThanOrEqual(overhead + 300 + 4 * 5 + 8);
  });

  it('feeds its errors back: the mean over rounds closes in on the values faster than independent rounding would', () => {
    const quantiser = new Quantiser(1, 0);
    const rounds = 64;
    const sum = new Float64Array(values.length);
    for (let round = 0; round < rounds; round++) {
      sent(encodeMessage(weightsIn(round), quantiser, 'b'), 'weights').forEach((value, i) => (sum[i]! += value));
    }
    // What was not sent so far is at most one level, 5/127; independent roundings would be off by sqrt(64) times that.
    values.forEach((value, i) => expect(Math.abs(sum[i]! - rounds * value)).toBeLessThan((1.05 * 5) / 127 + 1e-3));
  });

  it('is reproducible from seed and sender, and differs between senders and receivers of an answer', () => {
    const step: Message = { type: 'step', run: 'r', round: 2, step: values };
    const frame = (sender: number, to: string) => encodeMessage(step, new Quantiser(1, sender), to);
    expect(frame(0, 'b')).toEqual(frame(0, 'b'));
    expect(frame(0, 'b')).not.toEqual(frame(1, 'b'));
    expect(frame(0, 'b')).not.toEqual(frame(0, 'c'));
  });

  it('keeps masks, and leaves what is small or sent once to float16', () => {
    const relu = values.map((value) => Math.max(0, value - 4.9));
    const factors: Message = { type: 'factors', run: 'r', round: 0, features: { hidden: [relu], jacobian: values, logits: null } };
    const frame = encodeMessage(factors, new Quantiser(1, 0), 'b');
    const hidden = sent(frame, 'hidden0');
    relu.forEach((value, i) => expect(hidden[i]! > 0).toBe(value > 0));
    // Derivatives have no masks to keep, so that small ones may be rounded to nothing.
    expect(sent(frame, 'jacobian')).toEqual(dequantise(quantise(values, { random: randomStream(1, 'q8', 0, 'factors/jacobian', 0, 'b') })));
    const residuals: Message = { type: 'residuals', run: 'r', round: 0, residual: values };
    expect(encodeMessage(residuals, new Quantiser(1, 0), 'b')).toEqual(encodeMessage(residuals, 'f16', 'b'));
  });
});
