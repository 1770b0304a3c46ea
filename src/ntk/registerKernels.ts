/** Makes the kernels known to tfjs. */

import * as tf from '@tensorflow/tfjs';
import { convolutionKernels } from './host/convolution.ts';
import { cpuKernels } from './host/cpu.ts';
import { wasmKernels } from './host/wasm.ts';
import { webgpuKernels } from './webgpu/kernels.ts';

/** Importing this file makes the NTK kernels known to tfjs, whichever backend is set then. */
const kernels = [cpuKernels, convolutionKernels('cpu'), wasmKernels, convolutionKernels('wasm'), webgpuKernels];
for (const kernel of kernels.flat()) tf.registerKernel(kernel);
