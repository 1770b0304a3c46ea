/**
 * tfjs only warns when a shader does not compile or a buffer cannot be had, and goes on with garbage. Here every such
 * error of a device is remembered and thrown at the next readback.
 */

import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';

/** Whether a backend is tfjs's WebGPU one, told by what it can do: its package loads only where it is used. */
export function isWebGPUBackend(backend: object): backend is WebGPUBackend {
  return 'runWebGPUProgram' in backend;
}

/** Signals that the GPU has failed; what it computes from then on is worthless. */
export class DeviceError extends Error {
  override readonly name = 'DeviceError';
  constructor(cause: string) {
    super(`The graphics processor failed, so its results are worthless; choose the wasm backend. (${cause})`);
  }
}

interface DeviceState {
  /** The first error. A device that has failed once stays failed: tfjs reuses its pipelines and buffers. */
  failure: string | undefined;
  /** Error scopes whose verdict is still on its way. */
  pending: Promise<void>[];
}

const devices = new WeakMap<GPUDevice, DeviceState>();

/** Listens to a device's errors for as long as the device lives. */
export function watchDevice(device: GPUDevice): DeviceState {
  const known = devices.get(device);
  if (known) return known;
  const state: DeviceState = { failure: undefined, pending: [] };
  device.addEventListener('uncapturederror', (event) => (state.failure ??= event.error.message));
  void device.lost.then((loss) => (state.failure ??= `the device was lost (${loss.reason}). ${loss.message}`));
  devices.set(device, state);
  return state;
}

/** Runs commands of `device` inside an error scope; `throwDeviceErrors` throws what they did wrong. */
export function guarded<T>(device: GPUDevice, commands: () => T): T {
  const state = watchDevice(device);
  device.pushErrorScope('validation');
  try {
    return commands();
  } finally {
    state.pending.push(device.popErrorScope().then((error) => void (state.failure ??= error?.message)));
  }
}

/** Takes down that `device` has failed, where it has not said so itself. */
export function noteFailure(device: GPUDevice, cause: string): void {
  watchDevice(device).failure ??= cause;
}

/** @throws {DeviceError} when anything on `device` has failed. */
export async function throwDeviceErrors(device: GPUDevice): Promise<void> {
  const state = watchDevice(device);
  await Promise.all(state.pending.splice(0));
  if (state.failure !== undefined) throw new DeviceError(state.failure);
}
