import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { condition } from './condition.ts';
import { Records, type RunRecord } from './record.ts';

const declared = condition('study/row', 'spark');
const record: RunRecord = {
  clients: declared.clients,
  settings: { ...declared.settings, seed: 3 },
  versions: { node: '20' },
  backend: 'wasm',
  seconds: 12,
  rounds: [{ averaged: 0.5, mean: 0.4, loss: 1.2, bytes: 1000 }],
};

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sparkmesh-records-'));
});
afterEach(() => rm(folder, { recursive: true }));

test('a run is found again under its condition and seed, and nothing else is', async () => {
  const records = new Records(folder);
  await records.keep(declared.name, record);
  expect(await records.find(declared, 3)).toEqual(record);
  expect(await records.find(declared, 4)).toBeNull();
  expect(await records.find({ ...declared, clients: 3 }, 3)).toBeNull();
  expect(await records.find(condition('study/row', 'spark', { samples: 100 }), 3)).toBeNull();
  expect(await readdir(join(folder, 'study'))).toEqual(['row-3.json']);
});

test('a setting that the record does not know yet had its default', async () => {
  const records = new Records(folder);
  await records.keep(declared.name, record);
  const file = join(folder, 'study', 'row-3.json');
  await writeFile(file, (await readFile(file, 'utf8')).replace('"dropout":0,', ''));
  expect(await records.find(declared, 3)).toEqual(record);
  expect(await records.find(condition('study/row', 'spark', { dropout: 0.1 }), 3)).toBeNull();
});
