import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { heldBytes } from './heldBytes.ts';

const BYTES = 64e6;
/** Says when it is there, and when it has written to so much more memory. */
const program = `
  process.stdin.on('data', () => {
    globalThis.kept = Buffer.alloc(${BYTES}, 1);
    console.log('kept');
  });
  console.log('ready');`;

test('a process holds what it has written to, where the system tells', async () => {
  // One of its own: this one is other tests' too.
  const child = spawn(process.execPath, ['-e', program]);
  try {
    await once(child.stdout, 'data');
    const before = heldBytes(child.pid ?? 0);
    child.stdin.write('go\n');
    await once(child.stdout, 'data');
    const after = heldBytes(child.pid ?? 0);
    const grown = before === null || after === null ? null : after - before > 0.9 * BYTES;
    expect(grown).toBe(process.platform === 'linux' ? true : null);
  } finally {
    child.kill();
  }
});

test('what a process that is gone held cannot be told', () => {
  expect(heldBytes(0)).toBeNull();
});
