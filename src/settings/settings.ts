/** What a run is: every choice that changes its result. Shared by all clients of the run; validated at the border. */

import * as v from 'valibot';
import type { FeatureForm } from '../model/model.ts';
import { count, range } from './bounds.ts';
import { methodSchema } from './method.ts';
import { algorithms, presets, type Algorithm } from './presets.ts';
import { taskSchema, type Task } from './task.ts';

export type { Algorithm } from './presets.ts';

/** No client holds more samples. */
export const MAX_SAMPLES = 5000;

const topologySchema = v.variant('kind', [
  v.strictObject({ kind: v.literal('ring') }),
  /** A random connected `degree`-regular graph; `changing` draws a new one every round. */
  v.strictObject({ kind: v.literal('k-regular'), degree: count(1, 64), changing: v.boolean() }),
  /** Each pair an edge with this probability, then as few edges more as connect the graph. */
  v.strictObject({ kind: v.literal('erdos-renyi'), probability: range(0, 1), changing: v.boolean() }),
  /** The lowest number with everyone else. */
  v.strictObject({ kind: v.literal('star') }),
  v.strictObject({ kind: v.literal('full') }),
]);

const partitionSchema = v.variant('kind', [
  /** The same number of each class. */
  v.strictObject({ kind: v.literal('iid') }),
  /** A client's class proportions are drawn from Dirichlet(alpha, .., alpha). */
  v.strictObject({ kind: v.literal('dirichlet'), alpha: range(1e-3, 1e6) }),
  /** The same number of each of `classes` classes. */
  v.strictObject({ kind: v.literal('shards'), classes: count(1, 1000) }),
]);

/**
 * What a neighbour gets of each sample: with `weights` nothing, and everyone's pool is its own samples. Once a round: of
 * `jacobian` the derivatives of its logits by all parameters, of `projected` a random projection of them, else its hidden
 * activations. Once a run: of `exact` its input, of `sketch` a sketch of it; with convolutions neither, and every round the
 * derivatives by their parameters.
 */
export const exchanges = ['sketch', 'exact', 'projected', 'jacobian', 'weights'] as const;
export type Exchange = (typeof exchanges)[number];

/** The name of a folder and part of an address, so nothing but these. */
const datasetName = v.pipe(v.string(), v.regex(/^[a-z0-9][a-z0-9-]{0,63}$/, 'a name of small letters, digits and dashes'));

const settingsFields = v.strictObject({
  /** One that `prepare-data` has packed; every client's own server needs it. */
  dataset: datasetName,
  /** What is learned from everyone's own data instead, who then holds what they bring; null of a dataset. */
  task: v.nullable(taskSchema),
  partition: partitionSchema,
  /** Training samples a client; their mean where sizes differ; of own data, the most that are taken. */
  samples: count(2, MAX_SAMPLES),
  /** σ of the log-normal that clients' sizes are drawn from; 0 makes them equal. */
  sizeSpread: range(0, 2),
  /** With centralised training every client holds the samples of this many clients, from client 0 on. */
  union: count(1, 10_000),
  /** Output channels of the convolution blocks; none for a multilayer perceptron. */
  convolutions: v.pipe(v.array(count(1, 64)), v.maxLength(4)),
  /** Sizes of the hidden dense layers. */
  hidden: v.pipe(v.array(count(1, 4096)), v.maxLength(8)),
  /** SHA-256 of the weights that everyone starts from, in hex; empty for random ones, drawn from the seed. */
  initialModel: v.pipe(v.string(), v.regex(/^([0-9a-f]{64})?$/, 'a digest')),
  topology: topologySchema,
  mixing: v.picklist(['uniform', 'metropolis']),
  /** How the mix averages: by its row, or so that a few who send wrong models cannot move it far (`round/robust.ts`). */
  aggregation: v.picklist(['mean', 'clipped', 'nearest', 'trimmed', 'median']),
  /** The preset that `method` began as. */
  algorithm: v.picklist(algorithms),
  method: methodSchema,
  /** What neighbours exchange for the kernel; nothing of it is used by a gradient method. */
  exchange: v.picklist(exchanges),
  /** m, the dimensions that `sketch` projects inputs to. */
  sketchSize: count(4, 4096),
  /** How `projected` projects Jacobians, and m, to how many dimensions. */
  projection: v.picklist(['dense', 'khatri-rao']),
  projectionSize: count(1, 4096),
  /** How numbers travel: rounded to half, exactly, or the large arrays rounded to 8 bits. */
  wire: v.picklist(['f16', 'f32', 'q8']),
  rounds: count(1, 100_000),
  /** Rounds that may bring the averaged model nothing before the run ends by itself; 0 for any number. */
  patience: count(0, 100_000),
  seed: count(0, 0x7fffffff),
  /** How long a client waits for a neighbour in one phase of a round at most, ms; twice as long for an answer that follows a mix. */
  deadlineMs: count(100, 600_000),
  /** The probability with which a client takes no part in a round, as if its channels were cut. */
  dropout: range(0, 0.9),
  /** `validation`: a sixth of each class's training rows, which no client then holds; hyperparameters are chosen on it. */
  scoreOn: v.picklist(['test', 'validation']),
  /** Samples of it that every client evaluates on after each round: all, where the dataset has fewer. */
  testSamples: count(10, 10_000),
});

