import { expect, test } from 'vitest';
import { headOf } from './imageHead.ts';

test('headOf goes by content', () => {
  expect(headOf(Buffer.from('89504e470d0a1a0a', 'hex'))).toMatchObject({ format: 'PNG', isCut: true });
  expect(headOf(Buffer.from('GIF89a...'))?.format).toBe('GIF');
  expect(headOf(Buffer.from('RIFF....WEBPVP8 '))).toMatchObject({ format: 'WebP', isCut: true });
  for (const text of ['', 'GIF', 'RIFF....WAVE', '<svg xmlns="http://www.w3.org/2000/svg"/>', 'II*\0'])
    expect(headOf(Buffer.from(text))).toBeNull();
});
