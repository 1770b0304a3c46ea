/** The kernels' products by tfjs's wasm backend. */

import * as tf from '@tensorflow/tfjs';
import type { NtkProductAttrs } from '../ops/ntkProduct.ts';
import { floats, output } from './access.ts';
import { hostKernels, type LayerParts } from './kernels.ts';

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
  backend: tf.KernelBackend,
  a: tf.TensorInfo,
  b: tf.TensorInfo,
  bias: tf.TensorInfo | undefined,
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

/** Passes over N x N numbers stay in wasm too: half of JavaScript's time went into copying them in and out. */
function layer(backend: tf.KernelBackend, { own, factor, base, above }: LayerParts): tf.TensorInfo {
  const samples = ('gram' in own ? own.gram : own.rows).shape[0]!;
  const made: tf.TensorInfo[] = [];
  const make = (tensor: tf.TensorInfo) => {
    made.push(tensor);
    return tensor;
  };
  const gram = (rows: tf.TensorInfo, bias?: tf.TensorInfo) =>
    make(product(backend, rows, rows, bias, { transposeA: false, transposeB: true, relu: false }));
  const combined = (name: string, a: tf.TensorInfo, b: tf.TensorInfo) => make(call(backend, name, { a, b }, {}));
  // As a bias the 1 costs nothing.
  const ones = make(output(backend, new Float32Array(samples).fill(1), [samples]));
  let kernel = 'gram' in own ? combined(tf.Add, own.gram, ones) : gram(own.rows, ones);
  if (factor) kernel = combined(tf.Multiply, kernel, gram(factor));
  if (base) kernel = combined(tf.Add, kernel, base);
  if (above) kernel = combined(tf.Add, kernel, gram(above, ones));
  for (const tensor of made) if (tensor !== kernel) backend.disposeData(tensor.dataId);
  return kernel;
}

/** The kernels with XNNPACK's matrix products: at N = 600 three to five times as fast as plain JavaScript. */
export const wasmKernels = hostKernels('wasm', {
  layer,
  gated(backend, hidden, squares) {
    const mask = call(backend, tf.Step, { x: hidden }, { alpha: 0 });
    const scale = call(backend, tf.Sqrt, { x: squares }, {});
    const gated = call(backend, tf.Multiply, { a: mask, b: scale }, {});
    for (const { dataId } of [mask, scale]) backend.disposeData(dataId);
    return gated;
  },
  throughGate(backend, result, gate) {
    const mask = call(backend, tf.Step, { x: gate }, { alpha: 0 });
    const gated = call(backend, tf.Multiply, { a: result, b: mask }, {});
    for (const { dataId } of [mask, result]) backend.disposeData(dataId);
    return gated;
  },
  multiply(backend, g, kernel) {
    // K is the right factor, because XNNPACK packs that one once and keeps it as long as its tensor lives.
    const samples = kernel.shape[0]!;
    const left = output(backend, g, [g.length / samples, samples]);
    const result = product(backend, left, kernel, undefined, { transposeA: false, transposeB: false, relu: false });
    const values = floats(backend, result);
    for (const { dataId } of [left, result]) backend.disposeData(dataId);
    return values;
  },
  product,
});
