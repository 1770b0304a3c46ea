/** Conformance cases: small federations with every number given, and the result an independent implementation found. */

import * as v from 'valibot';
import { classCount, denseLayouts, parameterCount, type ModelSpec } from '../model/model.ts';
import { whole } from '../settings/bounds.ts';
import type { EvolutionSettings, Method } from '../settings/method.ts';
import { defaultSettings, type Settings } from '../settings/settings.ts';
import type { ProblemSource } from './problem.ts';
import type { RoundTrace } from './trace.ts';

const finite = v.pipe(v.number(), v.finite());
const positive = v.pipe(v.number(), v.integer(), v.minValue(1));

const caseFields = {
  format: v.literal('spark-conformance/1'),
  name: v.string(),
  model: v.strictObject({ layers: v.pipe(v.array(positive), v.minLength(2)), activation: v.literal('relu') }),
  /** Adjacency lists; round t uses entry t mod length. */
  graph: v.pipe(v.array(v.array(v.array(whole))), v.minLength(1)),
  rounds: positive,
  clients: v.pipe(
    v.array(
      v.strictObject({
        x: v.pipe(v.array(v.array(finite)), v.minLength(1)),
        y: v.array(whole),
        weights: v.array(v.strictObject({ kernel: v.array(v.array(finite)), bias: v.array(finite) })),
      }),
    ),
    v.minLength(1),
  ),
};

const mixing = v.picklist(['uniform', 'metropolis']);
const gradientFields = { learningRate: finite, learningRateDecay: v.optional(finite, 0), mixing };

/** Of SPARK and NTK-DFL. */
const ntkFields = {
  kernel: v.optional(v.picklist(['averaged', 'whole']), 'averaged'),
  /** a. */
  priorAdjustment: v.optional(finite, 0),
  momentum: v.optional(finite, 0),
  /** λ, one a round. */
  softLabelWeight: v.optional(v.array(finite), []),
  temperature: v.optional(finite, 1),
  mixing,
};
const flowHyper = v.strictObject({
  ...ntkFields,
  learningRate: finite,
  learningRateDecay: v.optional(finite, 0),
  steps: positive,
  integrator: v.optional(v.picklist(['euler', 'accelerated']), 'euler'),
});
const ridgeHyper = v.strictObject({ ...ntkFields, kernel: v.literal('whole'), /** ρ. */ ridge: v.pipe(finite, v.gtValue(0)) });

const caseSchema = v.variant('algorithm', [
  v.strictObject({
    ...caseFields,
    algorithm: v.picklist(['spark', 'ntk-dfl']),
    /** A ridge, or else a flow: so that what is wrong is told of the one that was meant. */
    hyper: v.lazy((given) => (isRidge(given) ? ridgeHyper : flowHyper)),
  }),
  v.strictObject({
    ...caseFields,
    algorithm: v.picklist(['dfedavg', 'dfedavgm']),
    hyper: v.strictObject({ ...gradientFields, localSteps: positive, momentum: v.optional(finite, 0) }),
  }),
  v.strictObject({ ...caseFields, algorithm: v.literal('dpsgd'), hyper: v.strictObject(gradientFields) }),
]);

function isRidge(hyper: unknown): boolean {
  return typeof hyper === 'object' && hyper !== null && 'ridge' in hyper;
}

export type ConformanceCase = v.InferOutput<typeof caseSchema>;

export class ConformanceCaseError extends Error {
  override readonly name = 'ConformanceCaseError';
}

