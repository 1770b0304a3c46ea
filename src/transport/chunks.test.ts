import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { messagesOf as messagesOfFrame } from '../testing/messages.ts';
import { ChunkError, MESSAGE_BYTES, Reassembler, wireBytes } from './chunks.ts';
import { MAX_FRAME_BYTES } from './transport.ts';

const HEADER_BYTES = wireBytes(0);
const CHUNK_BYTES = MESSAGE_BYTES - HEADER_BYTES;

/** Bytes that differ from place to place, so that a chunk in the wrong place shows. */
function frameOf(length: number, seed: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  for (let i = 0; i < length; i++) bytes[i] = Math.imul(i + seed, 0x9e3779b1) >>> 13;
  return bytes;
}

/** Lengths with a preference for the borders between chunks. */
const frameLength = fc.oneof(
  fc.integer({ min: 0, max: 3 * MESSAGE_BYTES }),
  fc.tuple(fc.integer({ min: 0, max: 4 }), fc.integer({ min: -1, max: 1 })).map(([n, d]) => Math.max(0, n * CHUNK_BYTES + d)),
);

const messagesOf = (lengths: readonly number[]) => lengths.flatMap((length, i) => messagesOfFrame(frameOf(length, i), i));

function reassemble(messages: readonly Uint8Array[]): Uint8Array[] {
  const reassembler = new Reassembler();
  return messages.map((message) => reassembler.push(message)).filter((frame) => frame !== undefined);
}

describe('chunks', () => {
  test('frames come out as they went in', () => {
    fc.assert(
      fc.property(fc.array(frameLength, { maxLength: 5 }), (lengths) => {
        const frames = reassemble(messagesOf(lengths));
        expect(frames.map((frame) => frame.length)).toEqual(lengths);
        frames.forEach((frame, i) => expect(Buffer.compare(frame, frameOf(lengths[i]!, i))).toBe(0));
      }),
      { numRuns: 60 },
    );
  });

  test('a frame comes out with its last message, not before, and shares no memory with it', () => {
    const messages = messagesOf([2 * CHUNK_BYTES + 1, 0]);
    const reassembler = new Reassembler();
    expect(reassembler.push(messages[0]!)).toBeUndefined();
    expect(reassembler.push(messages[1]!)).toBeUndefined();
    const frame = reassembler.push(messages[2]!);
    for (const message of messages) message.fill(0, HEADER_BYTES);
    expect(frame).toEqual(frameOf(2 * CHUNK_BYTES + 1, 0));
    expect(reassembler.push(messages[3]!)).toEqual(new Uint8Array(0));
  });

  test('messages keep to their size, and wireBytes counts them exactly', () => {
    fc.assert(
      fc.property(frameLength, (length) => {
        const messages = messagesOf([length]);
        expect(Math.max(...messages.map((message) => message.length))).toBeLessThanOrEqual(MESSAGE_BYTES);
        expect(messages.reduce((sum, message) => sum + message.length, 0)).toBe(wireBytes(length));
      }),
    );
  });

  test('messages are read at any offset of the memory they came in', () => {
    const [message] = messagesOf([100]);
    const padded = new Uint8Array(message!.length + 3);
    padded.set(message!, 3);
    expect(reassemble([padded.subarray(3)])).toEqual([frameOf(100, 0)]);
  });

  test('the sequence is modulo 2³²', () => {
    const [message] = messagesOfFrame(frameOf(1, 0), 2 ** 32);
    expect(reassemble([message!])).toHaveLength(1);
  });

  test('one wrong bit in a header is an error, before which at most a frame that ends at a border of chunks comes out too short', () => {
    fc.assert(
      fc.property(
        fc.array(frameLength, { minLength: 1, maxLength: 3 }),
        fc.nat(),
        fc.integer({ min: 0, max: 8 * HEADER_BYTES - 1 }),
        (lengths, which, bit) => {
          // The frame after the last shows an error that only shows with the next message.
          const messages = messagesOf([...lengths, 1]);
          const wrong = messages[which % (messages.length - 1)]!;
          wrong[bit >> 3]! ^= 1 << (bit & 7);
          const reassembler = new Reassembler();
          const frames: Uint8Array[] = [];
          expect(() => {
            for (const message of messages) {
              const frame = reassembler.push(message);
              if (frame) frames.push(frame);
            }
          }).toThrow(ChunkError);
          frames.forEach((frame, i) => {
            if (frame.length !== lengths[i]) expect(frame.length % CHUNK_BYTES).toBe(0);
            expect(Buffer.compare(frame, frameOf(lengths[i]!, i).subarray(0, frame.length))).toBe(0);
          });
        },
      ),
      { numRuns: 200 },
    );
  });

  test('a lost, doubled or swapped message is an error', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: CHUNK_BYTES + 1, max: 4 * CHUNK_BYTES }),
        fc.constantFrom('lost', 'doubled', 'swapped'),
        fc.nat(),
        (length, fault, which) => {
          const messages = messagesOf([length, length]);
          const at = which % (messages.length - 1);
          if (fault === 'lost') messages.splice(at, 1);
          else if (fault === 'doubled') messages.splice(at, 0, messages[at]!);
          else messages.splice(at, 2, messages[at + 1]!, messages[at]!);
          expect(() => reassemble(messages)).toThrow(ChunkError);
        },
      ),
      { numRuns: 60 },
    );
  });

  test('short, long and cut messages are errors', () => {
    const [message] = messagesOf([100]);
    for (const length of [0, 1, HEADER_BYTES - 1, HEADER_BYTES, HEADER_BYTES + 99]) {
      expect(() => reassemble([message!.subarray(0, length)])).toThrow(ChunkError);
    }
    expect(() => reassemble([Uint8Array.of(...message!, 0)])).toThrow('101 bytes where 100 are due');
  });

  test('a frame takes the memory of what has arrived of it, whatever its first chunk announces', () => {
    const [first] = messagesOf([0]);
    const message = new Uint8Array(MESSAGE_BYTES);
    message.set(first!);
    new DataView(message.buffer).setUint32(4, MAX_FRAME_BYTES, true);
    const reassemblers = Array.from({ length: 8 }, () => new Reassembler());
    const before = process.memoryUsage().arrayBuffers;
    for (const reassembler of reassemblers) reassembler.push(message);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(MESSAGE_BYTES);
  });

  test('neither end takes a frame beyond the limit', () => {
    const header = new DataView(new ArrayBuffer(MESSAGE_BYTES));
    header.setUint32(4, MAX_FRAME_BYTES + 1, true);
    expect(() => reassemble([new Uint8Array(header.buffer)])).toThrow(`send at most ${MAX_FRAME_BYTES}`);
    expect(() => messagesOfFrame(new Uint8Array(MAX_FRAME_BYTES + 1), 0)).toThrow(ChunkError);
  });
});