export const settingsSchema = v.pipe(
  settingsFields,
  v.check(({ algorithm, method }) => presets[algorithm].method.kind === method.kind, 'a method of the family of its algorithm'),
);

export type Settings = v.InferOutput<typeof settingsSchema>;
export type TopologySettings = Settings['topology'];
export type PartitionRule = Settings['partition'];

/** The α of a Dirichlet partition unless somebody says otherwise: with it two clients already have every class (docs/METHOD.md). */
export const DEFAULT_ALPHA = 1;

export function defaultSettings(algorithm: Algorithm = 'sparkmesh'): Settings {
  return {
    dataset: 'fashion-mnist',
    task: null,
    partition: { kind: 'dirichlet', alpha: DEFAULT_ALPHA },
    samples: 200,
    sizeSpread: 0,
    union: 1,
    convolutions: [],
    hidden: [100],
    initialModel: '',
    topology: { kind: 'ring' },
    mixing: 'metropolis',
    aggregation: 'mean',
    algorithm,
    method: presets[algorithm].method,
    exchange: 'sketch',
    sketchSize: 64,
    projection: 'khatri-rao',
    projectionSize: 1000,
    wire: 'q8',
    rounds: 10,
    patience: 0,
    seed: 1,
    deadlineMs: 30_000,
    dropout: 0,
    scoreOn: 'test',
    testSamples: 2000,
  };
}

/** Of own data the most that one client learns from: more would make its kernel slow. */
export const MOST_OWN_SAMPLES = 1000;

/**
 * What a room begins with whose opener has defined its task: neighbours get weights alone, by which learning takes longer, and
 * all that is held out is scored on.
 */
export function ownSettings(task: Task): Settings {
  return { ...defaultSettings(), task, samples: MOST_OWN_SAMPLES, exchange: 'weights', rounds: 20, testSamples: 10_000 };
}

/** The same settings under another algorithm, as its preset has it. */
export function withAlgorithm(settings: Settings, algorithm: Algorithm): Settings {
  return { ...settings, algorithm, method: presets[algorithm].method };
}

/** Whether neighbours get anything that is made of a client's samples; if not, its pool is its own samples. */
export function sharesSamples({ method, exchange }: Pick<Settings, 'method' | 'exchange'>): boolean {
  return method.kind === 'ntk' && exchange !== 'weights';
}

/** What a kernel gets of its pool's inputs themselves: as they are, sketched, or nothing. */
export type KernelInputs = 'exact' | 'sketch' | 'none';

export function kernelInputs({ method, convolutions, exchange }: Pick<Settings, 'method' | 'convolutions' | 'exchange'>): KernelInputs {
  if (method.kind === 'gradient' || convolutions.length > 0) return 'none';
  switch (exchange) {
    case 'exact':
    case 'weights':
      return 'exact';
    case 'sketch':
      return 'sketch';
    case 'projected':
    case 'jacobian':
      return 'none';
  }
}

/** What a kernel is made from. */
export function featureForm({
  method,
  exchange,
  projection: form,
  projectionSize: size,
  seed,
}: Pick<Settings, 'method' | 'exchange' | 'projection' | 'projectionSize' | 'seed'>): FeatureForm {
  switch (exchange) {
    case 'exact':
    case 'sketch':
    case 'weights':
      return 'layers';
    case 'projected':
      return { form, size, seed, isShared: method.kind === 'ntk' && method.kernel === 'whole' };
    case 'jacobian':
      return 'jacobian';
  }
}

/** Whether the graph is drawn anew every round. */
export function isChanging(topology: TopologySettings): boolean {
  return 'changing' in topology && topology.changing;
}
