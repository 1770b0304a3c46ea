/** What measures the stages: a browser, or this process. */

import { installDawn } from '../backend/dawnNode.ts';
import { locateWasm } from '../backend/wasmNode.ts';
import { openBenchPage } from './benchPage.ts';
import { measure, startBackends } from './measure.ts';
import type { KernelsBench } from './benchGlobals.ts';

/** Where stages are measured. */
export interface Bench extends KernelsBench {
  /** What runs the kernels, e.g. `Chromium 156`. */
  readonly runtime: string;
  readonly close: () => Promise<void>;
}

export async function browserBench(): Promise<Bench> {
  const { page, version, close } = await openBenchPage('kernels');
  return {
    runtime: `Chromium ${version}`,
    start: (names) => page.evaluate((wish) => kernelsBench.start(wish), names),
    measure: (request) => page.evaluate((wish) => kernelsBench.measure(wish), request),
    close,
  };
}

/** In this very process; on WebGPU where Dawn is installed. */
export async function nodeBench(): Promise<Bench> {
  locateWasm();
  const hasDawn = await installDawn();
  const runtime = `Node ${process.versions.node}${hasDawn ? ' with Dawn' : ''}`;
  return { runtime, start: startBackends, measure, close: () => Promise.resolve() };
}
