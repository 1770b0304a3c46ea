import type * as tf from '@tensorflow/tfjs';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { guarded, isWebGPUBackend } from '../../backend/gpuDevice.ts';
import { required } from '../host/access.ts';
import { evolveAttrs, momentumAt, NTK_EVOLVE } from '../ops/ntkEvolve.ts';
import { NTK_LAYER } from '../ops/ntkLayer.ts';
import { evolveProgram, PLANES } from './evolveShader.ts';
import { layerProgram } from './layerShader.ts';

function gpuBackend(backend: object): WebGPUBackend {
  if (!isWebGPUBackend(backend)) throw new TypeError('Not the WebGPU backend; run this kernel through tf.engine().');
  return backend;
}

function layer(backend: WebGPUBackend, inputs: tf.NamedTensorInfoMap): tf.TensorInfo {
  const { gram, cotangents, base } = inputs;
  const first = gram ?? required(inputs, 'rows');
  const program = layerProgram(first.shape[0]!, {
    inputs: gram ? 'gram' : 'rows',
    hasCotangents: cotangents !== undefined,
    hasBase: base !== undefined,
  });
  const operands = [first, cotangents, base].filter((tensor) => tensor !== undefined);
  return backend.runWebGPUProgram(program, operands, 'float32');
}

/** S + 1 dispatches between two states; nothing is read back. */
function evolve(backend: WebGPUBackend, inputs: tf.NamedTensorInfoMap, attrs: tf.NamedAttrMap | undefined): tf.TensorInfo {
  const { rate, steps, accelerated, temperature, softWeight } = evolveAttrs(attrs);
  const [kernel, logits, labels, shift] = ['kernel', 'logits', 'labels', 'shift'].map((name) => required(inputs, name));
  const [samples, classes] = [logits!.shape[0]!, logits!.shape[1]!];
  const shape = [PLANES, samples, classes];
  let state = backend.makeTensorInfo(shape, 'float32', new Float32Array(PLANES * samples * classes));
  let next = backend.makeTensorInfo(shape, 'float32');
  for (let step = 0; step <= steps; step++) {
    const uniforms = [
      ...[rate, momentumAt(step, accelerated), temperature, softWeight].map((value) => ({ type: 'float32', data: [value] })),
      { type: 'int32', data: [step === 0 ? 1 : 0] },
    ];
    const operands = [kernel!, state, logits!, labels!, shift!];
    backend.runWebGPUProgram(evolveProgram(samples, classes), operands, 'float32', uniforms, next);
    [state, next] = [next, state];
  }
  backend.disposeData(next.dataId);
  return state;
}

/** The kernels as WGSL inside tfjs, which owns their buffers. */
export const webgpuKernels: readonly tf.KernelConfig[] = [
  {
    kernelName: NTK_LAYER,
    backendName: 'webgpu',
    kernelFunc({ inputs, backend: anyBackend }) {
      const backend = gpuBackend(anyBackend);
      return guarded(backend.device, () => layer(backend, inputs));
    },
  },
  {
    kernelName: NTK_EVOLVE,
    backendName: 'webgpu',
    kernelFunc({ inputs, backend: anyBackend, attrs }) {
      const backend = gpuBackend(anyBackend);
      return guarded(backend.device, () => evolve(backend, inputs, attrs));
    },
  },
];
