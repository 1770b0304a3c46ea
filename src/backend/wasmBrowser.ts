/** Where a page finds WebAssembly's binaries, and when it uses threads. */

import * as tf from '@tensorflow/tfjs';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import plain from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm?url';
import simd from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url';
import threadedSimd from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-threaded-simd.wasm?url';
import threadedModule from '@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm-threaded-simd.js';
import threadedSource from '@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm-threaded-simd.js?raw';

/** Threads come in eight workers, and tfjs uses half as many as there are cores: with fewer than these they are a burden only. */
const CORES_FOR_THREADS = 4;

/** Tells tfjs where the bundle holds its WebAssembly binaries, and whether to use the one with threads. */
export function locateWasm(): void {
  setWasmPaths({
    'tfjs-backend-wasm.wasm': plain,
    'tfjs-backend-wasm-simd.wasm': simd,
    'tfjs-backend-wasm-threaded-simd.wasm': threadedSimd,
  });
  if (navigator.hardwareConcurrency < CORES_FOR_THREADS) tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
  // tfjs hands this function's text to its workers, and a bundler has renamed what it refers to.
  threadedModule.toString = () => `(() => {${threadedSource}\nreturn WasmBackendModuleThreadedSimd; })()`;
}
