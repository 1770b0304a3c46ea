/** What an NTK method does after the mix: linearise, evolve, step (see round.ts). */

import { concat, parts } from '../math/vectors.ts';
import type { Teaching } from '../ntk/engine.ts';
import type { Evolved } from '../ntk/evolution.ts';
import { inputBytes, type OwnerFeatures, type PoolMember } from '../ntk/pool.ts';
import { choicesOf, neighboursTeach, pullIn, type NtkMethod } from '../settings/method.ts';
import type { PeerId } from '../transport/transport.ts';
import { mix, momentumStep, pulled, scaledSum, weightedMean, type Iterate } from './iterate.ts';
import { mixable } from './late.ts';
import {
  stay,
  withEntry,
  without,
  type Choosing,
  type Known,
  type Linearising,
  type Mixing,
  type OwnedInputs,
  type RoundEffect,
  type RoundResult,
  type RoundSettings,
  type RoundState,
  type Stepping,
  type Transition,
  type Working,
} from './state.ts';

/**
 * After the mix: asks every neighbour that took part in it for what the kernel needs at w̄, if they share that. Where neighbours teach, a neighbour
 * answers after its own mix, which may take it to its deadline: it has as long again.
 */
export function linearise(known: Known, method: NtkMethod, mixing: Mixing): Transition {
  const { plan, own, answers, missed } = mixing;
  const { run, self, inputs, sharesSamples } = known.settings;
  const present = sharesSamples ? plan.neighbours.filter(({ peer }) => answers.has(peer)) : [];
  const { round } = plan;
  const { models, late } = mixable(known, mixing);
  const { aggregation, start } = known.settings;
  const mixed = { ...pulledToStart(mix(own, plan, models, aggregation, start), method, known.settings, round), late };
  const { weights } = mixed;
  const effects: RoundEffect[] = [];

  let { centre, means } = known;
  if (inputs === 'sketch' && !centre) {
    const members = [{ peer: self, weight: plan.selfWeight }, ...present].flatMap(({ peer, weight }) => {
      const mean = means.get(peer);
      return mean ? [{ vector: mean, weight }] : [];
    });
    centre = weightedMean(members);
    means = new Map();
    effects.push({ type: 'sketch-inputs', centre });
  }
  for (const { peer } of present) {
    const wantsInputs = !known.inputs.has(peer);
    const message = { type: 'mixed', run, round, weights, wantsInputs, centre: wantsInputs ? centre : null } as const;
    effects.push({ type: 'send', to: peer, message });
  }
  const teaching = neighboursTeach(method, round) ? teachingOf(method, mixing, models) : null;
  const asked = present.map(({ peer }) => peer);
  effects.push(
    { type: 'features', round, weights, teaching },
    { type: 'await', round, phase: 'linearise', deadlines: teaching ? 2 : 1, asked, here: [] },
  );
  const waiting = new Set(asked);
  const activity: Linearising = { phase: 'linearise', method, plan, mixed, features: new Map(), waiting, missed };
  return { state: { known: { ...known, centre, means }, activity }, effects };
}

function pulledToStart(mixed: Iterate, method: NtkMethod, { start, samples }: RoundSettings, round: number): Iterate {
  const pull = pullIn(method, samples, round);
  return pull > 0 && start ? { ...mixed, weights: pulled(mixed.weights, start, pull) } : mixed;
}

/** Who teaches our samples: the models of the mix, each by its weight there, that of who has not answered falling to our own. */
function teachingOf({ evolution: { temperature } }: NtkMethod, { plan, own }: Mixing, models: ReadonlyMap<PeerId, Iterate>): Teaching {
  let { selfWeight } = plan;
  const others = plan.neighbours.flatMap(({ peer, weight }) => {
    const model = models.get(peer);
    if (!model) selfWeight += weight;
    return model ? [{ weights: model.weights, weight }] : [];
  });
  return { models: [{ weights: own.weights, weight: selfWeight }, ...others], temperature };
}

