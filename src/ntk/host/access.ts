/** What kernels whose tensors lie in host memory (wasm, cpu) share. tfjs hands them untyped bags; this names the contents. */

import * as tf from '@tensorflow/tfjs';

export function hostBackend(backend: object): tf.KernelBackend {
  if (!(backend instanceof tf.KernelBackend)) throw new TypeError('Not a tfjs backend; run this kernel through tf.engine().');
  return backend;
}

export function required(inputs: tf.NamedTensorInfoMap, name: string): tf.TensorInfo {
  const input = inputs[name];
  if (!input) throw new TypeError(`This kernel needs the input "${name}".`);
  return input;
}

/** A tensor's values, float32. */
export function floats(backend: tf.KernelBackend, tensor: tf.TensorInfo): Float32Array {
  const values = backend.readSync(tensor.dataId);
  if (!(values instanceof Float32Array)) throw new TypeError(`Expected float32, got ${tensor.dtype}; cast the tensor first.`);
  return values;
}

/** A tensor's values, int32. */
export function integers(backend: tf.KernelBackend, tensor: tf.TensorInfo): Int32Array {
  const values = backend.readSync(tensor.dataId);
  if (!(values instanceof Int32Array)) throw new TypeError(`Expected int32, got ${tensor.dtype}; cast the tensor first.`);
  return values;
}

export function output(backend: tf.KernelBackend, values: Float32Array, shape: number[]): tf.TensorInfo {
  return { dataId: backend.write(values, shape, 'float32'), shape, dtype: 'float32' };
}
