import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { runCaseInTabs } from '../src/cli/runCase.ts';
import { parseCase, worstError } from '../src/client/conformance.ts';

const golden = async (name: string) =>
  JSON.parse(await readFile(new URL(`../src/testing/golden/${name}.json`, import.meta.url), 'utf8'));
const cases = ['ntk-dfl-ring', 'spark-ring', 'spark-changing-graph', 'spark-two-hidden-layers', 'dfedavgm-ring', 'dpsgd-line'];

describe.each([
  ['webgpu', 1e-3],
  ['wasm', 1e-4],
  ['cpu', 1e-4],
] as const)('conformance across real tabs on %s', (backend, tolerance) => {
  it.each(cases)(`%s agrees with the independent implementation to ${tolerance}`, async (name) => {
    const result = await runCaseInTabs({ given: parseCase(await golden(`${name}.case`)), wire: 'f32' }, backend);
    expect(worstError(result, await golden(`${name}.expected`))).toBeLessThan(tolerance);
  });
});
