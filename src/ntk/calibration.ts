/** Which backend, and on WebGPU which form of the shaders, computes a round the fastest on this machine. */

import * as tf from '@tensorflow/tfjs';
import { startBackend, type BackendChoice, type BackendName, type BackendView, type CalibrationRow } from '../backend/backend.ts';
import { backendTitles } from '../backend/titles.ts';
import { classCount, featureWidths, initialWeights, inputWidth, isConvolutional, type ModelSpec } from '../model/model.ts';
import { PARTS } from './deviceLbfgs.ts';
import type { EvolutionOptions, KernelKind } from './evolution.ts';
import { empiricalNtk, jacobianNtk } from './kernel.ts';
import { MEMORY } from './lbfgs.ts';
import { featuresAt, networkOf, pullback } from './network.ts';
import { ntkEvolve } from './ops/ntkEvolve.ts';
import { ntkSlopes, ntkTwoLoops, PIECE, piecesOf, ROWS } from './ops/ntkLbfgs.ts';
import { takeOne } from './readback.ts';
import './registerKernels.ts';
import { tangentParts, Tangents } from './tangents.ts';
import { setVariant, variants, type ShaderName, type Variant } from './webgpu/variants.ts';

/** How large what a round computes will be. */
export interface CalibrationSize {
  readonly spec: ModelSpec;
  readonly kernel: KernelKind;
  readonly evolution: EvolutionOptions['kind'];
  /** N, about as many as a round pools. */
  readonly samples: number;
  /** S, or products with the whole kernel. */
  readonly steps: number;
}

/** The evolution's steps are all alike: at most so many are timed. */
const MOST_STEPS = 20;
/** A stage is timed this often at most, and not again once it has taken so long, ms. */
const REPEATS = 3;
const PATIENCE_MS = 100;

interface Candidate {
  readonly backend: BackendName;
  /** On WebGPU. */
  readonly variant?: Variant;
}

/** A round by the shaders that would compute it on WebGPU, ms. */
type Times = Record<ShaderName, number>;

const totalOf = ({ products, evolution }: Times) => products + evolution;

interface Stage {
  readonly shader: ShaderName;
  readonly compute: () => tf.Tensor;
  /** How often a round does what `compute` does. */
  readonly times: number;
  /** Whether it is computed on a device alone: elsewhere L-BFGS has its vectors in host memory, on whichever backend. */
  readonly onDevice?: true;
}

/** Rows of which the convolutions are timed: each row costs the same, and on a slow backend much. */
const CONVOLVED_ROWS = 16;

function stagesOf({ spec, kernel: kind, evolution: follows, samples, steps }: CalibrationSize): Stage[] {
  const classes = classCount(spec);
  const timed = Math.min(steps, MOST_STEPS);
  const evolution = { rate: 1e-6, steps: timed, accelerated: true, temperature: 2, softWeight: 0.5 };
  /** A maker of matrices on whichever backend is set then, with numbers of no meaning. */
  const matrix = (rows: number, width: number) => {
    const values = Float32Array.from({ length: rows * width }, (_, i) => (i % 7) - 3);
    return () => tf.tensor2d(values, [rows, width]);
  };
  const weights = initialWeights(spec, 0);
  const network = () => networkOf(spec, weights);
  const widths = featureWidths(spec);
  const forwardRows = isConvolutional(spec) ? Math.min(samples, CONVOLVED_ROWS) : samples;
  const [inputs, cotangent] = [matrix(forwardRows, inputWidth(spec)), matrix(forwardRows, classes)];
  const hidden = widths.hidden.map((width) => matrix(samples, width));
  const jacobian = matrix(samples, widths.jacobian);
  const logits = matrix(samples, classes);
  const whole = () => {
    const { dense } = network();
    const reads = [...(isConvolutional(spec) ? [] : [matrix(samples, inputWidth(spec))()]), ...hidden.map((make) => make())];
    const rows = isConvolutional(spec) ? [tf.reshape<tf.Rank.R2>(jacobian(), [samples * classes, widths.jacobian / classes])] : [];
    const tangents = new Tangents(tangentParts(rows, dense, reads), classes);
    return tangents.forward(tangents.backward(logits()));
  };
  /** What L-BFGS does beside a product in two forms; with whole inputs there are as many unknowns as weights. */
  const lbfgs = () => {
    const memory = tf.ones<tf.Rank.R3>([piecesOf(weights.length), ROWS, PIECE]);
    const place = tf.reshape<tf.Rank.R3>(tf.stack([logits(), logits()]), [2, samples, classes]);
    const along = { place, tangent: logits(), shift: tf.zeros<tf.Rank.R1>([classes]), distances: tf.tensor1d(PARTS) };
    return tf.concat1d([ntkTwoLoops(memory, weights.length, { remembered: MEMORY }), ntkSlopes(along, evolution)]);
  };
  const ownSamples: Stage[] = [
    {
      shader: 'products',
      times: samples / forwardRows,
      compute: () => {
        const features = featuresAt(network(), inputs());
        return features.jacobian ?? features.hidden.at(-1) ?? inputs();
      },
    },
    { shader: 'products', times: samples / forwardRows, compute: () => pullback(network(), inputs(), cotangent()) },
  ];
  if (kind === 'whole') {
    const product: Stage = { shader: 'products', times: steps, compute: whole };
    const vectors: Stage = { shader: 'evolution', times: steps, compute: lbfgs, onDevice: true };
    return [...ownSamples, product, ...(follows === 'ridge' ? [vectors] : [])];
  }
  // N x N, as everything that follows.
  const gram = matrix(samples, samples);
  const kernel = () => {
    const { dense } = network();
    const [first, ...above] = hidden.map((make) => make());
    if (isConvolutional(spec)) return tf.add(empiricalNtk(dense, { rows: first! }, above), jacobianNtk([jacobian()]));
    return empiricalNtk(dense, { gram: gram() }, first ? [first, ...above] : []);
  };
  return [
    ...ownSamples,
    { shader: 'products', times: 1, compute: kernel },
    {
      shader: 'evolution',
      times: steps / timed,
      compute: () =>
        ntkEvolve({ kernel: gram(), logits: logits(), labels: tf.zeros([samples], 'int32'), shift: tf.zeros([classes]) }, evolution),
    },
  ];
}

