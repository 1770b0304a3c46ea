import { describe, expect, it } from 'vitest';
import { declarations, type MessageKind } from './messages.ts';
import type { PackedArray } from './frame.ts';
import { MessageReader } from './reader.ts';
import { smallShape } from '../testing/smallShape.ts';

const shape = smallShape;

const unread = () => {
  throw new Error('memory was taken for the values');
};
const floats = (length: number): PackedArray => ({ kind: 'floats', length, read: unread });
const bytes = (length: number): PackedArray => ({ kind: 'bytes', length, read: unread });
const update = (length: number): PackedArray => ({ kind: 'update', length, read: unread });

const place = { run: 'r', round: 3 };
const clients = [{ id: 'a', number: 0, accuracy: 0.5, loss: 1 }];
const metrics = { ...place, clients, tally: { confusion: Array(16).fill(0), loss: 0 }, bytesSent: 0, seconds: 0 };

function reading(type: MessageKind, fields: object, arrays: Readonly<Record<string, PackedArray>>): () => unknown {
  const reader = new MessageReader(type, { fields, arrays }, { shape, round: 3, rebuild: unread });
  return () => declarations[type].read(reader);
}

describe('no memory is taken', () => {
  const wrong: [string, MessageKind, object, Record<string, PackedArray>][] = [
    ['a vector of another length', 'weights', place, { weights: floats(6) }],
    ['bytes in place of a vector', 'weights', place, { weights: bytes(5) }],
    ['an update of another length', 'weights', place, { weights: update(2 ** 26) }],
    ['an update of what is no vector to keep', 'step', place, { step: update(5) }],
    ['rows that do not fill', 'features', place, { hidden0: floats(3) }],
    ['more rows than anyone may hold', 'features', place, { hidden0: floats(2 * 5001) }],
    ['more labels than anyone may hold', 'inputs', { run: 'r', kind: 'sketch' }, { labels: bytes(5001) }],
    ['floats in place of labels', 'inputs', { run: 'r', kind: 'sketch' }, { labels: floats(2) }],
    ['a round that the run does not have', 'weights', { ...place, round: 10 }, { weights: floats(5) }],
    ['a wrong field before it', 'mixed', { ...place, wantsInputs: 1 }, { weights: floats(5) }],
    ['a score that is none', 'metrics', { ...metrics, seconds: -1 }, { weights: floats(5) }],
  ];
  it.each(wrong)('for %s', (_, type, fields, arrays) => {
    expect(reading(type, fields, arrays)).toThrow(expect.objectContaining({ name: 'ProtocolError' }));
  });

  it('but for what is right', () => {
    expect(reading('weights', place, { weights: floats(5) })).toThrow('memory was taken');
    expect(reading('metrics', metrics, { weights: floats(5) })).toThrow('memory was taken');
  });
});
