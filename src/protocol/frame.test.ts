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

/** A frame with any header, and arrays that are empty. */
function withHeader(text: string): Uint8Array {
  const header = Buffer.from(text);
  const frame = Buffer.alloc(Math.ceil((12 + header.length) / 8) * 8);
  frame.write('SSMF', 'latin1');
  frame.writeUInt32LE(4, 4);
  frame.writeUInt32LE(header.length, 8);
  frame.set(header, 12);
  return Uint8Array.from(frame);
}

/** The values of all arrays that a frame has. */
const arraysOf = (frame: Uint8Array) =>
  Object.fromEntries(Object.entries(decodeFrame(frame).arrays).map(([name, array]) => [name, array.read()]));

const withEntry = (...entries: unknown[]) => withHeader(JSON.stringify({ fields: {}, arrays: entries }));

describe('frame', () => {
  it('carries fields and arrays exactly in float32', () => {
    fc.assert(
      fc.property(parts, ({ fields, arrays }) => {
        const frame = encodeFrame({ fields, arrays }, 'f32');
        expect(decodeFrame(frame).fields).toEqual(fields);
        const decoded = arraysOf(frame);
        expect(Object.keys(decoded)).toEqual(Object.keys(arrays));
        for (const [name, array] of Object.entries(arrays)) {
          expect(decoded[name]).toEqual(array);
          expect(decodeFrame(frame).arrays[name]).toMatchObject({ length: array.length });
        }
      }),
    );
  });

  it('halves the floats in float16, within half a unit of its last place', () => {
    const values = Float32Array.from({ length: 1000 }, (_, i) => Math.sin(i) * 2 ** ((i % 20) - 10));
    const frame = encodeFrame({ fields: {}, arrays: { values } }, 'f16');
    expect(frame.length).toBeLessThan(2000 + 100);
    const decoded = arraysOf(frame)['values'];
    if (!(decoded instanceof Float32Array)) throw new Error('no floats');
    for (let i = 0; i < values.length; i++) {
      expect(Math.abs(decoded[i]! - values[i]!)).toBeLessThanOrEqual(Math.abs(values[i]!) * 2 ** -11 + 2 ** -25);
    }
  });

  it('scales floats that are beyond the largest half, and trusts no impossible scale', () => {
    const values = Float32Array.of(1e6, -3, 0, -2.5e7);
    const frame = encodeFrame({ fields: {}, arrays: { values, small: Float32Array.of(1) } }, 'f16');
    expect(arraysOf(frame)).toEqual({ values: throughHalf(values), small: Float32Array.of(1) });
    for (const exponent of [-1, 113, 0.5, null, '1'])
      expect(() => decodeFrame(withEntry(['values', 'f16', 0, exponent]))).toThrow(ProtocolError);
    expect(() => decodeFrame(withEntry(['values', 'f32', 0, 1]))).toThrow(ProtocolError);
    expect(arraysOf(withEntry(['values', 'f16', 0, 112]))).toEqual({ values: new Float32Array(0) });
  });

  it('carries updates of vectors with their versions, and none without', () => {
    const change = quantise(
      Float32Array.from({ length: 100 }, (_, i) => i - 40),
      { random: randomStream(1, 'frame') },
    );
    for (const base of [null, 0, 6]) {
      const frame = encodeFrame({ fields: {}, arrays: { weights: { version: 7, base, change } } }, 'f16');
      expect(arraysOf(frame)).toEqual({ weights: { version: 7, base, change: dequantise(change) } });
    }
    for (const step of [
      { version: -1, base: null },
      { version: 1, base: 0.5 },
      { version: NaN, base: 0 },
    ]) {
      expect(() => decodeFrame(encodeFrame({ fields: {}, arrays: { weights: { ...step, change } } }, 'f16'))).toThrow(ProtocolError);
    }
  });

  it('says of another format that the other side runs another version', () => {
    fc.assert(
      fc.property(parts, fc.nat(7), fc.integer({ min: 1, max: 255 }), (message, position, change) => {
        const frame = encodeFrame(message, 'f32');
        frame[position]! ^= change;
        expect(() => decodeFrame(frame)).toThrow(ProtocolError);
        expect(() => decodeFrame(frame)).toThrow(/the other side runs another version of sparkmesh; reload the page/);
      }),
    );
  });

  it('rejects any other length of the header, any cut and any addition', () => {
    fc.assert(
      fc.property(parts, fc.nat(), fc.integer({ min: 1, max: 255 }), (message, position, change) => {
        const frame = encodeFrame(message, 'f32');
        const changed = frame.slice();
        changed[8 + (position % 4)]! ^= change;
        expect(() => decodeFrame(changed)).toThrow(ProtocolError);
        expect(() => decodeFrame(frame.slice(0, position % frame.length))).toThrow(ProtocolError);
        expect(() => decodeFrame(Uint8Array.from([...frame, change]))).toThrow(ProtocolError);
      }),
    );
  });

  it('takes a changed value for another value of the same array, and changes no other', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 33 }), fc.nat(), fc.integer({ min: 1, max: 255 }), (values, at, change) => {
        const [index, other] = [at % values.length, Float32Array.of(1, 2)];
        const frame = encodeFrame({ fields: {}, arrays: { other, values } }, 'f32');
        frame[frame.length - 8 * Math.ceil(values.length / 8) + index]! ^= change;
        const expected = values.map((value, i) => (i === index ? value ^ change : value));
        expect(arraysOf(frame)).toEqual({ other, values: expected });
      }),
    );
  });

  it('rejects a header that is not of fields and arrays, and an array that is listed twice', () => {
    for (const header of ['', '[]', 'null', '{"fields":{}}', '{"fields":null,"arrays":[]}', '{"fields":{},"arrays":{}}', '{"fields":{},']) {
      expect(() => decodeFrame(withHeader(header))).toThrow(ProtocolError);
    }
    expect(() => decodeFrame(withEntry(['a', 'u8', 0], ['a', 'f32', 0]))).toThrow(/an array twice/);
    expect(Object.keys(decodeFrame(withEntry(['a', 'u8', 0], ['__proto__', 'f32', 0])).arrays)).toEqual(['a', '__proto__']);
  });

  it('allocates nothing for arrays that the frame has no bytes for', () => {
    for (const form of ['u8', 'f16', 'f32', 'q8']) {
      for (const length of [1, 2 ** 31, Number.MAX_SAFE_INTEGER])
        expect(() => decodeFrame(withEntry(['a', form, length]))).toThrow(/not as long as its header says/);
    }
  });

  it('never throws anything but a ProtocolError on random bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(() => decodeFrame(bytes)).toThrow(ProtocolError);
      }),
    );
  });
});
