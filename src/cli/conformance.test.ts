import { describe, expect, it } from 'vitest';
import { ConformanceCaseError, parseCase, worstError, type ConformanceResult } from '../client/conformance.ts';
import { golden, goldenCases, kernelCases } from '../testing/goldenFiles.ts';
import { projectedErrors } from '../testing/projectedErrors.ts';
import { widened } from '../testing/widened.ts';
import { runCaseInProcess } from '../runner/runCase.ts';

describe.each(['cpu', 'wasm'] as const)('conformance in this process on %s', (backend) => {
  it.each(goldenCases)('%s agrees with the independent implementation to 1e-4', async (name) => {
    const result = await runCaseInProcess({ given: parseCase(await golden(`${name}.case`)), wire: 'f32' }, backend);
    expect(worstError(result, await golden(`${name}.expected`))).toBeLessThan(1e-4);
  });
});

describe.each(['sketch', 'jacobian'] as const)('conformance in this process with exchange %s', (exchange) => {
  it.each(['cpu', 'wasm'] as const)('every case with a kernel agrees to 1e-4 on %s', async (backend) => {
    for (const name of kernelCases) {
      const result = await runCaseInProcess({ given: parseCase(await golden(`${name}.case`)), wire: 'f32', exchange }, backend);
      expect(worstError(result, await golden(`${name}.expected`)), name).toBeLessThan(1e-4);
    }
  });
});

describe.each(['dense', 'khatri-rao'] as const)('conformance in this process with exchange projected, %s', (form) => {
  it('gives kernels that are off by as much as their variance says', async () => {
    const given = parseCase(await golden('spark-ring.case'));
    const expected: ConformanceResult = await golden('spark-ring.expected');
    const errors = [];
    for (let seed = 0; seed < 8; seed++) {
      const run = { given, wire: 'f32', exchange: 'projected', projection: form, projectionSize: 50, seed } as const;
      const result = await runCaseInProcess(run, 'cpu');
      errors.push(...projectedErrors(run, result, expected));
    }
    const meanSquare = errors.reduce((sum, error) => sum + error ** 2, 0) / errors.length;
    expect(meanSquare).toBeGreaterThan(0.7);
    expect(meanSquare).toBeLessThan(1.4);
  });
});

describe('conformance in this process with halves on the wire', () => {
  it.each(goldenCases)('%s comes within 3e-3, and not closer than rounding can', async (name) => {
    const result = await runCaseInProcess({ given: parseCase(await golden(`${name}.case`)), wire: 'f16' }, 'cpu');
    const error = worstError(result, await golden(`${name}.expected`));
    expect(error).toBeLessThan(3e-3);
    expect(error).toBeGreaterThan(1e-6);
  });
});

const withoutSteps = (result: ConformanceResult): ConformanceResult => ({
  ...result,
  rounds: result.rounds.map(({ clients }) => ({ clients: clients.map((client) => ({ ...client, delta: [] })) })),
});

describe('conformance in this process with q8 on the wire', () => {
  it.each(goldenCases)('%s comes within 2e-2', async (name) => {
    const result = await runCaseInProcess({ given: parseCase(await golden(`${name}.case`)), wire: 'q8' }, 'cpu');
    expect(worstError(result, await golden(`${name}.expected`))).toBeLessThan(2e-2);
  });

  it.each(goldenCases)('%s with arrays large enough to be rounded comes within 2e-2, and not closer than 8 bits can', async (name) => {
    const given = widened(parseCase(await golden(`${name}.case`)), 300);
    const [exact, rounded] = [await runCaseInProcess({ given, wire: 'f32' }, 'cpu'), await runCaseInProcess({ given, wire: 'q8' }, 'cpu')];
    // Of a step one number jumps where a unit's mask does; in the weights it counts little.
    const error = worstError(withoutSteps(rounded), withoutSteps(exact));
    expect(error).toBeLessThan(2e-2);
    expect(error).toBeGreaterThan(2e-4);
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
    const ridge = await golden('spark-ridge-ring.case');
    expect(() => parseCase({ ...good, hyper: { ...good.hyper, warmth: 1 } })).toThrow(/a field that is not known here, 'hyper.warmth'/);
    const bad: [string, unknown][] = [
      ['no object', 7],
      ['another format', { ...good, format: 'other/1' }],
      ['a graph of the wrong size', { ...good, graph: [[[1], [0]]] }],
      ['a neighbour that does not exist', { ...good, graph: [[[1], [0], [9], []]] }],
      ['another algorithm', { ...good, algorithm: 'sgd' }],
      ['a field that is not known', { ...good, hyper: { ...good.hyper, warmth: 1 } }],
      ['a ridge beside the steps of a flow', { ...good, hyper: { ...good.hyper, kernel: 'whole', ridge: 0.1 } }],
      ['a ridge with the averaged kernel', { ...ridge, hyper: { ...ridge.hyper, kernel: 'averaged' } }],
      ['a kernel that there is not', { ...good, hyper: { ...good.hyper, kernel: 'half' } }],
      ['no steps to evolve', { ...good, hyper: { ...good.hyper, steps: undefined } }],
      ['no local steps', { ...good, algorithm: 'dfedavg' }],
      ['samples of the wrong width', { ...good, model: { ...good.model, layers: [7, 5, 3] } }],
    ];
    for (const [, json] of bad) expect(() => parseCase(json)).toThrow(ConformanceCaseError);
  });
});
