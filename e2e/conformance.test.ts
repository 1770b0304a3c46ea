import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CaseTabs, runCaseInProcess } from '../src/runner/runCase.ts';
import { parseCase, worstError, type ConformanceResult } from '../src/client/conformance.ts';
import { golden, goldenCases, type GoldenCase } from '../src/testing/goldenFiles.ts';
import { projectedErrors } from '../src/testing/projectedErrors.ts';
import { widened } from '../src/testing/widened.ts';

let tabs: CaseTabs;
beforeAll(async () => {
  tabs = await CaseTabs.open();
});
afterAll(() => tabs.close());

/** Those with as many clients one after another: they share a room, and what is compiled in it. */
const clientsOf = new Map(
  await Promise.all(goldenCases.map(async (name) => [name, (await golden(`${name}.case`)).clients.length] as const)),
);
const inOrder = goldenCases.toSorted((a, b) => clientsOf.get(a)! - clientsOf.get(b)!);

const weightsOf = (result: ConformanceResult): ConformanceResult => ({
  ...result,
  rounds: result.rounds.map(({ clients }) => ({ clients: clients.map(({ weights }) => ({ weights })) })),
});

describe.each([
  ['webgpu', 1e-3],
  ['wasm', 1e-4],
  ['cpu', 1e-4],
] as const)('conformance across real tabs on %s', (backend, tolerance) => {
  it.each(inOrder)(`%s agrees with the independent implementation to ${tolerance}`, async (name) => {
    const result = await tabs.run({ given: parseCase(await golden(`${name}.case`)), wire: 'f32' }, backend);
    expect(worstError(result, await golden(`${name}.expected`))).toBeLessThan(tolerance);
  });
});

describe.each([
  ['webgpu', 1e-3],
  ['wasm', 1e-4],
] as const)('other exchanges across real tabs on %s', (backend, tolerance) => {
  const agrees = (name: GoldenCase) =>
    it.each(['sketch', 'jacobian'] as const)(
      `%s with ${name} agrees with the independent implementation to ${tolerance}`,
      async (exchange) => {
        const result = await tabs.run({ given: parseCase(await golden(`${name}.case`)), wire: 'f32', exchange }, backend);
        expect(worstError(result, await golden(`${name}.expected`))).toBeLessThan(tolerance);
      },
    );

  agrees('spark-two-hidden-layers');
  agrees('spark-changing-graph');

  it.each(['dense', 'khatri-rao'] as const)('projected, %s, is off by as much as its variance says', async (projection) => {
    const given = parseCase(await golden('spark-ring.case'));
    const expected: ConformanceResult = await golden('spark-ring.expected');
    const run = { given, wire: 'f32', exchange: 'projected', projection, projectionSize: 400, seed: 2 } as const;
    const errors = projectedErrors(run, await tabs.run(run, backend), expected);
    // One draw of P for all: the errors of entries go together, and only their size tells.
    const meanSquare = errors.reduce((sum, error) => sum + error ** 2, 0) / errors.length;
    expect(meanSquare).toBeGreaterThan(0.2);
    expect(meanSquare).toBeLessThan(3);
    expect(Math.max(...errors.map(Math.abs))).toBeLessThan(6);
  });
});

describe('wire forms across real tabs', () => {
  it.each([
    ['f16', 1e-3],
    ['q8', 2e-2],
  ] as const)('%s gives the weights of the independent implementation to %d', async (wire, tolerance) => {
    for (const name of ['spark-ring', 'spark-changing-graph', 'dfedavgm-ring']) {
      const result = await tabs.run({ given: parseCase(await golden(`${name}.case`)), wire }, 'wasm');
      expect(worstError(weightsOf(result), weightsOf(await golden(`${name}.expected`))), name).toBeLessThan(tolerance);
    }
  });

  it('q8 gives those of float32 to 2e-2 where arrays are large enough to be rounded', async () => {
    const given = widened(parseCase(await golden('spark-changing-graph.case')), 300);
    const exact = await runCaseInProcess({ given, wire: 'f32' }, 'wasm');
    const rounded = await tabs.run({ given, wire: 'q8' }, 'wasm');
    const error = worstError(weightsOf(rounded), weightsOf(exact));
    expect(error).toBeLessThan(2e-2);
    expect(error).toBeGreaterThan(2e-4);
  });
});
