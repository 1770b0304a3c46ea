import { join } from 'node:path';
import { expect, test } from 'vitest';
import { projectRoot } from '../datasets/paths.ts';
import { presets } from '../settings/presets.ts';
import { condition, quick, type Condition } from './condition.ts';
import { candidates, isStable, TUNING_SEED } from './grids.ts';
import { compared, methodsCondition, studies } from './plan.ts';
import { Records, type RunRecord } from './record.ts';
import { validationScore, writeResults } from './results.ts';

const runOf = ({ clients, settings }: Condition, accuracy: (round: number) => number): RunRecord => ({
  clients,
  settings,
  versions: { node: '20' },
  backend: 'wasm',
  seconds: 3,
  rounds: Array.from({ length: settings.rounds }, (_, t) => ({
    averaged: accuracy(t + 1),
    mean: accuracy(t + 1) - 0.02,
    loss: 1,
    bytes: 1e6,
  })),
});

test('every method has as many candidates as any other', () => {
  for (const algorithm of compared) expect(candidates.filter((candidate) => candidate.algorithm === algorithm)).toHaveLength(6);
});

/** Scores closer than this are the same: seeds differ by more. */
const TIE = 0.002;

test('every preset is the stable candidate that validation chose', async () => {
  const records = new Records(join(projectRoot, 'docs', 'results'));
  for (const algorithm of compared) {
    const scores = await Promise.all(
      candidates
        .filter((candidate) => candidate.algorithm === algorithm && isStable(candidate.condition.settings.method))
        .map(async ({ condition: declared }) => {
          const record = await records.find(declared, TUNING_SEED);
          return { method: declared.settings.method, score: record ? validationScore(record) : 0 };
        }),
    );
    const best = Math.max(...scores.map(({ score }) => score));
    const chosen = scores.filter(({ score }) => score > best - TIE).map(({ method }) => method);
    expect(chosen, algorithm).toContainEqual(presets[algorithm].method);
  }
});

test('what is tuned on is neither reported nor the test set', () => {
  expect(candidates.every(({ condition: { settings } }) => settings.scoreOn === 'validation')).toBe(true);
  expect(studies.flatMap(({ rows }) => rows).every(({ condition: { settings } }) => settings.scoreOn === 'test')).toBe(true);
});

test('conditions of the same name are the same', () => {
  const byName = new Map<string, string>();
  for (const { condition: declared } of studies.flatMap(({ rows }) => rows)) {
    const text = JSON.stringify(declared);
    expect(byName.get(declared.name) ?? text).toBe(text);
    byName.set(declared.name, text);
  }
});

test('the quick form keeps the method and shrinks the federation', () => {
  const whole = condition('x', 'spark');
  const small = quick(whole);
  expect(small.clients).toBe(6);
  expect(small.settings.method).toEqual(whole.settings.method);
  expect(small.settings.rounds).toBe(3);
});

test('the document says which targets are met, which are missed and what was not run', () => {
  const paces = { sparkmesh: 0.05, 'ntk-dfl-published': 0.01 } as const;
  const rows = compared.map((algorithm) => {
    const pace = algorithm === 'sparkmesh' || algorithm === 'ntk-dfl-published' ? paces[algorithm] : null;
    const declared = methodsCondition(algorithm, '0.1');
    return { label: presets[algorithm].title, records: pace === null ? [] : [runOf(declared, (t) => Math.min(0.84, 0.701 + pace * t))] };
  });
  const files = writeResults({ isQuick: false, tuning: [], studies: new Map([['methods-0.1', rows]]) });
  const text = files.get('RESULTS.md')!;
  expect(text).toMatch(/0\.80 in at most a third of the rounds of NTK-DFL as published \| met \| 2\.0 against 10\.0 rounds/);
  expect(text).toMatch(/0\.80 in at most a tenth of the rounds of DFedAvgM \| not run/);
  expect(text).toMatch(/\| SPARKmesh \| 1 \| 15 \| 1 \| 2 \| 3 \|/);
  expect(text).not.toContain('quick form');
  expect([...files.keys()]).toContain('figures/rounds.svg');
});

test('a preset that is behind on one federation alone is named as behind', () => {
  const declared = methodsCondition('spark', '0.1');
  const row = (label: string, final: number) => ({ label, records: [runOf(declared, () => final)] });
  const federation = (prefix: string, own: number) => [
    row(`${prefix}SPARKmesh`, 0.8),
    row(`${prefix}SPARK`, own),
    row(`${prefix}NTK-DFL`, 0.7),
  ];
  const verdict = (own: number) => {
    const studies = new Map([
      ['stability', federation('3 x 50, IID, ', own)],
      ['methods-0.1', federation('', 0.75)],
    ]);
    return writeResults({ isQuick: false, tuning: [], studies }).get('RESULTS.md')!;
  };
  expect(verdict(0.72)).toMatch(/\| SPARK behind NTK-DFL .* \| met \| 2\.0 points ahead at the least/);
  expect(verdict(0.69)).toMatch(/\| SPARK behind NTK-DFL .* \| \*\*missed\*\* \| -1\.0 points/);
  expect(verdict(0.69)).toMatch(/\| SPARKmesh behind NTK-DFL .* \| met \| 10\.0 points/);
});
