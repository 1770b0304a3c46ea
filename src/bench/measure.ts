/** The measuring side of `npm run bench:kernels`, in a browser or in Node. */

import * as tf from '@tensorflow/tfjs';
import { selectBackend, type BackendName } from '../backend/backend.ts';
import { isWebGPUBackend } from '../backend/gpuDevice.ts';
import { takeOne } from '../ntk/readback.ts';
import { setVariant, variants } from '../ntk/webgpu/variants.ts';
import { interleaved, type TimingLimits } from './timing.ts';
import {
  disposeOperands,
  materialisedKernel,
  operandsOf,
  own,
  solves,
  tfjs,
  tfjsTransposedKernel,
  type Operands,
  type Solve,
  type Way,
} from './stages.ts';
import { operations, workload, type Size, type Stage } from './workload.ts';

export interface Measurement {
  readonly way: string;
  readonly backend: BackendName;
  readonly ms: number;
  readonly gflops: number;
  /** The most bytes of tensors alive at once, the operands included. */
  readonly tensorBytes: number;
  /** The most bytes of buffers on the graphics processor at once; 0 elsewhere. */
  readonly gpuBytes: number;
}

export interface BenchRequest {
  readonly size: Size;
  readonly stage: Stage;
  readonly backends: readonly BackendName[];
  /** Whether to build the Jacobian too, on wasm. */
  readonly materialised: boolean;
  readonly limits: TimingLimits;
}

type PreparedWay = Pick<Way, 'name' | 'backend'> & {
  /** Before every run. */
  readonly prepare: () => void;
} & ({ readonly compute: Way['compute'] } | { readonly solve: Solve });

/** The forms of our kernels: of the shaders two, elsewhere one. */
function formsOn(backend: BackendName): { readonly form: string; readonly prepare: () => void }[] {
  if (backend !== 'webgpu') return [{ form: '', prepare: () => {} }];
  return variants.map((form) => ({
    form: `, ${form}`,
    prepare() {
      setVariant('products', form);
      setVariant('evolution', form);
    },
  }));
}

function waysOf({ stage, backends, materialised }: BenchRequest): PreparedWay[] {
  const ways: PreparedWay[] = [];
  const plain = (name: string, backend: BackendName, compute: Way['compute'], prepare = () => {}) =>
    ways.push({ name, backend, compute, prepare });
  for (const backend of backends) {
    for (const { form, prepare } of formsOn(backend)) {
      if (stage === 'solve') {
        ways.push({ name: `${backend} own${form}, ridge`, backend, solve: solves.ridge, prepare });
        ways.push({ name: `${backend} own${form}, flow with the averaged kernel`, backend, solve: solves.averaged, prepare });
      } else plain(`${backend} own${form}`, backend, own[stage], prepare);
    }
    if (stage === 'solve') continue;
    plain(`${backend} tfjs`, backend, tfjs[stage]);
    if (stage === 'kernel') plain(`${backend} tfjs, transposed first`, backend, tfjsTransposedKernel);
  }
  if (materialised && stage === 'kernel') plain('wasm Jacobian', 'wasm', materialisedKernel);
  return ways;
}

/** Waits for a result by reading one number of it; the result is disposed. */
async function finished(result: tf.Tensor): Promise<void> {
  await takeOne(
    tf.tidy(() => {
      const number = tf.slice1d(tf.reshape(result, [-1]), 0, 1);
      result.dispose();
      return number;
    }),
  );
}

/** The most bytes that a computation holds at once: of tensors, and of GPU buffers as its dispatches are made. */
async function peakBytes(compute: () => tf.Tensor | Promise<void>): Promise<{ tensorBytes: number; gpuBytes: number }> {
  const backend = tf.backend();
  let gpuBytes = 0;
  if (!isWebGPUBackend(backend)) return { tensorBytes: await peakTensorBytes(compute), gpuBytes };
  const run = backend.runWebGPUProgram.bind(backend);
  backend.runWebGPUProgram = (...dispatch) => {
    const output = run(...dispatch);
    gpuBytes = Math.max(gpuBytes, backend.memory().numBytesInGPU);
    return output;
  };
  try {
    return { tensorBytes: await peakTensorBytes(compute), gpuBytes };
  } finally {
    backend.runWebGPUProgram = run;
  }
}

async function peakTensorBytes(compute: () => tf.Tensor | Promise<void>): Promise<number> {
  const { peakBytes, result } = await tf.profile(async () => {
    const computed = compute();
    await computed;
    return computed instanceof tf.Tensor ? computed : [];
  });
  tf.dispose(result);
  return peakBytes;
}

export async function measure(request: BenchRequest): Promise<Measurement[]> {
  const { size, stage, limits } = request;
  const work = workload(size);
  const ways = waysOf(request);
  const operands = new Map<BackendName, { readonly tensors: Operands; readonly bytes: number }>();
  for (const backend of new Set(ways.map((way) => way.backend))) {
    await tf.setBackend(backend);
    const before = tf.memory().numBytes;
    const tensors = operandsOf(work);
    operands.set(backend, { tensors, bytes: tf.memory().numBytes - before });
  }
  const timed = ways.map((way) => {
    const { tensors, bytes } = operands.get(way.backend)!;
    const compute = (steps: number) => ('solve' in way ? way.solve(tensors, steps) : tf.tidy(() => way.compute(tensors, steps)));
    const prepare = async () => {
      await tf.setBackend(way.backend);
      way.prepare();
    };
    const run = async (steps: number) => {
      await prepare();
      const computed = compute(steps);
      await (computed instanceof tf.Tensor ? finished(computed) : computed);
    };
    return { way, bytes, compute, prepare, run: () => run(size.steps), warmUp: () => run(1) };
  });
  const times = await interleaved(timed, limits);
  const measurements: Measurement[] = [];
  for (const [i, { way, bytes, compute, prepare }] of timed.entries()) {
    await prepare();
    const others = tf.memory().numBytes - bytes;
    const { tensorBytes, gpuBytes } = await peakBytes(() => compute(1));
    const ms = times[i]!;
    const gflops = operations(stage, size) / ms / 1e6;
    measurements.push({ way: way.name, backend: way.backend, ms, gflops, tensorBytes: tensorBytes - others, gpuBytes });
  }
  for (const { tensors } of operands.values()) disposeOperands(tensors);
  return measurements;
}

/** Starts each backend that can be had here. @returns its adapter in its own words. */
export async function startBackends(backends: readonly BackendName[]): Promise<Partial<Record<BackendName, string>>> {
  const adapters: Partial<Record<BackendName, string>> = {};
  for (const backend of backends) {
    const choice = await selectBackend(backend).catch(() => null);
    if (choice) adapters[backend] = choice.view.adapter;
  }
  // Small tensors would otherwise be computed on the CPU.
  if (adapters.webgpu !== undefined) tf.env().set('WEBGPU_CPU_FORWARD', false);
  return adapters;
}
