/** The evolution with the averaged kernel K, which is built. */

import * as tf from '@tensorflow/tfjs';
import { classCount, featureWidths, type FeatureForm, type ModelSpec } from '../model/model.ts';
import { logitsOf } from './dense.ts';
import { EvolutionError, priorShift, stepSizeOf, type Evolved, type Flow, type Targets, type Timed } from './evolution.ts';
import { empiricalNtk, jacobianNtk } from './kernel.ts';
import { networkOf } from './network.ts';
import { evolvedPlanes, ntkEvolve } from './ops/ntkEvolve.ts';
import { ntkProduct } from './ops/ntkProduct.ts';
import { askedOf, Objective } from './objective.ts';
import { pooledInputs, type Pool } from './pool.ts';
import { takeOne } from './readback.ts';
import { topEigenvalue } from './spectrum.ts';
import { followToTimes } from './timed.ts';

/** A flow of the averaged kernel, and all that it needs. */
export interface AveragedRequest {
  readonly spec: ModelSpec;
  readonly form: FeatureForm;
  /** w̄, flat. */
  readonly weights: Float32Array;
  readonly pool: Pool;
  /** X Xᵀ, N x N, where the first dense layer reads inputs. */
  readonly inputGram: Float32Array | null;
  readonly flow: (Flow | Timed) & Targets & { readonly round: number };
  readonly wantKernel: boolean;
}

/** K and f⁰ of the pool at w̄. */
function linearise({ spec, form, weights, pool, inputGram }: AveragedRequest): { kernel: tf.Tensor2D; logits: tf.Tensor2D } {
  const { samples } = pool;
  const widths = featureWidths(spec, form);
  const jacobians = pool.jacobians.map((rows) => tf.tensor2d(rows, [rows.length / widths.jacobian, widths.jacobian]));
  const derived = jacobians.length > 0 ? jacobianNtk(jacobians) : null;
  if (pool.logits) return { kernel: derived!, logits: tf.tensor2d(pool.logits, [samples, widths.logits]) };
  const { dense } = networkOf(spec, weights);
  const hidden = pool.hidden.map((values, l) => tf.tensor2d(values, [samples, widths.hidden[l]!]));
  const logits = logitsOf(dense, hidden.at(-1) ?? pooledInputs(pool));
  if (inputGram) return { kernel: empiricalNtk(dense, { gram: tf.tensor2d(inputGram, [samples, samples]) }, hidden), logits };
  const kernel = empiricalNtk(dense, { rows: hidden[0]! }, hidden.slice(1));
  return { kernel: derived ? tf.add(kernel, derived) : kernel, logits };
}

/** @throws {EvolutionError} when the numbers are no longer finite. */
export async function evolveAveraged(request: AveragedRequest): Promise<Evolved> {
  const { flow, wantKernel } = request;
  const { kernel, logits } = tf.tidy(() => linearise(request));
  try {
    const evolved = await (flow.kind === 'flow' ? follow(request, flow, kernel, logits) : timed(request, flow, kernel, logits));
    return wantKernel ? { ...evolved, kernel: await takeOne(kernel.clone()) } : evolved;
  } finally {
    tf.dispose([kernel, logits]);
  }
}

async function follow(
  { spec, pool, flow }: AveragedRequest,
  { stepSize: rule, steps, integrator }: Flow,
  kernel: tf.Tensor2D,
  logits: tf.Tensor2D,
): Promise<Evolved> {
  const classes = classCount(spec);
  const spectrum =
    rule.rule === 'spectral'
      ? // A row times the symmetric K: as the right factor K is packed once for this and the evolution (XNNPACK).
        { topEigenvalue: await topEigenvalue([1, pool.samples], (a) => ntkProduct({ a, b: kernel })) }
      : {};
  const stepSize = stepSizeOf(rule, flow.round, pool.samples, spectrum.topEigenvalue);
  const planes = tf.tidy(() => {
    const labels = tf.tensor1d(pool.labels, 'int32');
    const shift = tf.tensor1d(priorShift(pool.labels, classes, flow.priorAdjustment));
    const teacher = pool.teacher && { teacher: tf.tensor2d(pool.teacher, [pool.samples, classes]) };
    return ntkEvolve(
      { kernel, logits, labels, shift, ...teacher },
      {
        rate: stepSize / pool.samples,
        steps,
        accelerated: integrator === 'accelerated',
        temperature: flow.temperature,
        softWeight: flow.softLabelWeight * flow.temperature,
      },
    );
  });
  const evolved = evolvedPlanes(await takeOne(planes), planes.shape, pool.samples);
  if (!evolved.logits.every(Number.isFinite)) {
    throw new EvolutionError('The evolved logits are not finite: the weights have diverged. Take a smaller step size.');
  }
  return { ...evolved, scale: stepSize / pool.samples, stepSize, ...spectrum };
}

async function timed({ spec, pool, flow }: AveragedRequest, options: Timed, kernel: tf.Tensor2D, start: tf.Tensor2D): Promise<Evolved> {
  const { samples } = pool;
  const classes = classCount(spec);
  const logits = await takeOne(start.clone());
  // K is symmetric and the right factor here too.
  const multiply = (matrix: Float32Array) =>
    takeOne(tf.tidy(() => tf.transpose(ntkProduct({ a: tf.tensor2d(matrix, [samples, classes]), b: kernel }, { transposeA: true }))));
  return followToTimes({ multiply, objective: new Objective(askedOf(pool, classes, flow), logits), logits, samples }, options, flow.round);
}
