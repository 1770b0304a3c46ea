import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { ConformanceCaseError, parseCase, worstError } from '../client/conformance.ts';
import { runCaseInProcess } from './runCase.ts';

const golden = async (name: string) => JSON.parse(await readFile(new URL(`../testing/golden/${name}.json`, import.meta.url), 'utf8'));
const cases = ['ntk-dfl-ring', 'spark-ring', 'spark-changing-graph', 'spark-two-hidden-layers', 'dfedavgm-ring', 'dpsgd-line'];

describe.each(['cpu', 'wasm'] as const)('conformance in this process on %s', (backend) => {
  it.each(cases)('%s agrees with the independent implementation to 1e-4', async (name) => {
    const result = await runCaseInProcess({ given: parseCase(await golden(`${name}.case`)), wire: 'f32' }, backend);
    expect(worstError(result, await golden(`${name}.expected`))).toBeLessThan(1e-4);
  });
});

describe('conformance in this process with halves on the wire', () => {
  it.each(cases)('%s comes within 2e-3, and not closer than rounding can', async (name) => {
    const result = await runCaseInProcess({ given: parseCase(await golden(`${name}.case`)), wire: 'f16' }, 'cpu');
    const error = worstError(result, await golden(`${name}.expected`));
    expect(error).toBeLessThan(2e-3);
    expect(error).toBeGreaterThan(1e-6);
  });
});

describe('a conformance case', () => {
  it('of DFedAvg is one of DFedAvgM without momentum', async () => {
    const given = await golden('dfedavgm-ring.case');
    const plain = await runCaseInProcess({ given: parseCase({ ...given, algorithm: 'dfedavg' }), wire: 'f32' }, 'cpu');
    const still = await runCaseInProcess({ given: parseCase({ ...given, hyper: { ...given.hyper, momentum: 0 } }), wire: 'f32' }, 'cpu');
    expect(plain).toEqual(still);
    expect(worstError(plain, await golden('dfedavgm-ring.expected'))).toBeGreaterThan(1e-2);
  });

  it('is refused in one sentence when it is none', async () => {
    const good = await golden('spark-ring.case');
    const bad: [string, unknown][] = [
      ['no object', 7],
      ['another format', { ...good, format: 'other/1' }],
      ['a graph of the wrong size', { ...good, graph: [[[1], [0]]] }],
      ['a neighbour that does not exist', { ...good, graph: [[[1], [0], [9], []]] }],
      ['another algorithm', { ...good, algorithm: 'sgd' }],
      ['no steps to evolve', { ...good, hyper: { ...good.hyper, steps: undefined } }],
      ['no local steps', { ...good, algorithm: 'dfedavg' }],
      ['samples of the wrong width', { ...good, model: { ...good.model, layers: [7, 5, 3] } }],
    ];
    for (const [, json] of bad) expect(() => parseCase(json)).toThrow(ConformanceCaseError);
  });
});
