import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { throughHalf } from '../math/half.ts';
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

/** A frame with one array, empty, described by any header entry. */
function withEntry(entry: unknown): Uint8Array {
  const header = Buffer.from(JSON.stringify({ fields: {}, arrays: [entry] }));
  const frame = Buffer.alloc(Math.ceil((12 + header.length) / 8) * 8);
  frame.write('SSM1', 'latin1');
  frame.writeUInt32LE(header.length, 4);
  frame.set(header, 12);
  frame.writeUInt32LE(crc32(frame.subarray(12)), 8);
  return Uint8Array.from(frame);
}

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

  it('scales floats that are beyond the largest half, and trusts no impossible scale', () => {
    const values = Float32Array.of(1e6, -3, 0, -2.5e7);
    const frame = encodeFrame({ fields: {}, arrays: { values, small: Float32Array.of(1) } }, 'f16');
    expect(decodeFrame(frame).arrays).toEqual({ values: throughHalf(values), small: Float32Array.of(1) });
    for (const exponent of [-1, 113, 0.5, null, '1'])
      expect(() => decodeFrame(withEntry(['values', 'f16', 0, exponent]))).toThrow(ProtocolError);
    expect(() => decodeFrame(withEntry(['values', 'f32', 0, 1]))).toThrow(ProtocolError);
    expect(decodeFrame(withEntry(['values', 'f16', 0, 112])).arrays).toEqual({ values: new Float32Array(0) });
  });

  it('carries updates of vectors with their versions, and none without', () => {
    const change = quantise(
      Float32Array.from({ length: 100 }, (_, i) => i - 40),
      { random: randomStream(1, 'frame') },
    );
    for (const base of [null, 0, 6]) {
      const decoded = decodeFrame(encodeFrame({ fields: {}, arrays: { weights: { version: 7, base, change } } }, 'f16'));
      expect(decoded.arrays).toEqual({ weights: { version: 7, base, change: dequantise(change) } });
    }
    for (const step of [
      { version: -1, base: null },
      { version: 1, base: 0.5 },
      { version: NaN, base: 0 },
    ]) {
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
