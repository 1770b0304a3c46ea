/** The backends that tests in Node run on. */

import * as tf from '@tensorflow/tfjs';
import { selectBackend } from '../backend/backend.ts';
import { locateWasm } from '../backend/wasmNode.ts';

/** The backends that Node has. */
export const hostBackends = ['cpu', 'wasm'] as const;

/** Sets a backend for the tests of one suite. */
export async function useBackend(name: (typeof hostBackends)[number]): Promise<void> {
  locateWasm();
  await selectBackend(name);
}

/** Live tensors, and the backend's own buffers: those are more when a kernel forgets an intermediate. */
export function liveTensors(): { tensors: number; buffers: number } {
  return { tensors: tf.memory().numTensors, buffers: tf.backend().numDataIds() };
}