/** @throws {ConformanceCaseError} with one sentence when `json` is no case, or one whose sizes do not fit together. */
export function parseCase(json: unknown): ConformanceCase {
  const parsed = v.safeParse(caseSchema, json);
  if (!parsed.success) {
    const [issue] = parsed.issues;
    const where = v.getDotPath(issue) ?? 'the file';
    throw new ConformanceCaseError(
      issue.type === 'strict_object' && issue.expected === 'never'
        ? `a conformance case with a field that is not known here, '${where}', so that its result would be that of another method`
        : `not a conformance case of format spark-conformance/1: '${where}' ${issue.message}`,
    );
  }
  const { model, graph, clients } = parsed.output;
  const [width] = model.layers;
  clients.forEach(({ x, y, weights }, k) => {
    const fits =
      x.every((row) => row.length === width) &&
      y.length === x.length &&
      y.every((label) => label < classCount(model)) &&
      flatWeights(model, weights).length === parameterCount(model);
    if (!fits) throw new ConformanceCaseError(`the sizes of client ${k}'s samples or weights do not fit the model's layers`);
  });
  if (!graph.every((lists) => lists.length === clients.length && lists.flat().every((j) => j < clients.length))) {
    throw new ConformanceCaseError(`the graph does not have one adjacency list for each of the ${clients.length} clients`);
  }
  return parsed.output;
}

/** Each layer's kernel row-major, then its bias. */
export function flatWeights(model: ModelSpec, layers: ConformanceCase['clients'][number]['weights']): Float32Array {
  return Float32Array.from(denseLayouts(model).flatMap((_, l) => [...(layers[l]?.kernel.flat() ?? []), ...(layers[l]?.bias ?? [])]));
}

type NtkHyper = Extract<ConformanceCase, { algorithm: 'spark' | 'ntk-dfl' }>['hyper'];

/** A ridge is solved as far as float32 can. */
const RIDGE_TOLERANCE = 1e-6;
const RIDGE_PRODUCTS = 1000;

function evolutionOf(hyper: NtkHyper): EvolutionSettings {
  const targets = {
    temperature: hyper.temperature,
    softLabels: hyper.softLabelWeight.map((weight, fromRound) => ({ fromRound, weight })),
    teacher: 'mixed' as const,
    priorAdjustment: hyper.priorAdjustment,
  };
  if ('ridge' in hyper) {
    return {
      kind: 'ridge',
      ridge: [{ fromRound: 0, ridge: hyper.ridge }],
      prior: 0,
      tolerance: RIDGE_TOLERANCE,
      maxProducts: RIDGE_PRODUCTS,
      ...targets,
    };
  }
  const { learningRate, learningRateDecay: decay, integrator, steps } = hyper;
  return { kind: 'flow', stepSize: { rule: 'fixed', learningRate, decay }, integrator, steps, ...targets };
}

function methodOf(given: ConformanceCase): Method {
  switch (given.algorithm) {
    case 'spark':
    case 'ntk-dfl': {
      const { kernel, momentum: factor } = given.hyper;
      return {
        kind: 'ntk',
        kernel,
        evolution: evolutionOf(given.hyper),
        momentum: factor > 0 ? { kind: 'nesterov', factor, velocity: 'mixed' } : { kind: 'none' },
        pull: 0,
      };
    }
    case 'dfedavg':
    case 'dfedavgm': {
      const { learningRate, learningRateDecay: decay, localSteps } = given.hyper;
      const momentum = given.algorithm === 'dfedavgm' ? given.hyper.momentum : 0;
      return { kind: 'gradient', order: 'step-then-mix', learningRate, decay, localSteps, momentum, batchSize: 'full' };
    }
    case 'dpsgd': {
      const { learningRate, learningRateDecay: decay } = given.hyper;
      return { kind: 'gradient', order: 'mix-plus-step', learningRate, decay, localSteps: 1, momentum: 0, batchSize: 'full' };
    }
  }
}

type Choices = Pick<Settings, 'exchange' | 'projection' | 'projectionSize' | 'wire' | 'seed'>;

/**
 * A case, and what it leaves open. With the wire `f32` and any exchange but `projected` the result agrees exactly; with other
 * choices one sees what they cost. The exchange is `exact` unless it is given.
 */
export interface CaseRun extends Partial<Choices> {
  readonly given: ConformanceCase;
  readonly wire: Settings['wire'];
}

/** The dataset that stands for the `index`-th case that a client is given. */
const caseDataset = (index: number) => `case-${index}`;

/**
 * A case as a run: steps of the given size, a ridge solved to the end, or full batches.
 * @param index its place among the cases that the clients are given.
 */
