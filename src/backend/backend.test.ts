import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, test } from 'vitest';
import { BackendError, selectBackend } from './backend.ts';
import { locateWasm } from './wasmNode.ts';

beforeAll(() => locateWasm());

test.each(['wasm', 'cpu'] as const)('%s starts when asked for, and computes', async (name) => {
  const view = { name, adapter: '', reason: `Chosen by hand: ${name}.` };
  expect(await selectBackend(name)).toEqual({ view, isSoftware: false, alternatives: [] });
  expect(tf.getBackend()).toBe(name);
  const [sum] = tf.tidy(() => tf.sum(tf.tensor1d([1, 2, 3])).dataSync());
  expect(sum).toBe(6);
});

test('without a graphics processor auto takes WebAssembly, says why, and leaves plain JavaScript to be tried', async () => {
  const view = { name: 'wasm', adapter: '', reason: 'WebAssembly, because WebGPU finds no graphics processor here.' };
  expect(await selectBackend('auto')).toEqual({ view, isSoftware: false, alternatives: ['cpu'] });
  expect(tf.getBackend()).toBe('wasm');
});

test('WebGPU that cannot be had is an error that says what to do', async () => {
  await expect(selectBackend('webgpu')).rejects.toThrow(BackendError);
  await expect(selectBackend('webgpu')).rejects.toThrow(/use a current Chrome, Edge or Safari .* or choose wasm/);
});
