/** The kernels of tfjs's WebGPU backend. */

import type * as tf from '@tensorflow/tfjs';
import type { WebGPUBackend, WebGPUProgram } from '@tensorflow/tfjs-backend-webgpu';
import { guarded, isWebGPUBackend } from '../../backend/gpuDevice.ts';
import { required } from '../host/access.ts';
import { foldSets, NTK_FOLD, NTK_PATCHES, NTK_UNPOOL } from '../ops/ntkConvolution.ts';
import { evolveAttrs, momentumAt, NTK_EVOLVE } from '../ops/ntkEvolve.ts';
import { NTK_LAYER } from '../ops/ntkLayer.ts';
import { lbfgsAttrs, NTK_COMBINE, NTK_MOVE, NTK_REMEMBER, NTK_SLOPES, NTK_TWO_LOOPS } from '../ops/ntkLbfgs.ts';
import { NTK_PRODUCT, productAttrs } from '../ops/ntkProduct.ts';
import { foldProgram, patchesProgram, unpoolProgram } from './convolutionShaders.ts';
import { evolveProgram, stateShape } from './evolveShader.ts';
import { layerProgram } from './layerShader.ts';
import { combineProgram, moveProgram, rememberProgram, slopesProgram, twoLoopsProgram } from './lbfgsShaders.ts';
import { productProgram } from './productShader.ts';
import { variantOf } from './variants.ts';

type Uniform = NonNullable<Parameters<WebGPUBackend['runWebGPUProgram']>[3]>[number];

type Compute = (backend: WebGPUBackend, inputs: tf.NamedTensorInfoMap, attrs: tf.NamedAttrMap | undefined) => tf.TensorInfo;

const floatUniforms = (...values: number[]): Uniform[] => values.map((value) => ({ type: 'float32', data: [value] }));

function layer(backend: WebGPUBackend, inputs: tf.NamedTensorInfoMap): tf.TensorInfo {
  const { program, operands } = layerProgram(inputs, variantOf('products'));
  return backend.runWebGPUProgram(program, operands, 'float32');
}

function product(backend: WebGPUBackend, inputs: tf.NamedTensorInfoMap, attrs: tf.NamedAttrMap | undefined): tf.TensorInfo {
  const factors = { a: required(inputs, 'a'), b: required(inputs, 'b'), bias: inputs['bias'], gate: inputs['gate'] };
  const { program, operands } = productProgram(factors, productAttrs(attrs), variantOf('products'));
  return backend.runWebGPUProgram(program, operands, 'float32');
}

/** S + 1 dispatches between two states; nothing is read back. */
function evolve(backend: WebGPUBackend, inputs: tf.NamedTensorInfoMap, attrs: tf.NamedAttrMap | undefined): tf.TensorInfo {
  const { rate, steps, accelerated, temperature, softWeight } = evolveAttrs(attrs);
  const kernel = required(inputs, 'kernel');
  const logits = required(inputs, 'logits');
  const [samples, classes] = [logits.shape[0]!, logits.shape[1]!];
  const shape = stateShape(samples, classes);
  let state = backend.makeTensorInfo(shape, 'float32');
  let next = backend.makeTensorInfo(shape, 'float32');
  for (let step = 0; step <= steps; step++) {
    const uniforms = [
      ...floatUniforms(rate, momentumAt(step, accelerated), temperature, softWeight),
      { type: 'int32', data: [step === 0 ? 1 : 0] },
    ];
    const operands = [kernel, state, logits, required(inputs, 'labels'), required(inputs, 'shift'), inputs['teacher'] ?? logits];
    backend.runWebGPUProgram(evolveProgram(kernel, classes, variantOf('evolution')), operands, 'float32', uniforms, next);
    [state, next] = [next, state];
  }
  backend.disposeData(next.dataId);
  return state;
}

function patches(backend: WebGPUBackend, inputs: tf.NamedTensorInfoMap): tf.TensorInfo {
  const images = required(inputs, 'images');
  return backend.runWebGPUProgram(patchesProgram(images), [images], 'float32');
}

function fold(backend: WebGPUBackend, inputs: tf.NamedTensorInfoMap, attrs: tf.NamedAttrMap | undefined): tf.TensorInfo {
  const given = required(inputs, 'patches');
  const sets = foldSets(attrs);
  return backend.runWebGPUProgram(foldProgram(given, sets), [given], 'float32', [{ type: 'int32', data: [sets] }]);
}

function unpool(backend: WebGPUBackend, inputs: tf.NamedTensorInfoMap): tf.TensorInfo {
  const operands = [required(inputs, 'pooled'), required(inputs, 'gate')] as const;
  return backend.runWebGPUProgram(unpoolProgram(...operands), [...operands], 'float32');
}

/** A program over a kernel's inputs in the order in which it names them. */
function run(
  backend: WebGPUBackend,
  program: WebGPUProgram,
  inputs: tf.NamedTensorInfoMap,
  uniforms: readonly Uniform[] = [],
): tf.TensorInfo {
  const operands = program.variableNames.map((name) => required(inputs, name));
  return backend.runWebGPUProgram(program, operands, 'float32', [...uniforms]);
}

const lbfgs: Record<string, Compute> = {
  [NTK_MOVE](backend, inputs, attrs) {
    const { distance, temperature, softWeight } = lbfgsAttrs.move(attrs);
    return run(backend, moveProgram(required(inputs, 'place')), inputs, floatUniforms(distance, temperature, softWeight));
  },
  [NTK_REMEMBER](backend, inputs, attrs) {
    const { distance, ridge } = lbfgsAttrs.remember(attrs);
    return run(backend, rememberProgram(required(inputs, 'memory')), inputs, floatUniforms(distance, ridge));
  },
  [NTK_TWO_LOOPS](backend, inputs, attrs) {
    const { remembered } = lbfgsAttrs.twoLoops(attrs);
    return run(backend, twoLoopsProgram(variantOf('evolution')), inputs, [{ type: 'int32', data: [remembered] }]);
  },
  [NTK_COMBINE]: (backend, inputs) => run(backend, combineProgram(required(inputs, 'memory')), inputs),
  [NTK_SLOPES](backend, inputs, attrs) {
    const { temperature, softWeight } = lbfgsAttrs.slopes(attrs);
    const program = slopesProgram(required(inputs, 'distances'), variantOf('evolution'));
    return run(backend, program, inputs, floatUniforms(temperature, softWeight));
  },
};

function kernel(kernelName: string, compute: Compute): tf.KernelConfig {
  return {
    kernelName,
    backendName: 'webgpu',
    kernelFunc({ inputs, backend, attrs }) {
      if (!isWebGPUBackend(backend)) throw new TypeError('Not the WebGPU backend; run this kernel through tf.engine().');
      return guarded(backend.device, () => compute(backend, inputs, attrs));
    },
  };
}

/** The kernels as WGSL inside tfjs, which owns their buffers. */
export const webgpuKernels: readonly tf.KernelConfig[] = [
  kernel(NTK_LAYER, layer),
  kernel(NTK_PRODUCT, product),
  kernel(NTK_EVOLVE, evolve),
  kernel(NTK_PATCHES, patches),
  kernel(NTK_FOLD, fold),
  kernel(NTK_UNPOOL, unpool),
  ...Object.entries(lbfgs).map(([name, compute]) => kernel(name, compute)),
];
