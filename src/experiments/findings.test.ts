import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { quick } from './condition.ts';
import { gather, recordsOf } from './findings.ts';
import { methodsCondition, studies } from './plan.ts';
import { RecordError } from './recordFile.ts';
import { Records } from './records.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sparkmesh-findings-'));
});
afterEach(() => rm(folder, { recursive: true }));

test('a run is found in every study that shows it, under the size that was run', async () => {
  const declared = methodsCondition('ntk-dfl', '0.1');
  const { clients, settings } = quick(declared);
  const records = new Records(folder);
  await records.keep(declared, {
    clients,
    settings: { ...settings, seed: 1 },
    versions: {},
    backend: 'wasm',
    seconds: 1,
    rounds: [{ averaged: 0.5, mean: 0.4, loss: 1, bytes: 10 }],
  });
  const found = await gather(records, quick);
  const showing = studies.flatMap(({ name }) => (found.studies.get(name)!.some((row) => row.records.length > 0) ? [name] : []));
  expect(showing.toSorted()).toEqual(['ablation', 'hardships', 'methods-0.1']);
  expect(recordsOf(found.studies, 'methods-0.1', 'ntk-dfl').map((record) => record.settings.seed)).toEqual([1]);
  expect(recordsOf((await gather(records, (condition) => condition)).studies, 'methods-0.1', 'ntk-dfl')).toEqual([]);
});

test('several broken files are one error', async () => {
  for (const study of ['tuning', 'wire', 'large']) await writeFile(join(folder, `${study}.jsonl`), '{');
  await expect(gather(new Records(folder), quick)).rejects.toThrow(RecordError);
});
