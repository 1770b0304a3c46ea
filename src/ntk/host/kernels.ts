/** The kernels of the backends whose tensors lie in host memory: what wasm and cpu have in common. */

import type * as tf from '@tensorflow/tfjs';
import { evolveAttrs, NTK_EVOLVE } from '../ops/ntkEvolve.ts';
import { NTK_LAYER } from '../ops/ntkLayer.ts';
import { NTK_PRODUCT, productAttrs, type NtkProductAttrs } from '../ops/ntkProduct.ts';
import { floats, hostBackend, integers, output, required } from './access.ts';
import { evolve } from './evolve.ts';

/** (G + 1) ∘ F Fᵀ + base + (A Aᵀ + 1), N x N, without the parts that are absent. */
export interface LayerParts {
  /** G, or the N rows that it is the Gram matrix of. */
  readonly own: { readonly gram: tf.TensorInfo } | { readonly rows: tf.TensorInfo };
  /** F, N rows. */
  readonly factor: tf.TensorInfo | undefined;
  readonly base: tf.TensorInfo | undefined;
  /** A, N rows. */
  readonly above: tf.TensorInfo | undefined;
}

/** The matrix products in which the backends with tensors in host memory differ. */
export interface HostProducts {
  layer(backend: tf.KernelBackend, parts: LayerParts): tf.TensorInfo;
  /** step(H) · diag(√squares), of H (N x h). */
  gated(backend: tf.KernelBackend, hidden: tf.TensorInfo, squares: tf.TensorInfo): tf.TensorInfo;
  /** The product where the gate is positive, and 0 elsewhere; the product itself is disposed of. */
  throughGate(backend: tf.KernelBackend, product: tf.TensorInfo, gate: tf.TensorInfo): tf.TensorInfo;
  /** g K (C x N) of g (C x N) and the symmetric K (N x N). */
  multiply(backend: tf.KernelBackend, g: Float32Array, kernel: tf.TensorInfo): Float32Array;
  /** relu(a b + bias) of two matrices, each transposed first where the attributes say so. */
  product(
    backend: tf.KernelBackend,
    a: tf.TensorInfo,
    b: tf.TensorInfo,
    bias: tf.TensorInfo | undefined,
    attrs: NtkProductAttrs,
  ): tf.TensorInfo;
}

/** The same of two stacks of matrices, one pair after another. */
function stackedProduct(
  products: HostProducts,
  backend: tf.KernelBackend,
  { a, b, bias }: { a: tf.TensorInfo; b: tf.TensorInfo; bias: tf.TensorInfo | undefined },
  attrs: NtkProductAttrs,
): tf.TensorInfo {
  const matricesOf =
    ({ shape: [count, ...shape] }: tf.TensorInfo, values: Float32Array) =>
    (at: number) => {
      const size = values.length / count!;
      return output(backend, values.subarray(at * size, (at + 1) * size), shape);
    };
  const [left, right] = [matricesOf(a, floats(backend, a)), matricesOf(b, floats(backend, b))];
  const count = a.shape[0]!;
  const shape = [count, a.shape[attrs.transposeA ? 2 : 1]!, b.shape[attrs.transposeB ? 1 : 2]!];
  const stack = new Float32Array(shape.reduce((size, side) => size * side));
  for (let at = 0; at < count; at++) {
    const made = [left(at), right(at)] as const;
    const product = products.product(backend, ...made, bias, attrs);
    stack.set(floats(backend, product), (at * stack.length) / count);
    for (const { dataId } of [...made, product]) backend.disposeData(dataId);
  }
  return output(backend, stack, shape);
}

/** The kernels over such products; what is between the products is small and runs in JavaScript. */
export function hostKernels(backendName: 'wasm' | 'cpu', products: HostProducts): readonly tf.KernelConfig[] {
  return [
    {
      kernelName: NTK_LAYER,
      backendName,
      kernelFunc({ inputs, backend: anyBackend }) {
        const backend = hostBackend(anyBackend);
        const { gram, cotangents, base, hidden } = inputs;
        const own = gram ? { gram } : { rows: required(inputs, 'rows') };
        if (!hidden) return products.layer(backend, { own, factor: cotangents, base, above: undefined });
        const gated = products.gated(backend, hidden, required(inputs, 'squares'));
        const kernel = products.layer(backend, { own, factor: gated, base: undefined, above: hidden });
        backend.disposeData(gated.dataId);
        return kernel;
      },
    },
    {
      kernelName: NTK_PRODUCT,
      backendName,
      kernelFunc({ inputs, backend: anyBackend, attrs }) {
        const backend = hostBackend(anyBackend);
        const [a, b, bias] = [required(inputs, 'a'), required(inputs, 'b'), inputs['bias']];
        const product =
          a.shape.length === 3
            ? stackedProduct(products, backend, { a, b, bias }, productAttrs(attrs))
            : products.product(backend, a, b, bias, productAttrs(attrs));
        return inputs['gate'] ? products.throughGate(backend, product, inputs['gate']) : product;
      },
    },
    {
      kernelName: NTK_EVOLVE,
      backendName,
      kernelFunc({ inputs, backend: anyBackend, attrs }) {
        const backend = hostBackend(anyBackend);
        const kernel = required(inputs, 'kernel');
        const logits = required(inputs, 'logits');
        const [samples, classes] = [logits.shape[0]!, logits.shape[1]!];
        const planes = evolve({
          ...evolveAttrs(attrs),
          logits: floats(backend, logits),
          teacher: floats(backend, inputs['teacher'] ?? logits),
          labels: integers(backend, required(inputs, 'labels')),
          shift: floats(backend, required(inputs, 'shift')),
          multiply: (g) => products.multiply(backend, g, kernel),
        });
        return output(backend, planes, [2, classes, samples]);
      },
    },
  ];
}
