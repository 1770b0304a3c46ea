/** What a client computes in a round, part by part: one of two families. */

import * as v from 'valibot';
import { count, range } from './bounds.ts';

const learningRate = range(1e-9, 1e6);
/** η_t = learningRate · exp(-decay · t), t the round from 0 (NTK-DFL). */
const decay = range(0, 10);

const stepSizeSchema = v.variant('rule', [
  v.strictObject({ rule: v.literal('fixed'), learningRate, decay }),
  /** η_t = scale · N / λmax(K): scale 2 is the inverse Lipschitz constant of the softmax loss in function space (an addition). */
  v.strictObject({ rule: v.literal('spectral'), scale: range(1e-3, 4) }),
]);

/** Of every evolution. */
const targetFields = {
  /** T of the soft labels. */
  temperature: range(0.1, 100),
  /** λ by stages: (first round, weight), rounds ascending; before the first stage λ = 0. */
  softLabels: v.pipe(v.array(v.strictObject({ fromRound: count(0, 1e6), weight: range(0, 100) })), v.maxLength(1000)),
  /**
   * Whose soft labels: the asking client's `mixed` model w̄, or of each sample the mean of what its owner's `neighbours` and the
   * owner hold it for, Σ m_jk softmax(f(x; w_k)/T) (this project's reading of the paper's "neighbours' mean").
   */
  teacher: v.optional(v.picklist(['mixed', 'neighbours']), 'mixed'),
  /** a of the prior-adjusted evolution (this project's addition); 0 is SPARK as published. */
  priorAdjustment: range(0, 10),
};

/** The logits follow the gradient flow for a while. */
const flowSchema = v.strictObject({
  kind: v.literal('flow'),
  stepSize: stepSizeSchema,
  /** `euler` follows the flow; `accelerated` is Nesterov's method on the accumulated residual (this project's addition). */
  integrator: v.picklist(['euler', 'accelerated']),
  /** S, the steps of the evolution. */
  steps: count(1, 100_000),
  ...targetFields,
});

/** (First round, ρ) by stages, rounds ascending from 0. */
const ridgeStages = v.pipe(
  v.array(v.strictObject({ fromRound: count(0, 1e6), ridge: range(1e-6, 1e6) })),
  v.minLength(1),
  v.maxLength(100),
  v.check(
    (stages) => stages.every(({ fromRound }, k) => (k === 0 ? fromRound === 0 : fromRound > stages[k - 1]!.fromRound)),
    'stages from round 0 on, in ascending order',
  ),
);

/**
 * The step is the one minimum of the pool's loss in the linearised model plus (ρ/2) |δ|² (this project's addition): no step
 * size, no time at which to stop.
 */
const ridgeSchema = v.strictObject({
  kind: v.literal('ridge'),
  /** ρ by stages: what it is larger, the nearer clients stay to their mix, and to each other. */
  ridge: ridgeStages,
  /**
   * c, in samples: what the initial weights w⁰ count for. Each mix is pulled to them by γ_t = min(1/20, c / (n ρ_t)), n the samples
   * of all founders, so that the rounds solve one problem, the mean loss + (c / 2n) |w - w⁰|², whatever ρ is in them; 0 for none.
   */
  prior: range(0, 1e6),
  /** The solver ends when the gradient is this part of what it was at δ = 0, */
  tolerance: range(1e-7, 0.5),
  /** or after so many products with the kernel. */
  maxProducts: count(2, 10_000),
  ...targetFields,
});

/**
 * The gradient flow itself, followed with error control to several times, of which each client takes the one at which its true
 * model has the lowest loss on its own samples (NTK-DFL as its authors run it; they have the pool's). Every time costs the
 * residuals and the step once more.
 */
const timedSchema = v.strictObject({
  kind: v.literal('timed'),
  /** What time is scaled by, η_t. */
  learningRate,
  decay,
  times: v.pipe(
    v.array(range(1e-6, 1e6)),
    v.minLength(1),
    v.maxLength(10),
    v.check((times) => times.every((time, k) => k === 0 || time > times[k - 1]!), 'times in ascending order'),
  ),
  /** Of the logits at each step of the integrator, relative to 1 and their size. */
  tolerance: range(1e-5, 0.5),
  ...targetFields,
});

export const evolutionSchemas = { flow: flowSchema, ridge: ridgeSchema, timed: timedSchema } as const;

/**
 * The outer momentum, from one round to the next, on v = μ v + Δ. `heavy-ball`: w = w̄ + v. `nesterov`: w = w̄ + Δ + μ v.
 * `velocity` is v on the right: `mixed` v̄ = Σ m_ij v_j, which neighbours send, or `own` v_i, which is never sent.
 */
const momentumSchema = v.variant('kind', [
  v.strictObject({ kind: v.literal('none') }),
  v.strictObject({
    kind: v.picklist(['heavy-ball', 'nesterov']),
    /** μ. */
    factor: range(0, 0.999),
    velocity: v.picklist(['mixed', 'own']),
  }),
]);

