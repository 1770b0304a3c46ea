import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { ConformanceCaseError, parseCase, worstError } from '../client/conformance.ts';
import { runCaseInProcess } from './runCase.ts';

const golden = async (name: string) => JSON.parse(await readFile(new URL(`../testing/golden/${name}.json`, import.meta.url), 'utf8'));
const cases = ['ntk-dfl-ring', 'spark-ring', 'spark-changing-graph', 'spark-two-hidden-layers'];

describe.each(['cpu', 'wasm'] as const)('conformance in this process on %s', (backend) => {
  it.each(cases)('%s agrees with the independent implementation to 1e-4', async (name) => {
    const result = await runCaseInProcess(parseCase(await golden(`${name}.case`)), backend);
    expect(worstError(result, await golden(`${name}.expected`))).toBeLessThan(1e-4);
  });
});

describe('a conformance case', () => {
  it('is refused in one sentence when it is none', async () => {
    const good = await golden('spark-ring.case');
    const bad: [string, unknown][] = [
      ['no object', 7],
      ['another format', { ...good, format: 'other/1' }],
      ['a graph of the wrong size', { ...good, graph: [[[1], [0]]] }],
      ['a neighbour that does not exist', { ...good, graph: [[[1], [0], [9], []]] }],
      ['samples of the wrong width', { ...good, model: { ...good.model, layers: [7, 5, 3] } }],
    ];
    for (const [, json] of bad) expect(() => parseCase(json)).toThrow(ConformanceCaseError);
  });
});