/** Ends when a result is there, by reading one number of it; ms. */
async function timeOf(compute: () => tf.Tensor): Promise<number> {
  const before = performance.now();
  await takeOne(tf.tidy(() => tf.slice1d(tf.reshape(compute(), [-1]), 0, 1)));
  return performance.now() - before;
}

/** Times the stages on the backend that is set, and stops once they take longer than `limit`. */
async function timesOf(stages: readonly Stage[], limit: number): Promise<Times> {
  const times: Times = { products: 0, evolution: 0 };
  for (const { shader, compute, times: often } of stages) {
    if (totalOf(times) > limit) break;
    const runs: number[] = [];
    while (runs.length < REPEATS && runs.reduce((sum, ms) => sum + ms, 0) < PATIENCE_MS) runs.push(await timeOf(compute));
    times[shader] += often * Math.min(...runs);
  }
  return times;
}

/** A software device is slow at barriers, and takes seconds to compile them: there is nothing to try. */
function candidatesOf({ view, isSoftware, alternatives }: BackendChoice): Candidate[] {
  return [view.name, ...alternatives].flatMap((backend): Candidate[] => {
    if (backend !== 'webgpu') return [{ backend }];
    return (isSoftware ? (['blocked'] as const) : variants).map((variant) => ({ backend, variant }));
  });
}

const labelOf = ({ backend, variant }: Candidate) => (variant ? `${backend}, ${variant} shaders` : backend);

function use({ variant }: Candidate): void {
  if (!variant) return;
  setVariant('products', variant);
  setVariant('evolution', variant);
}

async function choose(choice: BackendChoice, size: CalibrationSize): Promise<BackendView> {
  const { view } = choice;
  const candidates = candidatesOf(choice);
  if (candidates.length === 1) {
    use(candidates[0]!);
    return view;
  }
  const stages = stagesOf(size);
  // As small as can be, but aligned as the real size is: the same shaders.
  const warmUp = stagesOf({ ...size, samples: size.samples % 4 === 0 ? 4 : 5, steps: 1 });
  const timed: { candidate: Candidate; times: Times }[] = [];
  for (const candidate of candidates) {
    if (!(await startBackend(candidate.backend))) continue;
    use(candidate);
    const here = ({ onDevice }: Stage) => !onDevice || candidate.backend === 'webgpu';
    for (let run = 0; run < REPEATS; run++) for (const { compute } of warmUp.filter(here)) await timeOf(compute);
    // The forms of the shaders are compared shader by shader, so that each is timed to its end.
    const limit = candidate.variant ? Infinity : Math.min(...timed.map(({ times }) => totalOf(times)));
    timed.push({ candidate, times: await timesOf(stages.filter(here), limit) });
  }
  const { backend: name } = timed.reduce((a, b) => (totalOf(b.times) < totalOf(a.times) ? b : a)).candidate;
  if (name === 'webgpu') {
    const forms = timed.filter(({ candidate }) => candidate.backend === name);
    for (const shader of ['products', 'evolution'] as const) {
      const { candidate } = forms.reduce((a, b) => (b.times[shader] < a.times[shader] ? b : a));
      if (candidate.variant) setVariant(shader, candidate.variant);
    }
  }
  await startBackend(name);
  const calibration = timed.map(({ candidate, times }): CalibrationRow => ({ candidate: labelOf(candidate), ms: totalOf(times) }));
  if (name === view.name) return { ...view, calibration };
  return { name, adapter: '', reason: `${backendTitles[name]} was the fastest when a round of this size was timed here.`, calibration };
}

/** The shaders for a method without a kernel, of which nothing is timed. */
export function useUsualShaders(choice: BackendChoice): void {
  const [candidate] = candidatesOf({ ...choice, alternatives: [] });
  if (candidate) use(candidate);
}

let latest: { readonly choice: BackendChoice; readonly size: string; readonly result: Promise<BackendView> } | undefined;

/**
 * Times the backends that were left to choose from, and the forms of the shaders, at a run's own size, and sets the fastest.
 * A backend that was chosen by hand stays. A candidate that loses is not timed to its end, so that it takes about a second.
 * Clients that share a thread share its backend, so that they also share the result. Nothing else may compute on the thread
 * meanwhile.
 */
export function calibrate(choice: BackendChoice, size: CalibrationSize): Promise<BackendView> {
  const key = JSON.stringify(size);
  if (latest?.choice !== choice || latest.size !== key) {
    const before = latest?.result.catch(() => undefined) ?? Promise.resolve();
    latest = { choice, size: key, result: before.then(() => choose(choice, size)) };
  }
  return latest.result;
}
