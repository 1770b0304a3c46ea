import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { MAX_FILE_BYTES } from '../data/dataset.ts';
import { readWholeFile } from './wholeFile.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sparkmesh-file-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function file(content: Uint8Array): Promise<string> {
  const path = join(folder, 'file');
  await writeFile(path, content);
  return path;
}

test('reads a file as it is, and unpacks one that gzip packed', async () => {
  const content = Buffer.from('some rows');
  expect(await readWholeFile(await file(content))).toEqual(content);
  expect(await readWholeFile(await file(gzipSync(content)))).toEqual(content);
});

test('says what cannot be read', async () => {
  await expect(readWholeFile(join(folder, 'none'))).rejects.toThrow(/none cannot be found; check its name\.$/);
  await expect(readWholeFile(folder)).rejects.toThrow(/ is not a file; give the name of one\.$/);
});

test('takes no more than the limit, packed or not', async () => {
  const tooLarge = /file has more than the 99 bytes that fit into memory; take a part of it\.$/;
  await expect(readWholeFile(await file(Buffer.alloc(100)), 99)).rejects.toThrow(tooLarge);
  await expect(readWholeFile(await file(gzipSync(Buffer.alloc(100))), 99)).rejects.toThrow(tooLarge);
  expect(await readWholeFile(await file(gzipSync(Buffer.alloc(99))), 99)).toHaveLength(99);
  const path = await file(Buffer.alloc(0));
  await truncate(path, MAX_FILE_BYTES + 1);
  await expect(readWholeFile(path)).rejects.toThrow('more than the 1073741824 bytes');
});
