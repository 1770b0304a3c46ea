import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { randomStream } from '../math/random.ts';
import { initialWeights, type FeatureForm, type ModelSpec, type Projection } from '../model/model.ts';
import { hostBackends, liveTensors, useBackend } from '../testing/backends.ts';
import * as reference from '../testing/reference.ts';
import { NtkEngine } from './engine.ts';

const forms = ['dense', 'khatri-rao'] as const;

interface Problem {
  readonly spec: ModelSpec;
  readonly weights: Float32Array;
  readonly samples: number;
  readonly rows: Float32Array;
  readonly linearised: readonly reference.Linearised[];
}

function problem(layers: readonly number[], samples: number): Problem {
  const spec = { layers };
  const width = layers[0]!;
  const random = randomStream(9, 'projection test', ...layers);
  const weights = initialWeights(spec, 4).map((weight) => weight + 0.1 * random.normal());
  const rows = Float32Array.from({ length: samples * width }, () => random.normal());
  const linearised = Array.from({ length: samples }, (_, p) =>
    reference.linearise(spec, weights, rows.subarray(p * width, (p + 1) * width)),
  );
  return { spec, weights, samples, rows, linearised };
}

/** (1/C) sum_k Z_k Z_kᵀ of rows over √C, N x N, in float64. */
function gram(rows: Float32Array, samples: number): Float64Array {
  const width = rows.length / samples;
  return Float64Array.from({ length: samples ** 2 }, (_, at) => {
    const [p, q] = [Math.floor(at / samples) * width, (at % samples) * width];
    let sum = 0;
    for (let i = 0; i < width; i++) sum += rows[p + i]! * rows[q + i]!;
    return sum;
  });
}

/** J over √C, or its projection, and the logits. */
async function derivatives({ spec, weights, samples, rows }: Problem, form: FeatureForm) {
  const engine = new NtkEngine(spec, form);
  const { jacobian, logits } = await engine.features(weights, engine.upload(rows, samples, spec.layers[0]!));
  engine.dispose();
  return { jacobian: jacobian!, logits: logits! };
}

/** K̃ under each seed. */
async function kernels(given: Problem, projection: Omit<Projection, 'seed'>, seeds: number): Promise<Float64Array[]> {
  const results: Float64Array[] = [];
  for (let seed = 0; seed < seeds; seed++) {
    const { jacobian } = await derivatives(given, { ...projection, seed });
    results.push(gram(jacobian, given.samples));
  }
  return results;
}

