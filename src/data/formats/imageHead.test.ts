import { expect, test } from 'vitest';
import { checkImage } from './image.ts';
import { headOf, isHeic } from './imageHead.ts';

test('headOf goes by content', () => {
  expect(headOf(Buffer.from('89504e470d0a1a0a', 'hex'))).toMatchObject({ format: 'PNG', isCut: true });
  expect(headOf(Buffer.from('GIF89a...'))?.format).toBe('GIF');
  expect(headOf(Buffer.from('RIFF....WEBPVP8 '))).toMatchObject({ format: 'WebP', isCut: true });
  for (const text of ['', 'GIF', 'RIFF....WAVE', '<svg xmlns="http://www.w3.org/2000/svg"/>', 'II*\0'])
    expect(headOf(Buffer.from(text))).toBeNull();
});

test('a HEIC photo is told from other files, and refused with what to do', () => {
  const brands = ['heic', 'heix', 'hevc', 'mif1'].map((brand) => Buffer.from(`\0\0\0\x18ftyp${brand}\0\0\0\0`));
  for (const photo of brands) {
    expect(isHeic(photo)).toBe(true);
    expect(() => checkImage(photo)).toThrow('HEIC, which few browsers show; save it as JPEG, or have the phone take JPEG');
  }
  for (const text of ['', '\0\0\0\x18ftypavif', '\0\0\0\x18ftypmp42']) expect(isHeic(Buffer.from(text))).toBe(false);
});
