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

const given = new Map(await Promise.all(goldenCases.map(async (name) => [name, parseCase(await golden(`${name}.case`))] as const)));

/** Those with as many clients one after another: they share a room, and what is compiled in it. */
const inOrder = <T extends { readonly name: GoldenCase }>(runs: readonly T[]): T[] =>
  runs.toSorted((a, b) => given.get(a.name)!.clients.length - given.get(b.name)!.clients.length);

/** Each case as it is, and two of them with each of the other exchanges that lose nothing. */
const exactRuns = inOrder<{ readonly name: GoldenCase; readonly exchange?: 'sketch' | 'jacobian' }>([
  ...goldenCases.map((name) => ({ name })),
  ...(['spark-two-hidden-layers', 'spark-changing-graph'] as const).flatMap((name) =>
    (['sketch', 'jacobian'] as const).map((exchange) => ({ name, exchange })),
  ),
]);

const weightsOf = (result: ConformanceResult): ConformanceResult => ({
  ...result,
  rounds: result.rounds.map(({ clients }) => ({ clients: clients.map(({ weights }) => ({ weights })) })),
});

describe.each([
  ['webgpu', 1e-3],
  ['wasm', 1e-4],
  ['cpu', 1e-4],
] as const)('conformance across real tabs on %s', (backend, tolerance) => {
  it.each(exactRuns)(`$name, exchange $exchange, agrees with the independent implementation to ${tolerance}`, async ({ name, ...rest }) => {
    const result = await tabs.run({ given: given.get(name)!, wire: 'f32', ...rest }, backend);
    expect(worstError(result, await golden(`${name}.expected`))).toBeLessThan(tolerance);
  });

  it.each(['dense', 'khatri-rao'] as const)('projected, %s, is off by as much as its variance says', async (projection) => {
    const expected: ConformanceResult = await golden('spark-ring.expected');
    const form = { exchange: 'projected', projection, projectionSize: 400, seed: 2 } as const;
    const run = { given: given.get('spark-ring')!, wire: 'f32', ...form } as const;
    const errors = projectedErrors(run, await tabs.run(run, backend), expected);
    // One draw of P for all: the errors of entries go together, and only their size tells.
    const meanSquare = errors.reduce((sum, error) => sum + error ** 2, 0) / errors.length;
    expect(meanSquare).toBeGreaterThan(0.2);
    expect(meanSquare).toBeLessThan(3);
    expect(Math.max(...errors.map(Math.abs))).toBeLessThan(6);
  });
});

const wireRuns = inOrder(
  (['spark-ring', 'spark-changing-graph', 'dfedavgm-ring'] as const).flatMap((name) =>
    (
      [
        ['f16', 1e-3],
        ['q8', 2e-2],
      ] as const
    ).map(([wire, tolerance]) => ({ name, wire, tolerance })),
  ),
);

describe('wire forms across real tabs', () => {
  it.each(wireRuns)('$wire gives the weights of $name to $tolerance', async ({ name, wire, tolerance }) => {
    const result = await tabs.run({ given: given.get(name)!, wire }, 'wasm');
    expect(worstError(weightsOf(result), weightsOf(await golden(`${name}.expected`)))).toBeLessThan(tolerance);
  });

  it('q8 gives those of float32 to 2e-2 where arrays are large enough to be rounded', async () => {
    const wide = widened(given.get('spark-changing-graph')!, 300);
    const exact = await runCaseInProcess({ given: wide, wire: 'f32' }, 'wasm');
    const rounded = await tabs.run({ given: wide, wire: 'q8' }, 'wasm');
    const error = worstError(weightsOf(rounded), weightsOf(exact));
    expect(error).toBeLessThan(2e-2);
    expect(error).toBeGreaterThan(2e-4);
  });
});
