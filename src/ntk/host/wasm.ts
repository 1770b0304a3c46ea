import * as tf from '@tensorflow/tfjs';
import { floats, output } from './access.ts';
import { hostKernels } from './kernels.ts';

/** Runs a kernel of tfjs inside one of ours. The caller disposes the result. */
function call(backend: tf.KernelBackend, name: string, inputs: tf.NamedTensorInfoMap, attrs: tf.NamedAttrMap): tf.TensorInfo {
  const result = tf.getKernel(name, 'wasm').kernelFunc({ inputs, backend, attrs });
  if (Array.isArray(result)) throw new TypeError(`${name} has several outputs; call it through tf.engine().`);
  return result;
}

function matMul(backend: tf.KernelBackend, a: tf.TensorInfo, b: tf.TensorInfo): Float32Array {
  const product = call(backend, tf.BatchMatMul, { a, b }, { transposeA: false, transposeB: false });
  const values = floats(backend, product);
  backend.disposeData(product.dataId);
  return values;
}

/** The kernels with XNNPACK's matrix products: at N = 600 three to five times as fast as plain JavaScript. */
export const wasmKernels = hostKernels('wasm', {
  gram(backend, a) {
    // Transposing first takes XNNPACK's fast path; tfjs's own transposed product is ten times slower.
    const transposed = call(backend, tf.Transpose, { x: a }, { perm: [1, 0] });
    const gram = matMul(backend, a, transposed);
    backend.disposeData(transposed.dataId);
    return gram;
  },
  multiply(backend, g, kernel) {
    // K is the right factor, because XNNPACK packs that one once and keeps it as long as its tensor lives.
    const samples = kernel.shape[0]!;
    const left = output(backend, g, [g.length / samples, samples]);
    const product = matMul(backend, left, kernel);
    backend.disposeData(left.dataId);
    return product;
  },
});
