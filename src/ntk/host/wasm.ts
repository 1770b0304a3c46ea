import * as tf from '@tensorflow/tfjs';
import type { NtkProductAttrs } from '../ops/ntkProduct.ts';
import { floats, output } from './access.ts';
import { hostKernels } from './kernels.ts';

/** Runs a kernel of tfjs inside one of ours. The caller disposes the result. */
function call(backend: tf.KernelBackend, name: string, inputs: tf.NamedTensorInfoMap, attrs: tf.NamedAttrMap): tf.TensorInfo {
  const result = tf.getKernel(name, 'wasm').kernelFunc({ inputs, backend, attrs });
  if (Array.isArray(result)) throw new TypeError(`${name} has several outputs; call it through tf.engine().`);
  return result;
}

/**
 * relu(a b + bias), each factor transposed first where asked: XNNPACK takes only products that are not transposed, and tfjs's
 * own transposed one is ten times slower.
 */
function product(
  backend: tf.KernelBackend, a: tf.TensorInfo, b: tf.TensorInfo, bias: tf.TensorInfo | undefined,
  { transposeA, transposeB, relu }: NtkProductAttrs,
): tf.TensorInfo {
  const transposed = (x: tf.TensorInfo) => call(backend, tf.Transpose, { x }, { perm: [1, 0] });
  const left = transposeA ? transposed(a) : a;
  const right = transposeB ? transposed(b) : b;
  // tfjs takes this kernel's factors with a batch dimension only.
  const batched = (x: tf.TensorInfo): tf.TensorInfo => ({ ...x, shape: [1, ...x.shape] });
  const attrs = { transposeA: false, transposeB: false, activation: relu ? 'relu' : 'linear' };
  const result = call(backend, tf._FusedMatMul, { a: batched(left), b: batched(right), ...(bias && { bias }) }, attrs);
  for (const made of [left, right]) if (made !== a && made !== b) backend.disposeData(made.dataId);
  return { ...result, shape: result.shape.slice(1) };
}

/** The values of a plain product, its tensor gone. */
function valuesOf(backend: tf.KernelBackend, a: tf.TensorInfo, b: tf.TensorInfo, transposeB: boolean): Float32Array {
  const result = product(backend, a, b, undefined, { transposeA: false, transposeB, relu: false });
  const values = floats(backend, result);
  backend.disposeData(result.dataId);
  return values;
}

/** The kernels with XNNPACK's matrix products: at N = 600 three to five times as fast as plain JavaScript. */
export const wasmKernels = hostKernels('wasm', {
  gram: (backend, a) => valuesOf(backend, a, a, true),
  multiply(backend, g, kernel) {
    // K is the right factor, because XNNPACK packs that one once and keeps it as long as its tensor lives.
    const samples = kernel.shape[0]!;
    const left = output(backend, g, [g.length / samples, samples]);
    const values = valuesOf(backend, left, kernel, false);
    backend.disposeData(left.dataId);
    return values;
  },
  product,
});
