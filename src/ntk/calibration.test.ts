import * as tf from '@tensorflow/tfjs';
import { beforeEach, expect, test } from 'vitest';
import { selectBackend } from '../backend/backend.ts';
import { locateWasm } from '../backend/wasmNode.ts';
import { calibrate } from './calibration.ts';

const size = { spec: { layers: [20, 8, 3] }, kernel: 'averaged', evolution: 'flow', samples: 30, steps: 5 } as const;

beforeEach(() => locateWasm());

test('what auto left open is timed, and the fastest stays set', async () => {
  const choice = await selectBackend('auto');
  const before = tf.memory().numTensors;
  const calibrated = await calibrate(choice, size);
  expect(tf.memory().numTensors).toBe(before);
  const rows = calibrated.calibration!;
  expect(rows.map(({ candidate }) => candidate)).toEqual(['wasm', 'cpu']);
  expect(tf.getBackend()).toBe(calibrated.name);
  const chosen = rows.find(({ candidate }) => candidate === calibrated.name)!;
  expect(chosen.ms).toBe(Math.min(...rows.map(({ ms }) => ms)));
});

test('clients of one thread that ask at once share one calibration', async () => {
  const choice = await selectBackend('auto');
  const [a, b] = await Promise.all([calibrate(choice, size), calibrate(choice, size)]);
  expect(a).toBe(b);
  const [other, deeper] = await Promise.all([
    calibrate(choice, { ...size, samples: 33 }),
    calibrate(choice, { ...size, spec: { layers: [20, 8, 6, 3] } }),
  ]);
  expect(other.calibration).toHaveLength(2);
  expect(deeper.calibration).toHaveLength(2);
});

test('with the whole kernel it times products, and what a ridge does beside them', async () => {
  const choice = await selectBackend('auto');
  for (const evolution of ['flow', 'ridge'] as const) {
    const before = tf.memory().numTensors;
    const { calibration } = await calibrate(choice, { ...size, kernel: 'whole', evolution });
    expect(calibration).toHaveLength(2);
    expect(tf.memory().numTensors).toBe(before);
  }
});

test('with the whole kernel nothing is N x N: a pool is measured whose kernel no memory holds', async () => {
  const choice = await selectBackend('auto');
  const size = { spec: { layers: [4, 3, 2] }, kernel: 'whole', evolution: 'ridge', samples: 70_000, steps: 2 } as const;
  expect((await calibrate(choice, size)).calibration).toHaveLength(2);
});

test('a backend chosen by hand is not timed, and stays', async () => {
  const choice = await selectBackend('cpu');
  expect(await calibrate(choice, size)).toBe(choice.view);
  expect(tf.getBackend()).toBe('cpu');
});
