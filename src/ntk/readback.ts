/** Tensors' values, brought back from the device. */

import * as tf from '@tensorflow/tfjs';
import { isWebGPUBackend, noteFailure, throwDeviceErrors } from '../backend/gpuDevice.ts';

/**
 * Reads tensors back and disposes them, whatever happens.
 * @throws {DeviceError} when the GPU has failed, so that nobody takes its garbage for results.
 */
export async function take(tensors: readonly tf.Tensor[]): Promise<Float32Array[]> {
  const backend = tf.backend();
  const device = isWebGPUBackend(backend) ? backend.device : null;
  try {
    return await Promise.all(tensors.map((tensor) => tensor.data<'float32'>()));
  } catch (error) {
    // A device that is lost refuses to be read before it says that it is lost.
    if (device && error instanceof DOMException) noteFailure(device, error.message);
    throw error;
  } finally {
    tf.dispose([...tensors]);
    // Also where reading failed: the device's own error says why.
    if (device) await throwDeviceErrors(device);
  }
}

/** Reads a tensor back and disposes of it. */
export async function takeOne(tensor: tf.Tensor): Promise<Float32Array> {
  const [values] = await take([tensor]);
  return values!;
}
