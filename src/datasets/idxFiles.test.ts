import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readIdx } from './idxFiles.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sparkmesh-idx-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function read(images: Uint8Array, labels: Uint8Array) {
  await writeFile(join(folder, 'images'), images);
  await writeFile(join(folder, 'labels'), labels);
  return readIdx(join(folder, 'images'), join(folder, 'labels'));
}

/** Two rows of one byte, and their labels. */
const images = Buffer.of(0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 1, 5, 6);
const labels = Buffer.of(0, 0, 8, 1, 0, 0, 0, 2, 7, 0);

test('IDX files may be packed by gzip', async () => {
  for (const packed of [images, gzipSync(images)]) {
    const { rows } = await read(packed, gzipSync(labels));
    expect(rows).toMatchObject({ kind: 'images', width: 1, height: 1, labels: ['7', '0'] });
    expect([...rows.values]).toEqual([5, 6]);
  }
});

test('broken gzip is refused', () =>
  expect(read(gzipSync(images).subarray(0, 20), labels)).rejects.toThrow(/images is packed by gzip and broken; download it again\.$/));
