/** The walk of docs/WALK.md, gone again: the page still says and does what is written there. */

import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const root = join(import.meta.dirname, '..');

it('is written again word for word, with as many pictures', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'sparkmesh-walk-'));
  try {
    await promisify(execFile)(join(root, 'node_modules', '.bin', 'tsx'), [join(root, 'src', 'walk', 'main.ts'), '--out', folder]);
    expect(await readFile(join(folder, 'WALK.md'), 'utf8')).toBe(await readFile(join(root, 'docs', 'WALK.md'), 'utf8'));
    expect((await readdir(join(folder, 'walk'))).sort()).toEqual((await readdir(join(root, 'docs', 'walk'))).sort());
  } finally {
    await rm(folder, { recursive: true });
  }
});
