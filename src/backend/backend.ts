/** The tfjs backends of this machine: which work, and which one is taken, and why. */

import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-wasm';
import { isWebGPUBackend, watchDevice } from './gpuDevice.ts';
import { backendTitles, type BackendName } from './titles.ts';

export type { BackendName };

/** `auto` takes the fastest one that works here. */
export type BackendWish = 'auto' | BackendName;

/** What a calibration has timed. */
export interface CalibrationRow {
  /** A backend, with the form of its shaders where there are several. */
  readonly candidate: string;
  /** A round's computation, ms; where a candidate was slower than another, what it had taken when it was stopped. */
  readonly ms: number;
}

/** Which backend computes, and why, for people. */
export interface BackendView {
  readonly name: BackendName;
  /** The adapter's own words on WebGPU, e.g. `google swiftshader (software)`; empty elsewhere. */
  readonly adapter: string;
  /** One sentence: why this backend was chosen. */
  readonly reason: string;
  /** What was timed before it was chosen, if anything was. */
  readonly calibration?: readonly CalibrationRow[];
}

/** A backend that was set, and what is left to choose. */
export interface BackendChoice {
  readonly view: BackendView;
  /** Whether its WebGPU adapter is emulated on the CPU. */
  readonly isSoftware: boolean;
  /** Backends that may work here too and be faster; none where one was chosen by hand. */
  readonly alternatives: readonly BackendName[];
}

/** Signals that a backend does not work here; its message says what to do. */
export class BackendError extends Error {
  override readonly name = 'BackendError';
}

const remedy: Record<BackendName, string> = {
  webgpu: 'use a current Chrome, Edge or Safari over https or localhost, or the npm package webgpu in Node, or choose wasm',
  wasm: 'check that the page may load its .wasm files, or choose cpu',
  cpu: 'reload the page',
};

/** The adapter that WebGPU would run on, or null. Workers and pages have `navigator.gpu` only in secure contexts. */
async function findAdapter(): Promise<GPUAdapter | null> {
  const gpu = globalThis.navigator?.gpu;
  return gpu ? gpu.requestAdapter({ powerPreference: 'high-performance' }) : null;
}

function describe({ vendor, architecture, description, isFallbackAdapter }: GPUAdapterInfo): string {
  const words = [...new Set([vendor, architecture, description])].filter((word) => word !== '');
  return [...words, ...(isFallbackAdapter ? ['(software)'] : [])].join(' ');
}

/** Sets a tfjs backend; false, with another one left on, where it cannot start. */
export async function startBackend(name: BackendName): Promise<boolean> {
  if (name === 'webgpu') {
    await import('@tensorflow/tfjs-backend-webgpu');
    // 3 is MatMulPacked. Left to itself tfjs takes a split-K program for long inner dimensions, whose results are wrong.
    tf.env().set('WEBGPU_MATMUL_PROGRAM_TYPE', 3);
    tf.env().set('WEBGPU_DEFERRED_SUBMIT_BATCH_SIZE', 200);
    if (!(await tf.setBackend('webgpu'))) return false;
    const backend = tf.backend();
    if (isWebGPUBackend(backend)) watchDevice(backend.device);
    return true;
  }
  return tf.setBackend(name);
}

/** Starts the first of the candidates that works; the ones after it are its alternatives. */
async function startFirst(candidates: readonly BackendView[], isSoftware: boolean): Promise<BackendChoice> {
  for (const [i, view] of candidates.entries()) {
    if (await startBackend(view.name)) return { view, isSoftware, alternatives: candidates.slice(i + 1).map(({ name }) => name) };
  }
  const name = candidates.at(-1)!.name;
  throw new BackendError(`The ${name} backend did not start; ${remedy[name]}.`);
}

/** In the order in which one takes the place of another. */
const names: readonly BackendName[] = ['webgpu', 'wasm', 'cpu'];

/**
 * Sets the backend that comes after one that has failed.
 * @throws {BackendError} when there is none.
 */
export async function startNext(failed: BackendName): Promise<BackendView> {
  for (const name of names.slice(names.indexOf(failed) + 1)) {
    if (await startBackend(name))
      return { name, adapter: '', reason: `${backendTitles[failed]} failed here, so ${backendTitles[name]} goes on.` };
  }
  throw new BackendError(`The ${failed} backend failed, and no other starts; ${remedy[failed]}.`);
}

/**
 * Sets the tfjs backend of this thread. Call `locateWasm` of wasmBrowser.ts or wasmNode.ts before.
 * @throws {BackendError} when the backend asked for cannot be had here.
 */
export async function selectBackend(wish: BackendWish): Promise<BackendChoice> {
  tf.enableProdMode();
  const adapter = wish === 'auto' || wish === 'webgpu' ? await findAdapter() : null;
  if (wish === 'webgpu' && !adapter) {
    throw new BackendError(`WebGPU was asked for, but there is no adapter for it here; ${remedy.webgpu}.`);
  }
  const words = adapter ? describe(adapter.info) : '';
  const isSoftware = adapter?.info.isFallbackAdapter ?? false;
  if (wish !== 'auto') return startFirst([{ name: wish, adapter: words, reason: `Chosen by hand: ${wish}.` }], isSoftware);

  const whyNotWebGpu = !adapter
    ? 'WebGPU finds no graphics processor here'
    : isSoftware
      ? `WebGPU here is emulated in software and slower: ${words}`
      : 'WebGPU did not start';
  const webgpu: BackendView = { name: 'webgpu', adapter: words, reason: 'WebGPU has a graphics processor here.' };
  const candidates: BackendView[] = [
    ...(adapter && !isSoftware ? [webgpu] : []),
    { name: 'wasm', adapter: '', reason: `WebAssembly, because ${whyNotWebGpu}.` },
    { name: 'cpu', adapter: '', reason: `Plain JavaScript, because ${whyNotWebGpu} and WebAssembly did not start.` },
  ];
  return startFirst(candidates, isSoftware);
}