describe.each(hostBackends)('derivatives on %s', (backend) => {
  beforeAll(() => useBackend(backend));
  let before: ReturnType<typeof liveTensors>;
  beforeEach(() => void (before = liveTensors()));
  afterEach(() => expect(liveTensors(), 'tensors left behind').toEqual(before));

  test('whole: rows and logits are those of one backward pass an output, for networks of any shape', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 2, maxLength: 5 }),
        fc.integer({ min: 1, max: 4 }),
        async (layers, samples) => {
          const given = problem(layers, samples);
          const { jacobian, logits } = await derivatives(given, 'jacobian');
          const scale = 1 / Math.sqrt(layers.at(-1)!);
          const rows = given.linearised.flatMap((sample) => sample.jacobian.flatMap((row) => [...row].map((value) => value * scale)));
          expect(reference.relativeError(jacobian, rows)).toBeLessThan(1e-5);
          expect(
            reference.relativeError(
              logits,
              given.linearised.flatMap((sample) => [...sample.logits]),
            ),
          ).toBeLessThan(1e-5);
        },
      ),
      { numRuns: 25 },
    ));

  test.each(forms)('%s: J P with the P that the seed stands for', async (form) => {
    for (const layers of [
      [5, 3],
      [6, 5, 3],
      [4, 5, 3, 2],
    ]) {
      const given = problem(layers, 3);
      const projection = { form, size: 7, seed: 11 };
      const { jacobian } = await derivatives(given, projection);
      expect(reference.relativeError(jacobian, reference.projectedJacobian(projection, given.linearised))).toBeLessThan(1e-5);
    }
  });

  test('dense: nothing depends on the blocks that P is made in', async () => {
    // (2048 + 1) x 1024 numbers a unit: two units a block, and one is left over.
    const given = problem([2048, 3, 2], 2);
    const projection: Projection = { form: 'dense', size: 1024, seed: 3 };
    const { jacobian } = await derivatives(given, projection);
    expect(reference.relativeError(jacobian, reference.projectedJacobian(projection, given.linearised))).toBeLessThan(1e-4);
  });

  test.each(forms)('%s: products with the inputs are made once and kept, up to a budget, and freed with the inputs', async (form) => {
    const given = problem([6, 5, 3], 4);
    const { spec, weights, rows } = given;
    const projection = { form, size: 8, seed: 1 };
    const other = weights.map((weight) => weight * 1.5);
    // Of 4 x 5 x 8 or 4 x 3 x 8 numbers, in one block or three: all, one, none.
    for (const budget of [1e6, 4 * 4 * 8, 0]) {
      const engine = new NtkEngine(spec, projection, budget);
      const inputs = engine.upload(rows, 4, 6);
      const uploaded = tf.memory().numTensors;
      await engine.features(weights, inputs);
      const kept = tf.memory().numTensors - uploaded;
      expect(kept).toBe(budget === 1e6 ? (form === 'dense' ? 1 : 3) : budget > 0 && form === 'khatri-rao' ? 1 : 0);
      const again = await engine.features(other, inputs);
      expect(tf.memory().numTensors - uploaded).toBe(kept);
      expect(again).toEqual({ hidden: [], ...(await derivatives({ ...given, weights: other }, projection)) });
      engine.release(inputs);
      expect(tf.memory().numTensors).toBe(uploaded - 1);
      engine.dispose();
    }
  });
});

describe.each(forms)('the kernel of J P, %s', (form) => {
  beforeAll(() => useBackend('cpu'));

  test('has the kernel as its mean, and the variance of its formula', async () => {
    const given = problem([5, 4, 3], 3);
    const size = 6;
    const seeds = 3000;
    const exact = reference.kernelFromJacobians(given.linearised.map(({ jacobian }) => jacobian));
    const variance = reference.projectedVariance({ form, size, seed: 0 }, given.linearised);
    const estimates = await kernels(given, { form, size }, seeds);
    exact.forEach((value, at) => {
      const errors = estimates.map((kernel) => kernel[at]! - value);
      const mean = errors.reduce((sum, error) => sum + error, 0) / seeds;
      expect(Math.abs(mean)).toBeLessThan(3.5 * Math.sqrt(variance[at]! / seeds));
      const measured = errors.reduce((sum, error) => sum + error ** 2, 0) / seeds;
      expect(measured / variance[at]!).toBeGreaterThan(0.85);
      expect(measured / variance[at]!).toBeLessThan(1.15);
    });
  });

  test('comes closer with the root of the seeds averaged, and of the dimensions', async () => {
    const given = problem([5, 4, 3], 4);
    const exact = reference.kernelFromJacobians(given.linearised.map(({ jacobian }) => jacobian));
    /** The mean square error of averages over so many seeds, in units of one seed's variance. */
    const averaged = async (size: number, seeds: number, averages: number) => {
      const variance = reference.projectedVariance({ form, size, seed: 0 }, given.linearised);
      const estimates = await kernels(given, { form, size }, seeds * averages);
      let sum = 0;
      for (let a = 0; a < averages; a++) {
        const part = estimates.slice(a * seeds, (a + 1) * seeds);
        exact.forEach((value, at) => {
          const mean = part.reduce((total, kernel) => total + kernel[at]!, 0) / seeds;
          sum += (mean - value) ** 2 / variance[at]!;
        });
      }
      return sum / (averages * exact.length);
    };
    for (const [size, seeds, averages] of [
      [4, 1, 400],
      [4, 4, 100],
      [4, 16, 60],
      [64, 1, 100],
    ] as const) {
      const error = seeds * (await averaged(size, seeds, averages));
      expect(error).toBeGreaterThan(0.75);
      expect(error).toBeLessThan(1.3);
    }
  });
});
