import type * as tf from '@tensorflow/tfjs';
import { evolveAttrs, NTK_EVOLVE } from '../ops/ntkEvolve.ts';
import { NTK_LAYER } from '../ops/ntkLayer.ts';
import { floats, hostBackend, integers, output, required } from './access.ts';
import { evolve } from './evolve.ts';
import { layer } from './layer.ts';

/** The two matrix products in which the backends with tensors in host memory differ. */
export interface HostProducts {
  /** A Aᵀ (N x N) of A (N x r); the lower half may be left out. */
  gram(backend: tf.KernelBackend, a: tf.TensorInfo): Float32Array;
  /** g K (C x N) of g (C x N) and the symmetric K (N x N). */
  multiply(backend: tf.KernelBackend, g: Float32Array, kernel: tf.TensorInfo): Float32Array;
}

/** Both kernels over such products; what is between the products is small and runs in JavaScript. */
export function hostKernels(backendName: 'wasm' | 'cpu', products: HostProducts): readonly tf.KernelConfig[] {
  return [
    {
      kernelName: NTK_LAYER,
      backendName,
      kernelFunc({ inputs, backend: anyBackend }) {
        const backend = hostBackend(anyBackend);
        const { gram, cotangents, base } = inputs;
        const samples = (gram ?? required(inputs, 'rows')).shape[0]!;
        const kernel = layer(
          samples,
          gram ? floats(backend, gram) : products.gram(backend, required(inputs, 'rows')),
          cotangents && products.gram(backend, cotangents),
          base && floats(backend, base),
        );
        return output(backend, kernel, [samples, samples]);
      },
    },
    {
      kernelName: NTK_EVOLVE,
      backendName,
      kernelFunc({ inputs, backend: anyBackend, attrs }) {
        const backend = hostBackend(anyBackend);
        const kernel = required(inputs, 'kernel');
        const logits = required(inputs, 'logits');
        const planes = evolve({
          ...evolveAttrs(attrs),
          logits: floats(backend, logits),
          labels: integers(backend, required(inputs, 'labels')),
          shift: floats(backend, required(inputs, 'shift')),
          multiply: (g) => products.multiply(backend, g, kernel),
        });
        return output(backend, planes, [2, ...logits.shape]);
      },
    },
  ];
}
