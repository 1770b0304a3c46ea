/** The evolution with the whole kernel Θ = J Jᵀ, which is never built: nothing here is N x N. */

import * as tf from '@tensorflow/tfjs';
import { floatsOf } from '../math/half.ts';
import { classCount, featureWidths, isConvolutional, type FeatureForm, type ModelSpec } from '../model/model.ts';
import { rowsByLogit } from './convolution.ts';
import { logitsOf } from './dense.ts';
import {
  EvolutionError,
  priorShift,
  stepSizeOf,
  type Evolved,
  type EvolutionOptions,
  type Flow,
  type Ridge,
  type Timed,
} from './evolution.ts';
import { follow } from './flow.ts';
import { networkOf } from './network.ts';
import { askedOf, Objective } from './objective.ts';
import { pooledInputs, PoolError, type Pool } from './pool.ts';
import { take, takeOne } from './readback.ts';
import { solveRidge } from './ridge.ts';
import { withoutCentre } from './sketch.ts';
import { topEigenvalue } from './spectrum.ts';
import { tangentParts, Tangents } from './tangents.ts';
import { followToTimes } from './timed.ts';

/** A pool at the mixed model, and what is wanted of its whole kernel. */
export interface WholeRequest {
  readonly spec: ModelSpec;
  readonly form: FeatureForm;
  /** w̄, flat. */
  readonly weights: Float32Array;
  readonly pool: Pool;
  readonly options: EvolutionOptions;
}

/** What stands for the inputs in products with each other: N rows whose Gram matrix is X Xᵀ, or an estimate of it. */
function inputFeatures({ inputs: members }: Pool): tf.Tensor2D {
  const centre = members.map(({ inputs }) => (inputs.kind === 'sketch' ? inputs.centre : undefined)).find((known) => known);
  return tf.concat(
    members.map(({ key, inputs, labels }) => {
      if (inputs.kind === 'exact') return tf.tensor2d(floatsOf(inputs.rows), [labels.length, inputs.width]);
      if (!centre)
        throw new PoolError(`Client ${key} brought a sketch, and nobody's tells the centre; pass the own samples' as they were made.`);
      return tf.tensor2d(withoutCentre(inputs, centre), [labels.length, inputs.width + 1]);
    }),
  );
}

/** J of the pool at w̄, and f⁰, N x C; the caller disposes both. */
export function lineariseWhole({ spec, form, weights, pool }: Omit<WholeRequest, 'options'>): { tangents: Tangents; logits: tf.Tensor2D } {
  const { samples } = pool;
  const classes = classCount(spec);
  const widths = featureWidths(spec, form);
  const { parts, logits } = tf.tidy(() => {
    const jacobians = pool.jacobians.map((rows) => tf.tensor2d(rows, [rows.length / widths.jacobian, widths.jacobian]));
    // They are over √C.
    const unscaled = (rows: tf.Tensor2D) => tf.mul<tf.Tensor2D>(rows, Math.sqrt(classes));
    if (pool.logits) {
      const derived = jacobians.map((rows) => unscaled(tf.reshape(rows, [rows.shape[0] * classes, widths.jacobian / classes])));
      return { parts: tangentParts(derived, [], []), logits: tf.tensor2d(pool.logits, [samples, classes]) };
    }
    const { dense } = networkOf(spec, weights);
    const hidden = pool.hidden.map((values, l) => tf.tensor2d(values, [samples, widths.hidden[l]!]));
    const derived = jacobians.map((rows) => unscaled(rowsByLogit(spec, rows)));
    const reads = isConvolutional(spec) ? hidden : [inputFeatures(pool), ...hidden];
    return { parts: tangentParts(derived, dense, reads), logits: logitsOf(dense, hidden.at(-1) ?? pooledInputs(pool)) };
  });
  return { tangents: new Tangents(parts, classes), logits };
}

/** @throws {EvolutionError} when the numbers are no longer finite. */
export async function evolveWhole(request: WholeRequest): Promise<Evolved> {
  const { options } = request;
  const { tangents, logits } = lineariseWhole(request);
  try {
    switch (options.kind) {
      case 'flow':
        return await flow(request, options, tangents, logits);
      case 'ridge':
        return await ridge(request, options, tangents, logits);
      case 'timed':
        return await timed(request, options, tangents, logits);
    }
  } finally {
    tangents.dispose();
    logits.dispose();
  }
}

async function flow(
  { spec, pool, options }: WholeRequest,
  { stepSize: rule, integrator, steps }: Flow,
  tangents: Tangents,
  logits: tf.Tensor2D,
): Promise<Evolved> {
  const classes = classCount(spec);
  const multiply = (matrix: tf.Tensor2D) => tangents.forward(tangents.backward(matrix));
  const spectrum = rule.rule === 'spectral' ? { topEigenvalue: await topEigenvalue([pool.samples, classes], multiply) } : {};
  const stepSize = stepSizeOf(rule, options.round, pool.samples, spectrum.topEigenvalue);
  const scale = stepSize / pool.samples;
  const ends = tf.tidy(() => {
    const evolved = follow(
      {
        multiply,
        logits,
        labels: tf.tensor1d(pool.labels, 'int32'),
        shift: tf.tensor1d(priorShift(pool.labels, classes, options.priorAdjustment)),
        teacher: pool.teacher ? tf.tensor2d(pool.teacher, [pool.samples, classes]) : logits,
      },
      {
        rate: scale,
        steps,
        accelerated: integrator === 'accelerated',
        temperature: options.temperature,
        softWeight: options.softLabelWeight * options.temperature,
      },
    );
    return [evolved.residual, evolved.logits];
  });
  const [residual, evolvedLogits] = await take(ends);
  if (!evolvedLogits!.every(Number.isFinite)) {
    throw new EvolutionError('The evolved logits are not finite: the weights have diverged. Take a smaller step size.');
  }
  return { residual: residual!, logits: evolvedLogits!, scale, stepSize, ...spectrum };
}

async function ridge({ spec, pool, options }: WholeRequest, solver: Ridge, tangents: Tangents, logits: tf.Tensor2D): Promise<Evolved> {
  const asked = askedOf(pool, classCount(spec), options);
  const { products, relativeGradient, ...solution } = await solveRidge({ tangents, logits, asked }, solver);
  return { ...solution, scale: 1, solver: { products, relativeGradient } };
}

async function timed({ spec, pool, options }: WholeRequest, times: Timed, tangents: Tangents, start: tf.Tensor2D): Promise<Evolved> {
  const { samples } = pool;
  const classes = classCount(spec);
  const logits = await takeOne(start.clone());
  const multiply = (matrix: Float32Array) =>
    takeOne(tf.tidy(() => tangents.forward(tangents.backward(tf.tensor2d(matrix, [samples, classes])))));
  return followToTimes(
    { multiply, objective: new Objective(askedOf(pool, classes, options), logits), logits, samples },
    times,
    options.round,
  );
}
