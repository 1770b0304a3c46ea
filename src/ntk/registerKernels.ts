/** Makes the kernels known to tfjs. */

import * as tf from '@tensorflow/tfjs';
import { convolutionKernels } from './host/convolution.ts';
import { cpuKernels } from './host/cpu.ts';
import { lbfgsKernels } from './host/lbfgs.ts';
import { wasmKernels } from './host/wasm.ts';
import { webgpuKernels } from './webgpu/kernels.ts';

/** Importing this file makes the NTK kernels known to tfjs, whichever backend is set then. */
const onHost = (['cpu', 'wasm'] as const).flatMap((name) => [...convolutionKernels(name), ...lbfgsKernels(name)]);
for (const kernel of [...cpuKernels, ...wasmKernels, ...onHost, ...webgpuKernels]) tf.registerKernel(kernel);
