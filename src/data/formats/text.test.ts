import fc from 'fast-check';
import { expect, test } from 'vitest';
import { UnclearDataError } from '../dataset.ts';
import { isEncoding, readText } from './text.ts';

const decode = (bytes: Uint8Array, called?: string) => {
  const { utf8, encoding } = readText(bytes, 'a.csv', called);
  return { text: new TextDecoder('utf-8', { ignoreBOM: true }).decode(utf8), encoding };
};

const utf16be = (text: string) => Buffer.from(text, 'utf16le').swap16();
const line = 'x;y;ort\n0;0;Törn\n';

test.each<[string, Uint8Array, string]>([
  ['ASCII', Buffer.from('a,b\n'), 'utf-8'],
  ['UTF-8', Buffer.from(line), 'utf-8'],
  ['UTF-8 with a mark', Buffer.from(`\ufeff${line}`), 'utf-8'],
  ['UTF-16 with a mark', Buffer.from(`\ufeff${line}`, 'utf16le'), 'utf-16le'],
  ['UTF-16 of the other order with a mark', utf16be(`\ufeff${line}`), 'utf-16be'],
  ['UTF-16 without a mark', Buffer.from(line, 'utf16le'), 'utf-16le'],
  ['UTF-16 of the other order without a mark', utf16be(line), 'utf-16be'],
  ['Latin-1', Buffer.from(line, 'latin1'), 'windows-1252'],
])('reads %s', (_, bytes, encoding) => {
  const read = decode(bytes);
  expect(read.encoding).toBe(encoding);
  expect(read.text).toBe(encoding === 'utf-8' && !read.text.includes('ö') ? 'a,b\n' : line);
});

test('reads the signs of Windows-1252', () => {
  expect(decode(Buffer.from('preis;n\n1 \x80;\x84Caf\xe9\x93 \x96 d\x92accord\n', 'latin1')).text).toBe('preis;n\n1 €;„Café“ – d’accord\n');
});

test('brings any text back from UTF-8, of any length', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), fc.integer({ min: 1, max: 4 }), (text, times) => {
      const long = `${text}${'é'.repeat(2 ** 19 - 1)}`.repeat(times);
      expect(decode(Buffer.from(`\ufeff${long}`)).text === long).toBe(true);
    }),
    { numRuns: 20 },
  );
});

test('reads an encoding that a person names', () => {
  expect(decode(Buffer.from('d2f3eceee92c320a', 'hex'), 'windows-1251')).toEqual({ text: 'Тумой,2\n', encoding: 'windows-1251' });
  expect(isEncoding('windows-1251')).toBe(true);
  expect(isEncoding('windows')).toBe(false);
});

test.each<[string, Uint8Array]>([
  ['an image', Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex')],
  ['bytes that are no character', Buffer.from('a,b\n1,\x81\x8d\n', 'latin1')],
  ['control characters', Buffer.from('a,b\n1,\x01\n')],
  ['Cyrillic in an encoding of its own', Buffer.from('312cd2f3eceee92c32', 'hex')],
  ['Japanese in an encoding of its own', Buffer.from('312c93fa967b8cea2c32', 'hex')],
  ['German of DOS', Buffer.from('1;T\x94rn\n2;T\x84rn\n', 'latin1')],
  ['German of an old Macintosh', Buffer.from('1;T\x9arn\n2;T\x8arn\n', 'latin1')],
])('refuses %s', (_, bytes) => {
  expect(() => decode(bytes)).toThrow(
    new UnclearDataError('a.csv is no text in an encoding that can be told (UTF-8, UTF-16 or Windows-1252)', 'encoding'),
  );
  expect(() => decode(bytes)).toThrow(/; save it as CSV in UTF-8, or name its encoding with --encoding\.$/);
});

test('refuses bytes that are not of the encoding named', () => {
  expect(() => decode(Buffer.from(line, 'latin1'), 'utf-8')).toThrow(new UnclearDataError('a.csv is no text in utf-8', 'encoding'));
});