/** When all features are in: evolves the pool's logits in function space. @returns null before our own are. */
export function evolve(known: Known, activity: Linearising): Transition | null {
  const { method, plan, mixed, missed } = activity;
  const { self } = known.settings;
  if (!activity.features.has(self) || !known.inputs.has(self)) return null;
  const pool = [self, ...plan.neighbours.map(({ peer }) => peer)].flatMap((peer): PoolMember[] => {
    const answer = activity.features.get(peer);
    const inputs = known.inputs.get(peer);
    if (!answer || !inputs || !coversSamples(known.settings, inputs, answer)) return [];
    return [{ key: peer, ...inputs, ...answer }];
  });
  const answered = new Set(pool.map(({ key }) => key));
  const unusable = [...activity.features.keys()].filter((peer) => !answered.has(peer));
  const leftOut = new Set([...missed, ...unusable]);
  return {
    state: {
      known: { ...known, inputs: recentInputs(known, pool) },
      activity: { phase: 'evolve', method, plan, mixed, pool, waiting: new Set(), missed: leftOut },
    },
    effects: [{ type: 'evolve', round: plan.round, weights: mixed.weights, pool, method }],
  };
}

/** Those of the pool, and of the others those used last, as far as the budget goes. Who is met again is asked again. */
function recentInputs({ inputs, settings: { inputBudget } }: Known, pool: readonly PoolMember[]): Known['inputs'] {
  const used = new Set(pool.map(({ key }) => key));
  const isUsed = ([peer]: readonly [PeerId, OwnedInputs]) => used.has(peer);
  const others = [...inputs].filter((entry) => !isUsed(entry));
  const kept = [...inputs].filter(isUsed);
  let bytes = kept.reduce((sum, [, owned]) => sum + inputBytes(owned.inputs), 0);
  for (const entry of others.toReversed()) {
    bytes += inputBytes(entry[1].inputs);
    if (bytes > inputBudget) break;
    kept.unshift(entry);
  }
  return new Map(kept);
}

/** Whether an owner's features are those of exactly its samples; a neighbour that answers otherwise is left out. */
function coversSamples(
  { features: widths, classes }: RoundSettings,
  { labels }: OwnedInputs,
  { features, teacher }: OwnerFeatures,
): boolean {
  const { hidden, jacobian, logits } = features;
  const isOf = (width: number, values: Float32Array | null | undefined) => (values?.length ?? 0) === labels.length * width;
  return (
    isOf(widths.jacobian, jacobian) &&
    isOf(widths.logits, logits) &&
    isOf(teacher ? classes : 0, teacher) &&
    widths.hidden.every((width, l) => isOf(width, hidden[l]))
  );
}

/** When the residuals are known: gives each owner its rows, unless we have all Jacobians ourselves. */
export function step(state: RoundState, round: number, evolution: Evolved): Transition {
  const { known, activity } = state;
  if (activity.phase !== 'evolve' || activity.plan.round !== round) return stay(state);
  const { method, plan, mixed, pool, missed } = activity;
  const { run, self, hasJacobians, classes } = known.settings;
  const stepping = { phase: 'step', method, plan, mixed, pool, evolution, parts: new Map(), missed } as const;
  if (hasJacobians) {
    const { residual } = evolution;
    const effect: RoundEffect = { type: 'back-project', round, pool, residual };
    return { state: { known, activity: { ...stepping, waiting: new Set() } }, effects: [effect] };
  }
  const effects: RoundEffect[] = [];
  const waiting = new Set<PeerId>();
  const matrices = parts(evolution.residual, evolution.residual.length / choicesOf(method));
  let offset = 0;
  for (const { key: peer, labels } of pool) {
    const [first, end] = [offset, (offset += labels.length * classes)];
    const residual = concat(matrices.map((matrix) => matrix.subarray(first, end)));
    if (peer === self) effects.push({ type: 'pullback', round, weights: mixed.weights, residual });
    else {
      waiting.add(peer);
      effects.push({ type: 'send', to: peer, message: { type: 'residuals', run, round, residual } });
    }
  }
  effects.push({ type: 'await', round, phase: 'step', deadlines: 1, asked: [...waiting], here: [] });
  return { state: { known, activity: { ...stepping, waiting } }, effects };
}

