import * as tf from '@tensorflow/tfjs';
import { cpuKernels } from './host/cpu.ts';
import { wasmKernels } from './host/wasm.ts';
import { webgpuKernels } from './webgpu/kernels.ts';

/** Importing this file makes the NTK kernels known to tfjs, whichever backend is set then. */
for (const kernel of [...cpuKernels, ...wasmKernels, ...webgpuKernels]) tf.registerKernel(kernel);