export function settingsOf({ given, ...choices }: CaseRun, index = 0): Settings {
  const { algorithm, hyper, model, rounds } = given;
  return {
    ...defaultSettings(algorithm),
    dataset: caseDataset(index),
    convolutions: [],
    hidden: model.layers.slice(1, -1),
    mixing: hyper.mixing,
    method: methodOf(given),
    exchange: 'exact',
    rounds,
    deadlineMs: 120_000,
    ...choices,
  };
}

/** @param cases may become more; what settings ask for is among them by then. */
export function caseSource(cases: readonly ConformanceCase[]): ProblemSource {
  const caseOf = ({ dataset }: Pick<Settings, 'dataset'>) => {
    const found = cases.find((_, index) => caseDataset(index) === dataset);
    if (!found) throw new ConformanceCaseError(`only ${cases.length} cases were given, and none of them as ${dataset}`);
    return found;
  };
  return {
    async problem(settings, number) {
      const { model, clients } = caseOf(settings);
      const client = clients[number];
      if (!client) throw new ConformanceCaseError(`the case has ${clients.length} clients, so there is no client ${number}`);
      return {
        model: { layers: model.layers },
        own: { rows: Float32Array.from(client.x.flat()), labels: Uint8Array.from(client.y) },
        test: null,
        initialWeights: flatWeights(model, client.weights),
        startsAlike: false,
        view: null,
        digest: '',
        share: null,
      };
    },
    graph: (settings, _clients, round) => {
      const { graph } = caseOf(settings);
      return graph[round % graph.length] ?? [];
    },
  };
}

export interface ConformanceResult {
  readonly format: 'spark-conformance-result/1';
  readonly rounds: readonly {
    readonly clients: readonly {
      readonly weights: readonly number[];
      /** Of spark and ntk-dfl; K of the averaged kernel only. */
      readonly kernel?: readonly (readonly number[])[];
      readonly evolvedLogits?: readonly (readonly number[])[];
      readonly delta?: readonly number[];
    }[];
  }[];
}

/** @param traces by client number, each with one trace a round. */
export function resultOf({ model, rounds }: ConformanceCase, traces: readonly (readonly RoundTrace[])[]): ConformanceResult {
  return {
    format: 'spark-conformance-result/1',
    rounds: Array.from({ length: rounds }, (_, round) => ({
      clients: traces.map((ofClient, k) => {
        const trace = ofClient.find((candidate) => candidate.round === round);
        if (!trace) throw new Error(`Client ${k} finished without round ${round}; run the case again on an idle machine.`);
        const weights = [...trace.weights];
        if (!trace.evolution) return { weights };
        const { kernel, evolvedLogits, delta } = trace.evolution;
        return {
          weights,
          ...(kernel && { kernel: matrix(kernel, Math.sqrt(kernel.length)) }),
          evolvedLogits: matrix(evolvedLogits, classCount(model)),
          delta: [...delta],
        };
      }),
    })),
  };
}

function matrix(values: Float32Array, columns: number): number[][] {
  return Array.from({ length: values.length / columns }, (_, row) => [...values.subarray(row * columns, (row + 1) * columns)]);
}

/**
 * The largest absolute difference over the largest absolute value, per array; the worst over all arrays and rounds.
 * @returns Infinity when shapes differ.
 */
export function worstError(actual: ConformanceResult, expected: ConformanceResult): number {
  const worst = (a: readonly number[] = [], b: readonly number[] = []): number => {
    if (a.length !== b.length) return Infinity;
    const scale = b.reduce((top, value) => Math.max(top, Math.abs(value)), 0);
    return a.reduce((top, value, i) => Math.max(top, Math.abs(value - b[i]!)), 0) / (scale || 1);
  };
  if (actual.rounds.length !== expected.rounds.length) return Infinity;
  return Math.max(
    ...expected.rounds.flatMap((round, t) =>
      round.clients.flatMap((client, k) => {
        const ours = actual.rounds[t]?.clients[k];
        if (!ours) return [Infinity];
        return [
          worst(ours.weights, client.weights),
          worst(ours.delta, client.delta),
          worst(ours.kernel?.flat(), client.kernel?.flat()),
          worst(ours.evolvedLogits?.flat(), client.evolvedLogits?.flat()),
        ];
      }),
    ),
  );
}
