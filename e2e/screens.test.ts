/** docs/SCREENS.md is what `npm run screens` would write, with its pictures; what they are of page.test.ts looks for in the gallery. */

import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { documentOf, shots } from './screens/document.ts';

const docs = join(import.meta.dirname, '..', 'docs');

/** All pictures together, bytes. */
const MOST = 1.5e6;

it('has these words, and a picture for each screen, and no other', async () => {
  expect(await readFile(join(docs, 'SCREENS.md'), 'utf8')).toBe(documentOf());
  const names = await readdir(join(docs, 'screens'));
  expect(names.sort()).toEqual(shots.map(({ name }) => name).sort());
  const sizes = await Promise.all(names.map(async (name) => (await stat(join(docs, 'screens', name))).size));
  expect(Math.min(...sizes)).toBeGreaterThan(0);
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(MOST);
});
