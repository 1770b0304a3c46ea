import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { DeviceError } from '../../backend/gpuDevice.ts';
import { NtkEngine } from '../../ntk/engine.ts';
import { defaultSettings } from '../../settings/settings.ts';
import { useBackend } from '../../testing/backends.ts';
import type { Problem } from '../problem.ts';
import { Computation } from './computation.ts';

/** One sample of each of two classes, and the linear model that tells them apart. */
const problem: Problem = {
  model: { layers: [2, 2] },
  own: { rows: Float32Array.of(1, 0, 0, 1), labels: Uint8Array.of(0, 1) },
  test: null,
  initialWeights: new Float32Array(6),
  startsAlike: true,
  view: null,
  digest: '',
  share: null,
};
const telling = Float32Array.of(1, -1, -1, 1, 0, 0);

/** The backend that there is takes its own place. */
const fallBack = vi.fn(() => Promise.resolve());

let computation: Computation;
beforeAll(async () => {
  await useBackend('cpu');
  computation = new Computation(
    {
      settings: defaultSettings(),
      problem,
      self: { id: 'a', number: 0 },
      clock: { now: () => 0, after: () => () => undefined, soon: () => expect.unreachable('it computes when it is told to') },
      productBudget: undefined,
      trace: null,
      fallBack,
    },
    (error) => {
      throw error;
    },
  );
});
afterAll(() => computation.dispose());

test('of several steps the one is chosen whose true model has the lowest loss on the own samples, and never one that leads nowhere', () =>
  fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(fc.oneof(fc.integer({ min: -20, max: 20 }), fc.constant(NaN)), { minLength: 1, maxLength: 10 }),
      fc.integer({ min: -5, max: 5 }),
      async (sizes, start) => {
        fc.pre(sizes.some((size) => !Number.isNaN(size)));
        const times = (factor: number) => telling.map((weight) => 0.1 * factor * weight);
        const best = Math.max(...sizes.filter((size) => !Number.isNaN(size)));
        expect(sizes[await computation.choose(times(start), sizes.map(times))]).toBe(best);
      },
    ),
    { numRuns: 50 },
  ));

test('where the GPU fails the next backend goes on with the same numbers, and nothing is left behind', async () => {
  const expected = await computation.features(telling);
  const before = tf.memory().numTensors;
  vi.spyOn(NtkEngine.prototype, 'features').mockRejectedValueOnce(new DeviceError('the device was lost'));
  expect(await computation.features(telling)).toEqual(expected);
  expect(fallBack).toHaveBeenCalledOnce();
  expect(tf.memory().numTensors).toBe(before);
  expect(await computation.tally(telling)).toMatchObject({ loss: 0 });
  fallBack.mockRejectedValueOnce(new Error('No backend is left.'));
  vi.spyOn(NtkEngine.prototype, 'features').mockRejectedValueOnce(new DeviceError('the device was lost'));
  await expect(computation.features(telling)).rejects.toThrow('No backend is left.');
});
