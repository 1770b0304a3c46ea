import * as v from 'valibot';

/** What a run is: every choice that changes its result. Shared by all clients of the run; validated at the border. */

const count = (min: number, max: number) => v.pipe(v.number(), v.integer(), v.minValue(min), v.maxValue(max));
const range = (min: number, max: number) => v.pipe(v.number(), v.finite(), v.minValue(min), v.maxValue(max));

const topologySchema = v.variant('kind', [
  v.strictObject({ kind: v.literal('ring') }),
  /** A random connected `degree`-regular graph; `changing` draws a new one every round. */
  v.strictObject({ kind: v.literal('k-regular'), degree: count(1, 64), changing: v.boolean() }),
  v.strictObject({ kind: v.literal('full') }),
]);

const stepSizeSchema = v.variant('rule', [
  /** η_t = learningRate · exp(-decay · t), t the round from 0 (NTK-DFL). */
  v.strictObject({ rule: v.literal('fixed'), learningRate: range(1e-9, 1e6), decay: range(0, 10) }),
  /** η_t = scale · N / λmax(K): scale 2 is the inverse Lipschitz constant of the softmax loss in function space. */
  v.strictObject({ rule: v.literal('spectral'), scale: range(1e-3, 4) }),
]);

const evolutionSchema = v.strictObject({
  stepSize: stepSizeSchema,
  /** `euler` follows the flow; `accelerated` is Nesterov's method on the accumulated residual (this project's addition). */
  integrator: v.picklist(['euler', 'accelerated']),
  /** S, the steps of the evolution. */
  steps: count(1, 100_000),
  /** T of the soft labels. */
  temperature: range(0.1, 100),
  /** λ by stages: (first round, weight), rounds ascending; before the first stage λ = 0. */
  softLabels: v.pipe(v.array(v.strictObject({ fromRound: count(0, 1e6), weight: range(0, 100) })), v.maxLength(1000)),
  /** a of the prior-adjusted evolution (this project's addition); 0 is SPARK as published. */
  priorAdjustment: range(0, 10),
  /** μ, the outer Nesterov momentum of the round. 0 sends no velocity. */
  momentum: range(0, 0.999),
});

export const settingsSchema = v.strictObject({
  dataset: v.picklist(['fashion-mnist', 'mnist']),
  /** Dirichlet concentration of a client's class proportions; 'iid' draws classes evenly. */
  alpha: v.union([range(1e-3, 1e6), v.literal('iid')]),
  /** Training samples a client. */
  samples: count(2, 5000),
  /** Hidden layer sizes of the ReLU MLP. */
  hidden: v.pipe(v.array(count(1, 4096)), v.maxLength(8)),
  topology: topologySchema,
  mixing: v.picklist(['uniform', 'metropolis']),
  algorithm: v.picklist(['spark', 'ntk-dfl']),
  evolution: evolutionSchema,
  exchange: v.picklist(['factors', 'sketch']),
  /** m, the dimensions that `sketch` projects inputs to. */
  sketchSize: count(4, 4096),
  wire: v.picklist(['f16', 'f32']),
  rounds: count(1, 100_000),
  seed: count(0, 0x7fffffff),
  /** How long a client waits for a silent neighbour in one phase of a round, ms. */
  deadlineMs: count(100, 600_000),
  /** Test images that every client evaluates on after each round. */
  testSamples: count(10, 10_000),
});

export type Settings = v.InferOutput<typeof settingsSchema>;
export type TopologySettings = Settings['topology'];
export type EvolutionSettings = Settings['evolution'];
export type Algorithm = Settings['algorithm'];
export type DatasetName = Settings['dataset'];

/** The evolution of each algorithm as this project runs it by default. */
const evolutionOf: Record<Algorithm, EvolutionSettings> = {
  spark: {
    stepSize: { rule: 'spectral', scale: 2 },
    integrator: 'accelerated',
    steps: 40,
    temperature: 2,
    softLabels: [{ fromRound: 1, weight: 0.25 }],
    priorAdjustment: 1,
    momentum: 0.9,
  },
  'ntk-dfl': {
    stepSize: { rule: 'spectral', scale: 2 },
    integrator: 'accelerated',
    steps: 40,
    temperature: 1,
    softLabels: [],
    priorAdjustment: 0,
    momentum: 0,
  },
};

export function defaultSettings(algorithm: Algorithm = 'spark'): Settings {
  return {
    dataset: 'fashion-mnist',
    alpha: 0.1,
    samples: 200,
    hidden: [100],
    topology: { kind: 'ring' },
    mixing: 'metropolis',
    algorithm,
    evolution: evolutionOf[algorithm],
    exchange: 'sketch',
    sketchSize: 256,
    wire: 'f16',
    rounds: 20,
    seed: 1,
    deadlineMs: 30_000,
    testSamples: 2000,
  };
}

/** The same settings under another algorithm, with that algorithm's own evolution. */
export function withAlgorithm(settings: Settings, algorithm: Algorithm): Settings {
  return { ...settings, algorithm, evolution: evolutionOf[algorithm] };
}

/** λ_t of round t: the weight of the last stage that has begun. */
export function softLabelWeight(evolution: EvolutionSettings, round: number): number {
  return evolution.softLabels.findLast((stage) => stage.fromRound <= round)?.weight ?? 0;
}
