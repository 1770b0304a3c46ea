import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test } from 'vitest';
import { randomStream } from '../math/random.ts';
import { hostBackends, liveTensors, useBackend } from '../testing/backends.ts';
import * as reference from '../testing/reference.ts';
import { layerCases, normals, productCases, productForms } from '../testing/kernelCases.ts';
import { lbfgsCases, lbfgsSizes } from '../testing/lbfgsCases.ts';
import { evolvedPlanes, ntkEvolve } from './ops/ntkEvolve.ts';
import { ntkLayer } from './ops/ntkLayer.ts';
import { takeOne } from './readback.ts';
import './registerKernels.ts';

/** R and f of an evolution. */
const evolved = async (samples: number, planes: tf.Tensor3D) => evolvedPlanes(await takeOne(planes), planes.shape, samples);

describe.each(hostBackends)('NTK kernels on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  test.each([1, 2, 3, 5, 8, 33])('at N = %i every form of the layer is its formula, and leaves no tensor', async (samples) => {
    const a = normals(samples * 7, 'a', samples);
    const gram = reference.layer(samples, a, null, null).map((value) => value - 1);
    const before = liveTensors();
    for (const form of ['gram', 'rows'] as const) {
      for (const { kind, derivatives, expected } of layerCases(samples, a)) {
        const actual = await takeOne(
          tf.tidy(() =>
            ntkLayer(
              form === 'gram' ? { gram: tf.tensor2d(Float32Array.from(gram), [samples, samples]) } : { rows: tf.tensor2d(a, [samples, 7]) },
              derivatives(),
            ),
          ),
        );
        expect(reference.relativeError(actual, expected), `${kind} from ${form}`).toBeLessThan(1e-5);
        actual.forEach((value, at) => expect(value).toBe(actual[(at % samples) * samples + Math.floor(at / samples)]));
      }
    }
    expect(liveTensors()).toEqual(before);
  });

  test.each(productCases)('a product is its formula: %o', async (size) => {
    const before = liveTensors();
    for (const { name, compute, expected } of productForms(size)) {
      expect(reference.relativeError(await takeOne(tf.tidy(compute)), expected), name).toBeLessThan(1e-5);
    }
    expect(liveTensors()).toEqual(before);
  });

  test.each(lbfgsSizes)('the kernels of L-BFGS are their formulas: %o', async (size) => {
    const before = liveTensors();
    for (const { name, compute, expected } of lbfgsCases(size)) {
      expect(reference.relativeError(await takeOne(tf.tidy(compute)), expected), name).toBeLessThan(1e-5);
    }
    expect(liveTensors()).toEqual(before);
  });

  test.each([
    { samples: 1, classes: 2, accelerated: false, softWeight: 0, temperature: 1 },
    { samples: 5, classes: 3, accelerated: false, softWeight: 0.7, temperature: 2 },
    { samples: 18, classes: 10, accelerated: true, softWeight: 0, temperature: 1 },
    { samples: 33, classes: 4, accelerated: true, softWeight: 0.5, temperature: 3 },
    { samples: 18, classes: 5, accelerated: true, softWeight: 0.5, temperature: 2, taught: true },
  ])('the evolution is its recursion in float64: %o', async ({ samples, classes, taught = false, ...options }) => {
    const kernel = reference.layer(samples, normals(samples * 6, 'rows', samples), null, null);
    const start = normals(samples * classes, 'start', samples);
    const shift = normals(classes, 'shift', samples);
    const random = randomStream(1, 'labels', samples);
    const labels = Int32Array.from({ length: samples }, () => random.integer(classes));
    const teacher = taught ? normals(samples * classes, 'teacher', samples) : undefined;
    const attrs = { rate: 0.5 / samples, steps: 40, ...options };
    const before = liveTensors();
    const planes = await evolved(
      samples,
      tf.tidy(() =>
        ntkEvolve(
          {
            kernel: tf.tensor2d(Float32Array.from(kernel), [samples, samples]),
            logits: tf.tensor2d(start, [samples, classes]),
            labels: tf.tensor1d(labels, 'int32'),
            shift: tf.tensor1d(shift),
            ...(teacher && { teacher: tf.tensor2d(teacher, [samples, classes]) }),
          },
          attrs,
        ),
      ),
    );
    expect(liveTensors()).toEqual(before);
    const expected = reference.evolve(kernel, start, labels, [...shift], attrs, teacher);
    expect(reference.relativeError(planes.residual, expected.residual)).toBeLessThan(1e-5);
    expect(reference.relativeError(planes.logits, expected.logits)).toBeLessThan(1e-5);
  });

  test('one Euler step by hand', async () => {
    // Two samples of two classes at f = 0: p = 1/2, so g is ±1/2 and f moves by -(η/N) K g.
    const { residual, logits } = await evolved(
      2,
      tf.tidy(() =>
        ntkEvolve(
          {
            kernel: tf.tensor2d([2, 1, 1, 3], [2, 2]),
            logits: tf.zeros([2, 2]),
            labels: tf.tensor1d([0, 1], 'int32'),
            shift: tf.zeros([2]),
          },
          { rate: 0.1, steps: 1, accelerated: false, temperature: 1, softWeight: 0 },
        ),
      ),
    );
    [-0.5, 0.5, 0.5, -0.5].forEach((value, i) => expect(residual[i]).toBeCloseTo(value, 6));
    [0.05, -0.05, -0.1, 0.1].forEach((value, i) => expect(logits[i]).toBeCloseTo(value, 6));
  });
});
