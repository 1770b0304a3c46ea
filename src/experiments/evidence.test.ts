/** What is on record, and what the project says because of it. */

import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { beforeAll, expect, test } from 'vitest';
import { projectRoot } from '../datasets/paths.ts';
import { blocks } from './blocks.ts';
import { figures } from './figures.ts';
import { filled } from './document.ts';
import { gather, type Findings } from './findings.ts';
import type { Candidate } from './grids.ts';
import { studies } from './plan.ts';
import { Records } from './records.ts';
import { bestStable, byMethod, largestGain } from './tuning.ts';

const docs = join(projectRoot, 'docs');

let findings: Findings;
beforeAll(async () => {
  findings = await gather(new Records(join(projectRoot, 'src', 'experiments', 'records')), (condition) => condition);
});

test('what a method has is the stable candidate that validation chose, or that is compared too, where all have been run', () => {
  const compared = studies.find(({ name }) => name === 'methods-0.1')!.rows.map(({ condition }) => condition.settings.method);
  const isKept = ({ isChosen, condition: { settings } }: Candidate) =>
    isChosen || compared.some((method) => isDeepStrictEqual(method, settings.method));
  for (const ofMethod of [...byMethod(findings.tuning), findings.solving]) {
    const all = ofMethod.map(({ candidate }) => candidate);
    expect((bestStable(ofMethod) ?? all).some(isKept), all[0]!.condition.name).toBe(true);
  }
});

test('without all stable candidates on record nothing is chosen', () => {
  const unrun = findings.tuning.map((tried) => ({ ...tried, record: null }));
  const partly = findings.tuning.map((tried, i) => (i === 0 ? { ...tried, record: null } : tried));
  expect(findings.tuning[0]?.candidate.algorithm).toBe('sparkmesh');
  for (const ofMethod of byMethod(unrun)) expect(bestStable(ofMethod)).toBeNull();
  expect(bestStable(byMethod(partly)[0]!)).toBeNull();
  expect(largestGain(unrun)).toBeNull();
});

test('docs/RESULTS.md says and shows what is on record', async () => {
  const document = await readFile(join(docs, 'RESULTS.md'), 'utf8');
  expect(filled(document, blocks(findings), 'docs/RESULTS.md')).toBe(document);
  const drawn = figures(findings.studies);
  expect((await readdir(join(docs, 'figures'))).toSorted()).toEqual([...drawn.keys()].map((name) => `${name}.svg`).toSorted());
  for (const [name, svg] of drawn) {
    expect(await readFile(join(docs, 'figures', `${name}.svg`), 'utf8')).toBe(svg);
    expect(document).toContain(`](figures/${name}.svg)`);
  }
});

test('a mark that begins a line of docs/RESULTS.md is alone on it, or Markdown would take the line for HTML', async () => {
  const document = await readFile(join(docs, 'RESULTS.md'), 'utf8');
  for (const line of document.split('\n').filter((text) => text.startsWith('<!--'))) expect(line).toMatch(/^<!-- [^>]* -->$/);
});

test('with nothing on record every block says so', () => {
  const nothing: Findings = {
    tuning: findings.tuning.map((tried) => ({ ...tried, record: null })),
    solving: findings.solving.map((tried) => ({ ...tried, record: null })),
    studies: new Map([...findings.studies].map(([name, rows]) => [name, rows.map((row) => ({ ...row, records: [] }))])),
  };
  for (const [name, text] of blocks(nothing)) {
    if (name !== 'list: methods' && name !== 'value: tuning-seed') expect(text, name).toMatch(/not run|^–$/);
  }
  expect(figures(nothing.studies).size).toBe(0);
});