/** SPARK and NTK-DFL: a step from the kernel of the whole neighbourhood's samples. */
const ntkFields = v.strictObject({
  kind: v.literal('ntk'),
  /**
   * `averaged` over the logits, as published; `whole` also knows how one logit's step moves another, and is never built (this
   * project's addition).
   */
  kernel: v.picklist(['whole', 'averaged']),
  evolution: v.variant('kind', [flowSchema, ridgeSchema, timedSchema]),
  momentum: momentumSchema,
  /**
   * γ: how far each mix is pulled towards the weights that all clients of the run started from, w̄ := w⁰ + (1 - γ)(w̄ - w⁰), so
   * that weights don't grow for ever (this project's addition). The prior of a ridge does that in its place.
   */
  pull: range(0, 1),
});
const ntkSchema = v.pipe(
  ntkFields,
  v.check(
    ({ kernel, evolution }) => kernel === 'whole' || evolution.kind !== 'ridge',
    'a ridge only with the whole kernel, because with the averaged one no step has the logits that it solves for',
  ),
  v.check(({ evolution, pull }) => evolution.kind !== 'ridge' || evolution.prior === 0 || pull === 0, 'a pull or a prior, not both'),
);

/** DFedAvg, DFedAvgM, D-PSGD and centralised training: steps down the gradient of the own samples; neighbours get weights at most. */
const gradientSchema = v.strictObject({
  kind: v.literal('gradient'),
  /**
   * `step-then-mix` (DFedAvg): the steps go from w_i, their end is mixed. `mix-plus-step` (D-PSGD): w_i is mixed as it is, and
   * the change that the steps from w_i make is added. `alone` (centralised): the steps, and no neighbours.
   */
  order: v.picklist(['step-then-mix', 'mix-plus-step', 'alone']),
  learningRate,
  decay,
  localSteps: count(1, 10_000),
  /** μ of the heavy ball within a round's local steps, from rest. */
  momentum: range(0, 0.999),
  /** Samples a step; `full` takes all. */
  batchSize: v.union([count(1, 5000), v.literal('full')]),
});

export const methodSchemas = { ntk: ntkSchema, gradient: gradientSchema } as const;
export const methodSchema = v.variant('kind', [ntkSchema, gradientSchema]);

export type Method = v.InferOutput<typeof methodSchema>;
export type NtkMethod = v.InferOutput<typeof ntkSchema>;
export type GradientMethod = v.InferOutput<typeof gradientSchema>;
export type EvolutionSettings = NtkMethod['evolution'];
export type FlowSettings = Extract<EvolutionSettings, { kind: 'flow' }>;
export type RidgeSettings = Extract<EvolutionSettings, { kind: 'ridge' }>;
export type TimedSettings = Extract<EvolutionSettings, { kind: 'timed' }>;
export type Momentum = NtkMethod['momentum'];

/** λ_t of round t: the weight of the last stage that has begun. */
function softLabelWeight(evolution: EvolutionSettings, round: number): number {
  return evolution.softLabels.findLast((stage) => stage.fromRound <= round)?.weight ?? 0;
}

/** ρ_t of round t. */
function ridgeIn({ ridge }: RidgeSettings, round: number): number {
  return ridge.findLast((stage) => stage.fromRound <= round)!.ridge;
}

/** The evolution as it is in round t, from 0. */
export function evolutionIn(evolution: EvolutionSettings, round: number) {
  const known = { softLabelWeight: softLabelWeight(evolution, round), round };
  return evolution.kind === 'ridge' ? { ...evolution, ...known, ridge: ridgeIn(evolution, round) } : { ...evolution, ...known };
}

/** More costs federations of few samples accuracy (docs/RESULTS.md, “A loss that stays”). */
const MOST_PULL = 0.05;

/** γ_t: how far the mix of round t is pulled to the initial weights, in a federation of so many samples. */
export function pullIn({ evolution, pull }: NtkMethod, samples: number, round: number): number {
  if (evolution.kind !== 'ridge' || evolution.prior === 0) return pull;
  return Math.min(MOST_PULL, evolution.prior / (samples * ridgeIn(evolution, round)));
}

/** Whether something keeps the weights from growing for ever: a ridge's prior, or a pull. */
export function holdsWeights({ evolution, pull }: NtkMethod): boolean {
  return pull > 0 || (evolution.kind === 'ridge' && evolution.prior > 0);
}

/** Whether soft labels count in any round. */
export function hasSoftLabels(method: Method): method is NtkMethod {
  return method.kind === 'ntk' && method.evolution.softLabels.some(({ weight }) => weight > 0);
}

/** Whether soft labels come from the samples' owners in any round. */
export const isTaughtByNeighbours = (method: Method): boolean => hasSoftLabels(method) && method.evolution.teacher === 'neighbours';

/** Whether the soft labels of round t come from the samples' owners; if not, they cost no byte and no computation there. */
export function neighboursTeach(method: Method, round: number): boolean {
  return method.kind === 'ntk' && method.evolution.teacher === 'neighbours' && softLabelWeight(method.evolution, round) > 0;
}

/** Whether clients train without neighbours, each on the samples of several clients: a reference, not a federation. */
export function isCentralised(method: Method): boolean {
  return method.kind === 'gradient' && method.order === 'alone';
}

/** Whether the weights that neighbours send each other come with a velocity. */
export function sendsVelocity(method: Method): boolean {
  return method.kind === 'ntk' && method.momentum.kind !== 'none' && method.momentum.velocity === 'mixed';
}

/** Between how many steps a client chooses in a round: neighbours send residuals and steps so many times. */
export function choicesOf(method: Method): number {
  return method.kind === 'ntk' && method.evolution.kind === 'timed' ? method.evolution.times.length : 1;
}
