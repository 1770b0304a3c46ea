import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { classCount, type ModelSpec } from '../model/model.ts';
import { hostBackends, liveTensors, useBackend } from '../testing/backends.ts';
import { cnn, normals } from '../testing/kernelCases.ts';
import { members, problem, samplesOf } from '../testing/pools.ts';
import * as reference from '../testing/reference.ts';
import { NtkEngine } from './engine.ts';
import { EvolutionError, priorShift, type Targets, type Timed } from './evolution.ts';
import { Objective } from './objective.ts';
import { followToTimes } from './timed.ts';

const timed: Timed & Targets & { readonly round: number } = {
  kind: 'timed',
  learningRate: 0.02,
  decay: 0.1,
  times: [5, 60],
  tolerance: 1e-4,
  temperature: 2,
  softLabelWeight: 0.2,
  priorAdjustment: 1,
  round: 3,
};

describe.each(hostBackends)('the flow to several times on %s', (backend) => {
  beforeAll(() => useBackend(backend));
  let before: ReturnType<typeof liveTensors>;
  beforeEach(() => void (before = liveTensors()));
  afterEach(() => expect(liveTensors(), 'tensors left behind').toEqual(before));

  async function compare(spec: ModelSpec, kernel: 'averaged' | 'whole'): Promise<void> {
    const engine = new NtkEngine(spec);
    const { weights, holders } = problem(spec, 2);
    const pool = await members(engine, weights, holders);
    const evolved = await engine.evolve({ weights, pool, kernel, options: timed });
    engine.dispose();

    const samples = holders.flatMap((holder) => samplesOf(spec, holder)).map((x) => reference.linearise(spec, weights, x));
    const labels = Int32Array.from(pool.flatMap((member) => [...member.labels]));
    const start = samples.flatMap(({ logits }) => [...logits]);
    const shift = [...priorShift(labels, classCount(spec), timed.priorAdjustment)];
    const expectedKernel =
      kernel === 'whole' ? reference.whole(samples) : reference.kernelFromJacobians(samples.map(({ jacobian }) => jacobian));
    expect(evolved.stepSize).toBeCloseTo(0.02 * Math.exp(-0.3), 10);
    expect(evolved.scale).toBeCloseTo(evolved.stepSize! / samples.length, 12);
    timed.times.forEach((time, k) => {
      const part = (matrices: Float32Array) => matrices.subarray(k * start.length, (k + 1) * start.length);
      // Euler's method in so many small steps that its own error is below what is asked for.
      const steps = 1500;
      const { residual, logits } = reference.evolve(expectedKernel, start, labels, shift, {
        rate: (evolved.scale * time) / steps,
        steps,
        accelerated: false,
        temperature: timed.temperature,
        softWeight: timed.softLabelWeight * timed.temperature,
      });
      expect(
        reference.relativeError(
          part(evolved.residual),
          residual.map((value) => (value * time) / steps),
        ),
      ).toBeLessThan(3e-3);
      expect(reference.relativeError(part(evolved.logits), logits)).toBeLessThan(3e-3);
    });
  }

  test.each([[{ layers: [6, 5, 3] }], [{ layers: [5, 4, 3, 6, 2] }], [cnn([6, 5], [2], [], 3)]])(
    'R and f of %j at every time are those of tiny Euler steps',
    async (spec) => {
      await compare(spec, 'averaged');
      await compare(spec, 'whole');
    },
  );

  test('the backward pass of several R is that of each', async () => {
    const spec = { layers: [6, 5, 3] };
    const { weights, holders } = problem(spec, 2);
    const [engine, jacobians] = [new NtkEngine(spec), new NtkEngine(spec, 'jacobian')];
    const rows = engine.upload(holders[0]!.rows, 3, 6);
    const pool = await members(jacobians, weights, holders);
    const step = normals(2 * 3 * 3, 'residuals of one');
    const all = normals(2 * 7 * 3, 'residuals of all');
    const both = [
      [await engine.pullback(weights, rows, step), await engine.pullback(weights, rows, step.slice(9))],
      [await jacobians.backProject(pool, all), await jacobians.backProject(pool, all.slice(21))],
    ];
    for (const [several, second] of both) {
      expect(several).toHaveLength(2 * second!.length);
      expect(several!.slice(second!.length)).toEqual(second);
    }
    engine.dispose();
    jacobians.dispose();
  });

  test('weights that are not finite are refused in one sentence', async () => {
    const spec = { layers: [6, 5, 3] };
    const engine = new NtkEngine(spec);
    const { weights, holders } = problem(spec, 2);
    const pool = await members(engine, weights.fill(NaN), holders);
    await expect(engine.evolve({ weights, pool, kernel: 'averaged', options: timed })).rejects.toThrow(EvolutionError);
    engine.dispose();
  });
});

test('a kernel as stiff as a real pool’s costs few products', async () => {
  // λmax / N about 300, falling off as a kernel's spectrum does, between samples of ten classes.
  const [samples, classes] = [40, 10];
  const labels = Int32Array.from({ length: samples }, (_, p) => p % 3);
  const factors = Array.from({ length: samples }, (_, k) =>
    normals(samples, 'factor', k).map((value) => value * Math.sqrt(300 / (k + 1) ** 2)),
  );
  factors[0]!.fill(Math.sqrt(300));
  const multiply = (matrix: Float32Array) => {
    const product = new Float32Array(matrix.length);
    for (const factor of factors) {
      for (let c = 0; c < classes; c++) {
        const along = factor.reduce((sum, value, p) => sum + value * matrix[p * classes + c]!, 0);
        factor.forEach((value, p) => (product[p * classes + c]! += value * along));
      }
    }
    return Promise.resolve(product);
  };
  const logits = normals(samples * classes, 'logits');
  const asked = { labels, shift: new Float32Array(classes), teacher: null, temperature: 1, softWeight: 0 };
  const objective = new Objective(asked, logits);
  const evolved = await followToTimes(
    { multiply, objective, logits, samples },
    { kind: 'timed', learningRate: 0.01, decay: 0.07, times: [100, 300, 1000], tolerance: 0.01 },
    0,
  );
  expect(evolved.products).toBeLessThan(250);
});
