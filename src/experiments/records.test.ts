import { appendFile, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { condition } from './condition.ts';
import type { RunRecord } from './record.ts';
import { RecordError } from './recordFile.ts';
import { Records } from './records.ts';

const declared = condition('study', 'row', 'spark');
const runOf = ({ clients, settings }: typeof declared, seed: number, accuracy = 0.5): RunRecord => ({
  clients,
  settings: { ...settings, seed },
  versions: { node: '20' },
  backend: 'wasm',
  seconds: 12,
  rounds: [1, 2].map((t) => ({ averaged: accuracy + t / 8, mean: accuracy, loss: 1.25, bytes: 1000 * t })),
});
const record = runOf(declared, 3);

let folder = '';
let file = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sparkmesh-records-'));
  file = join(folder, 'study.jsonl');
});
afterEach(() => rm(folder, { recursive: true }));

const linesOf = async () => (await readFile(file, 'utf8')).trimEnd().split('\n');
const rewrite = async (old: string, now: string) => writeFile(file, (await readFile(file, 'utf8')).replace(old, now));

test('a run is found again under its condition and seed, and nothing else is', async () => {
  await new Records(folder).keep(declared, record);
  const records = new Records(folder);
  expect(await records.find(declared, 3)).toEqual(record);
  expect(await records.find(declared, 4)).toBeNull();
  expect(await records.find({ ...declared, clients: 3 }, 3)).toBeNull();
  expect(await records.find({ ...declared, name: 'other' }, 3)).toBeNull();
  expect(await records.find(condition('study', 'row', 'spark', { samples: 100 }), 3)).toBeNull();
  expect(await readdir(folder)).toEqual(['study.jsonl']);
});

test('a study is one file, whose runs say only what they change of the first', async () => {
  const others = [
    declared,
    condition('study', 'ring', 'spark', { topology: { kind: 'ring' } }, 12),
    condition('study', 'descent', 'dfedavg'),
    condition('study', 'measured', 'ntk-dfl', { exchange: 'projected' }),
  ].flatMap((one) => [0, 1].map((seed) => ({ one, run: runOf(one, seed) })));
  const measured = others.map(({ one, run }) => ({ one, run: one.name === 'measured' ? { ...run, kernelError: 0.04 } : run }));
  const records = new Records(folder);
  for (const { one, run } of measured) await records.keep(one, run);
  for (const reader of [records, new Records(folder)]) {
    for (const { one, run } of measured) expect(await reader.find(one, run.settings.seed)).toEqual(run);
  }
  const lines = await linesOf();
  expect(lines).toHaveLength(1 + measured.length);
  expect(lines[1]).not.toContain('changes');
  expect(lines[3]).toContain('"changes":{"clients":12,"settings":{"topology":{"degree":null,"changing":null,"kind":"ring"}}}');
});

test('a run takes the place of one under other settings', async () => {
  const records = new Records(folder);
  const shorter = condition('study', 'row', 'spark', { rounds: 2 });
  await records.keep(declared, record);
  await records.keep(condition('study', 'last', 'spark'), runOf(declared, 3));
  await records.keep(shorter, runOf(shorter, 3, 0.7));
  expect(await records.find(declared, 3)).toBeNull();
  expect(await records.find(shorter, 3)).toEqual(runOf(shorter, 3, 0.7));
  expect((await linesOf()).map((line) => /"run":"(\w+)"/.exec(line)?.[1])).toEqual([undefined, 'row', 'last']);
});

test('what another process has kept meanwhile stays', async () => {
  const [mine, theirs] = [new Records(folder), new Records(folder)];
  await mine.keep(declared, record);
  await theirs.keep(declared, runOf(declared, 4));
  await mine.keep(declared, runOf(declared, 5));
  for (const seed of [3, 4, 5]) expect(await new Records(folder).find(declared, seed)).toEqual(runOf(declared, seed));
});

test('a setting that a record does not know was what runs had before it, whatever the default is now', async () => {
  await new Records(folder).keep(declared, record);
  await rewrite('"projectionSize":1000,', '');
  expect(await new Records(folder).find(declared, 3)).toEqual(record);
  expect(await new Records(folder).find(condition('study', 'row', 'spark', { projectionSize: 250 }), 3)).toBeNull();
});

test('a setting that was always there is never completed by its default of today', async () => {
  await new Records(folder).keep(declared, record);
  await rewrite('"wire":"f16",', '');
  await expect(new Records(folder).find(declared, 3)).rejects.toThrow(
    /study\.jsonl, line 2: wire cannot be so .*; say in before\.ts what runs had/,
  );
});

test('what an interrupted write has left counts for nothing and is written over', async () => {
  await new Records(folder).keep(declared, record);
  await writeFile(`${file}.part`, (await readFile(file, 'utf8')).slice(0, -20));
  const records = new Records(folder);
  expect(await records.find(declared, 3)).toEqual(record);
  await records.keep(declared, runOf(declared, 4));
  expect(await new Records(folder).find(declared, 4)).toEqual(runOf(declared, 4));
  expect(await readdir(folder)).toEqual(['study.jsonl']);
});

test('a file that is broken is refused with the line, and not written over', async () => {
  await new Records(folder).keep(declared, record);
  await appendFile(file, '{"run":"ro');
  const text = await readFile(file, 'utf8');
  await expect(new Records(folder).find(declared, 3)).rejects.toThrow(RecordError);
  await expect(new Records(folder).keep(declared, record)).rejects.toThrow(/line 3 is not JSON/);
  expect(await readFile(file, 'utf8')).toBe(text);
});

test('a run whose measures do not cover the same rounds is refused', async () => {
  await new Records(folder).keep(declared, record);
  await rewrite('"mean":[0.5,0.5]', '"mean":[0.5]');
  await expect(new Records(folder).find(declared, 3)).rejects.toThrow(/columns of the same length/);
});
