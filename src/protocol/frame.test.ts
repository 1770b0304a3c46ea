import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dequantise, quantise } from '../math/quantise.ts';
import { randomStream } from '../math/random.ts';
import { decodeFrame, encodeFrame, ProtocolError } from './frame.ts';

const parts = fc.record({
  fields: fc.record({ type: fc.string(), round: fc.nat() }),
  arrays: fc.dictionary(
    fc.string({ minLength: 1, maxLength: 8 }).filter((name) => name !== '__proto__'),
    fc.oneof(fc.float32Array({ noNaN: true, maxLength: 33 }), fc.uint8Array({ maxLength: 33 })),
    { maxKeys: 5 },
  ),
});

describe('frame', () => {
  it('carries fields and arrays exactly in float32', () => {
    fc.assert(
      fc.property(parts, ({ fields, arrays }) => {
        const decoded = decodeFrame(encodeFrame({ fields, arrays }, 'f32'));
        expect(decoded.fields).toEqual(fields);
        expect(Object.keys(decoded.arrays)).toEqual(Object.keys(arrays));
        for (const [name, array] of Object.entries(arrays)) expect(decoded.arrays[name]).toEqual(array);
      }),
    );
  });

  it('halves the floats in float16, within half a unit of its last place', () => {
    const values = Float32Array.from({ length: 1000 }, (_, i) => Math.sin(i) * 2 ** ((i % 20) - 10));
    const frame = encodeFrame({ fields: {}, arrays: { values } }, 'f16');
    expect(frame.length).toBeLessThan(2000 + 100);
    const decoded = decodeFrame(frame).arrays['values'];
    if (!(decoded instanceof Float32Array)) throw new Error('no floats');
    for (let i = 0; i < values.length; i++) {
      expect(Math.abs(decoded[i]! - values[i]!)).toBeLessThanOrEqual(Math.abs(values[i]!) * 2 ** -11 + 2 ** -25);
    }
  });

  it('carries updates of vectors with their versions, and none without', () => {
    const change = quantise(Float32Array.from({ length: 100 }, (_, i) => i - 40), { random: randomStream(1, 'frame') });
    for (const base of [null, 0, 6]) {
      const decoded = decodeFrame(encodeFrame({ fields: {}, arrays: { weights: { version: 7, base, change } } }, 'f16'));
      expect(decoded.arrays).toEqual({ weights: { version: 7, base, change: dequantise(change) } });
    }
    for (const step of [{ version: -1, base: null }, { version: 1, base: 0.5 }, { version: NaN, base: 0 }]) {
      expect(() => decodeFrame(encodeFrame({ fields: {}, arrays: { weights: { ...step, change } } }, 'f16'))).toThrow(ProtocolError);
    }
  });

  it('rejects any changed byte, any cut and any addition', () => {
    fc.assert(
      fc.property(parts, fc.nat(), fc.integer({ min: 1, max: 255 }), (message, position, change) => {
        const frame = encodeFrame(message, 'f32');
        const changed = frame.slice();
        changed[position % frame.length]! ^= change;
        expect(() => decodeFrame(changed)).toThrow(ProtocolError);
        expect(() => decodeFrame(frame.slice(0, position % frame.length))).toThrow(ProtocolError);
        expect(() => decodeFrame(Uint8Array.from([...frame, change]))).toThrow(ProtocolError);
      }),
    );
  });

  it('never throws anything but a ProtocolError on random bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(() => decodeFrame(bytes)).toThrow(ProtocolError);
      }),
    );
  });
});
