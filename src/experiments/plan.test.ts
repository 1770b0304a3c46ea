import { expect, test } from 'vitest';
import { condition, quick } from './condition.ts';
import { candidates, solverCandidates } from './grids.ts';
import { compared, studies } from './plan.ts';

test('every method has as many candidates as any other', () => {
  for (const algorithm of compared) {
    const own = candidates.filter((candidate) => candidate.algorithm === algorithm);
    expect(new Set(own.map(({ label }) => label)).size, algorithm).toBe(18);
    expect(
      own.filter(({ isChosen }) => isChosen),
      algorithm,
    ).toHaveLength(1);
  }
  expect(solverCandidates).toHaveLength(18);
  expect(solverCandidates.filter(({ isChosen }) => isChosen)).toHaveLength(1);
});

test('what is tuned on is neither reported nor the test set', () => {
  expect(candidates.every(({ condition: { settings } }) => settings.scoreOn === 'validation')).toBe(true);
  expect(studies.flatMap(({ rows }) => rows).every(({ condition: { settings } }) => settings.scoreOn === 'test')).toBe(true);
});

test('conditions of the same study and name are the same', () => {
  const declared = [...candidates, ...studies.flatMap(({ rows }) => rows)].map((row) => row.condition);
  for (const { study, name, ...rest } of declared) {
    const others = declared.filter((other) => other.study === study && other.name === name);
    for (const other of others) expect(other).toEqual({ study, name, ...rest });
  }
});

test('a study shows runs of its own, or of another study', () => {
  const named = new Set(studies.map(({ name }) => name));
  for (const { condition: declared } of studies.flatMap(({ rows }) => rows)) expect(named).toContain(declared.study);
});

test('the quick form keeps the method and shrinks the federation', () => {
  const declared = condition('x', 'y', 'spark');
  const small = quick(declared);
  expect([small.study, small.name]).toEqual(['x', 'y']);
  expect(small.clients).toBe(6);
  expect(small.settings.method).toEqual(declared.settings.method);
  expect(small.settings.rounds).toBe(3);
});
