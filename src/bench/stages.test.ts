/** What is compared for speed must compute the same. */

import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, test } from 'vitest';
import { evolvedPlanes } from '../ntk/ops/ntkEvolve.ts';
import { takeOne } from '../ntk/readback.ts';
import { liveTensors, useBackend } from '../testing/backends.ts';
import { relativeError } from '../testing/reference.ts';
import { disposeOperands, materialisedKernel, operandsOf, own, tfjs, tfjsTransposedKernel } from './stages.ts';
import { workload } from './workload.ts';

const work = workload({ samples: 9, hidden: 7, steps: 6 });

beforeAll(() => useBackend('cpu'));

test('every way to compute a stage has the same result, and leaves no tensor', async () => {
  const before = liveTensors();
  const operands = operandsOf(work);
  const values = (compute: () => tf.Tensor) => takeOne(tf.tidy(compute));
  for (const stage of ['product', 'forward', 'kernel', 'pullback'] as const) {
    const expected = await values(() => tfjs[stage](operands, work.steps));
    expect(relativeError(await values(() => own[stage](operands, work.steps)), expected), stage).toBeLessThan(1e-5);
  }
  const kernel = await values(() => own.kernel(operands, work.steps));
  for (const other of [materialisedKernel, tfjsTransposedKernel]) {
    expect(relativeError(await values(() => other(operands, work.steps)), kernel)).toBeLessThan(1e-5);
  }

  const planes = tf.tidy(() => own.evolution(operands, work.steps));
  const [count = 0, classes = 0, columns = 0] = planes.shape;
  const { residual, logits } = evolvedPlanes(await takeOne(planes), [count, classes, columns], work.samples);
  const expected = await values(() => tfjs.evolution(operands, work.steps));
  expect(relativeError(Float32Array.of(...residual, ...logits), expected)).toBeLessThan(1e-5);
  disposeOperands(operands);
  expect(liveTensors()).toEqual(before);
});