/** When every part of the step is in: takes it, or chooses first where it is one of several. @returns null before our own is. */
export function finishStep(known: Known, activity: Stepping): Transition | null {
  const { parts: owned, ...rest } = activity;
  const { plan, mixed, pool, evolution, method } = rest;
  if (!owned.has(known.settings.self)) return null;
  // In the pool's order, not in that of arrival: the same seed gives the same sum.
  const inOrder = pool.flatMap(({ key }) => owned.get(key) ?? []);
  const all = scaledSum(inOrder, -evolution.scale);
  const steps = parts(all, all.length / choicesOf(method));
  const choosing: Choosing = { ...rest, phase: 'choose', steps };
  if (steps.length === 1) return take(known, choosing, 0);
  return {
    state: { known, activity: choosing },
    effects: [{ type: 'choose', round: plan.round, weights: mixed.weights, steps }],
  };
}

/** When it is known which step is the best. */
export function choose(state: RoundState, round: number, choice: number): Transition {
  const { known, activity } = state;
  return activity.phase === 'choose' && activity.plan.round === round ? take(known, activity, choice) : stay(state);
}

/** Takes a step, with the outer momentum. */
function take(known: Known, activity: Choosing, choice: number): Transition {
  const { method, plan, mixed, pool, steps, missed } = activity;
  const delta = steps[choice]!;
  const evolution = evolutionTo(activity, choice);
  const iterate = momentumStep(mixed, delta, method.momentum);
  const { self, sharesSamples } = known.settings;
  const mixing = plan.neighbours.map(({ peer }) => peer).filter((peer) => !missed.has(peer));
  const neighbours = sharesSamples ? pool.map(({ key }) => key).filter((key) => key !== self) : mixing;
  const result: RoundResult = { round: plan.round, iterate, delta, evolution, neighbours, missed: [...missed], late: mixed.late };
  return { state: { known, activity: { phase: 'idle' } }, effects: [{ type: 'finish', result }] };
}

/** The evolution that led to a step. */
function evolutionTo({ evolution, steps }: Choosing, choice: number): Evolved {
  const of = (matrices: Float32Array) => parts(matrices, matrices.length / steps.length)[choice]!;
  return { ...evolution, residual: of(evolution.residual), logits: of(evolution.logits) };
}

/** Keeps an owner's mean input, until the sketch's centre is known. */
export function learnMean(state: RoundState, owner: PeerId, mean: Float32Array): RoundState {
  const { known } = state;
  return known.centre ? state : { ...state, known: { ...known, means: withEntry(known.means, owner, mean) } };
}

/** Keeps an owner's labels and inputs for the run. */
export function learnInputs(state: RoundState, owner: PeerId, { labels, inputs }: OwnedInputs): RoundState {
  return { ...state, known: { ...state.known, inputs: withEntry(state.known.inputs, owner, { labels, inputs }) } };
}

/** Takes an owner's features at w̄, if they are due in this round. */
export function learnFeatures(state: RoundState, owner: PeerId, round: number, { features, teacher }: OwnerFeatures): RoundState {
  const { activity, known } = state;
  if (activity.phase !== 'linearise' || !isDue(activity, known, owner, round)) return state;
  const waiting = without(activity.waiting, owner);
  return { known, activity: { ...activity, features: withEntry(activity.features, owner, { features, teacher }), waiting } };
}

/** Takes an owner's J_pᵀ R_p, if it is due in this round. */
export function learnPart(state: RoundState, owner: PeerId, round: number, part: Float32Array): RoundState {
  const { activity, known } = state;
  if (activity.phase !== 'step' || !isDue(activity, known, owner, round)) return state;
  const waiting = without(activity.waiting, owner);
  return { known, activity: { ...activity, parts: withEntry(activity.parts, owner, part), waiting } };
}

const isDue = ({ plan, waiting }: Working, { settings }: Known, owner: PeerId, round: number) =>
  plan.round === round && (owner === settings.self || waiting.has(owner));
