import { locateWasm } from '../backend/wasmBrowser.ts';
import { measure, startBackends } from './measure.ts';
import type {} from './benchGlobals.ts';

/** The browser's side of `npm run bench:kernels`. */

locateWasm();
globalThis.kernelsBench = { start: startBackends, measure };
