/** Where Node finds WebAssembly's binaries. */

import { createRequire } from 'node:module';
import { dirname, join, sep } from 'node:path';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';

/** Tells tfjs where node_modules holds its WebAssembly binaries. */
export function locateWasm(): void {
  const packageJson = createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm/package.json');
  setWasmPaths(join(dirname(packageJson), 'dist') + sep);
}
