import { locateWasm } from '../backend/wasmBrowser.ts';
import { measure, startBackends } from './measure.ts';

/** The browser's side of `npm run bench:kernels`. */

export interface BenchPage {
  readonly start: typeof startBackends;
  readonly measure: typeof measure;
}

declare global {
  interface Window {
    kernelsBench: BenchPage;
  }
}

locateWasm();
window.kernelsBench = { start: startBackends, measure };
