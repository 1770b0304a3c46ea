/** The browser's side of `npm run bench:kernels`. */

import { locateWasm } from '../backend/wasmBrowser.ts';
import { measure, startBackends } from './measure.ts';
import type {} from './benchGlobals.ts';

locateWasm();
globalThis.kernelsBench = { start: startBackends, measure };
