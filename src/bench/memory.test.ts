import { expect, test } from 'vitest';
import { heldBytes } from './memory.ts';

test('a process holds what it has written to, where the system tells', () => {
  const before = heldBytes(process.pid);
  const kept = Buffer.alloc(64e6, 1);
  const after = heldBytes(process.pid);
  const grown = before === null || after === null ? null : after - before > 0.9 * kept.length;
  expect(grown).toBe(process.platform === 'linux' ? true : null);
});

test('what a process that is gone held cannot be told', () => {
  expect(heldBytes(0)).toBeNull();
});
