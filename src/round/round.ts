/**
 * The asking side of a round at client i, as a pure machine: (state, event) -> (state, effects). Every method mixes; what
 * comes before and after is its own.
 *
 *   descend    computed here                           gradient methods: steps from w_i on the own samples
 *   mix        weights out, weights in                 w̄ = Σ m_ij w_j,  v̄ = Σ m_ij v_j
 *   linearise  w̄ out, features in                      what the kernel needs of every sample in the pool, at w̄
 *   evolve     computed here                           residuals R
 *   step       R's rows out, Jᵀ R in                   Δ = -(η/N) Σ J_pᵀ R_p;  v = μ v̄ + Δ;  w = w̄ + Δ + μ v
 *   choose     computed here                           where R comes at several times: the Δ of the lowest own loss
 *
 * SPARK (arXiv 2512.12737) goes from mix to step; NTK-DFL (arXiv 2410.01922) is μ = 0, λ = 0. DFedAvg(M) (arXiv 2104.11375)
 * descends and mixes what came of it; D-PSGD (arXiv 1705.09056) mixes w_i while it descends and adds both. A phase ends when
 * every neighbour it waits for has answered, left, declined or missed its deadline; nobody else is waited for. Who missed a
 * phase is left out of the rest of the round. The machine owns no clock, socket or tensor: `effects` say what its driver must do.
 */

import { add } from '../math/vectors.ts';
import { messages, type WeightsMessage } from '../protocol/messages.ts';
import { sendsVelocity } from '../settings/method.ts';
import type { PeerId } from '../transport/transport.ts';
import { finishMix } from './gradient.ts';
import type { Iterate } from './iterate.ts';
import { keepWeights, stillUnmixed } from './late.ts';
import { choose, evolve, finishStep, learnFeatures, learnInputs, learnMean, learnPart, linearise, step } from './ntk.ts';
import {
  stay,
  withEntry,
  without,
  type Mixing,
  type OwnedInputs,
  type Plan,
  type RoundEffect,
  type RoundEvent,
  type RoundMessage,
  type RoundSettings,
  type RoundState,
  type Transition,
  isAwaited,
} from './state.ts';

/** `own`: our samples' mean and, where they need not be sketched, the inputs; null with a gradient method. */
export function initialRoundState(
  settings: RoundSettings,
  own: { readonly mean: Float32Array; readonly inputs: OwnedInputs | null } | null,
): RoundState {
  return {
    known: {
      settings,
      centre: null,
      means: new Map(own ? [[settings.self, own.mean]] : []),
      inputs: new Map(own?.inputs ? [[settings.self, own.inputs]] : []),
      introduced: new Set(),
      unmixed: new Map(),
    },
    activity: { phase: 'idle' },
  };
}

/**
 * The round to begin after `finished`: the next, or, for a client that fell behind, the first that some neighbour has not left
 * behind. Who is no neighbour in a round may be ahead of it without having left anyone out.
 */
export function nextRound(state: RoundState, finished: number, neighboursIn: (round: number) => readonly PeerId[]): number {
  const next = finished + 1;
  const ahead = neighboursIn(next)
    .flatMap((peer) => state.known.unmixed.get(peer)?.round ?? [])
    .filter((round) => round >= next);
  return ahead.length > 0 && !ahead.includes(next) ? nextRound(state, next, neighboursIn) : next;
}

/** The machine's next state, and what its driver is to do. What comes late, doubled or from a stranger changes nothing. */
export function advanceRound(state: RoundState, event: RoundEvent): Transition {
  switch (event.type) {
    case 'begin':
      return begin(state, event.plan, event.own);
    case 'message':
      return receive(state, event.from, event.message);
    case 'lost':
      return proceed(leaveOut(forget(state, event.peer), event.peer));
    case 'deadline': {
      const { activity } = state;
      if (activity.phase !== event.phase || activity.plan.round !== event.round) return stay(state);
      return proceed(event.late.reduce(leaveOut, state));
    }
    case 'descended':
      return descended(state, event.round, event.change);
    case 'own-inputs':
      return proceed(learnInputs(state, state.known.settings.self, event.inputs));
    case 'own-features':
      return proceed(learnFeatures(state, state.known.settings.self, event.round, event.features));
    case 'evolved':
      return step(state, event.round, event.evolution);
    case 'chosen':
      return choose(state, event.round, event.choice);
    case 'own-step':
      return proceed(learnPart(state, state.known.settings.self, event.round, event.step));
  }
}

function begin(state: RoundState, plan: Plan, own: Iterate): Transition {
  const { known } = state;
  const { method } = known.settings;
  if (method.kind === 'ntk') return startMix(state, plan, own, null);
  const descend = { type: 'descend', round: plan.round, weights: own.weights, method } as const;
  if (method.order === 'mix-plus-step') return startMix(state, plan, own, null, [descend]);
  return {
    state: { known, activity: { phase: 'descend', plan, own, waiting: new Set(), missed: new Set() } },
    effects: [descend],
  };
}

function descended(state: RoundState, round: number, change: Float32Array): Transition {
  const { known, activity } = state;
  if (activity.phase === 'idle' || activity.plan.round !== round) return stay(state);
  if (activity.phase === 'mix') return proceed({ known, activity: { ...activity, descent: change } });
  if (activity.phase !== 'descend') return stay(state);
  const { plan, own } = activity;
  return startMix(state, plan, { weights: add(own.weights, change), velocity: null }, change);
}

/** Sends `own` to the neighbours and counts who is there already. */
function startMix(
  { known }: RoundState,
  plan: Plan,
  own: Iterate,
  descent: Float32Array | null,
  before: readonly RoundEffect[] = [],
): Transition {
  const { round } = plan;
  const { run, inputs, method } = known.settings;
  const effects = [...before];
  const answers = new Map<PeerId, Iterate>();
  const waiting = new Set<PeerId>();
  const missed = new Set<PeerId>();
  const introduced = new Set(known.introduced);
  const velocity = sendsVelocity(method) ? own.velocity : null;
  const message = { type: 'weights', run, round, weights: own.weights, velocity } as const;
  for (const { peer } of plan.neighbours) {
    if (inputs === 'sketch' && !introduced.has(peer)) {
      introduced.add(peer);
      effects.push({ type: 'introduce', to: peer });
    }
    effects.push({ type: 'send', to: peer, message });
    const early = known.unmixed.get(peer);
    if (early?.round === round) answers.set(peer, early);
    else if (early && early.round > round) missed.add(peer);
    else waiting.add(peer);
  }
  effects.push({ type: 'await', round, phase: 'mix', deadlines: 1, asked: [...waiting], here: [...answers.keys()] });
  const activity: Mixing = { phase: 'mix', plan, own, answers, descent, waiting, missed };
  return proceed({ known: { ...known, introduced, unmixed: stillUnmixed(known, round) }, activity }, effects);
}

function receive(state: RoundState, from: PeerId, message: RoundMessage): Transition {
  switch (message.type) {
    case 'mean':
      return stay(learnMean(state, from, message.mean));
    case 'inputs':
      return stay(learnInputs(state, from, message));
    case 'weights':
      return receiveWeights(state, from, message);
    case 'features':
      return proceed(learnFeatures(state, from, message.round, message));
    case 'step':
      return proceed(learnPart(state, from, message.round, message.step));
    case 'decline': {
      const { activity } = state;
      const { phase } = messages[message.of].terms;
      return activity.phase === phase && activity.plan.round === message.round ? proceed(leaveOut(state, from)) : stay(state);
    }
  }
}

function receiveWeights(state: RoundState, from: PeerId, message: WeightsMessage): Transition {
  const { known, activity } = state;
  const current = activity.phase === 'idle' ? -1 : activity.plan.round;
  const kept = { ...state, known: keepWeights(known, from, message) };
  if (message.round > current) {
    // Messages of a peer arrive in order: one that is ahead will never send this round's weights.
    return activity.phase === 'mix' ? proceed(leaveOut(kept, from)) : stay(kept);
  }
  const isNeighbour = activity.phase !== 'idle' && activity.plan.neighbours.some(({ peer }) => peer === from);
  if (message.round < current || !isNeighbour) {
    // It counts on us for a round in which we do not count on it.
    const decline = { type: 'decline', of: 'weights', run: message.run, round: message.round } as const;
    return { state: isNeighbour ? kept : state, effects: [{ type: 'send', to: from, message: decline }] };
  }
  if (activity.phase === 'descend') return stay(kept);
  if (activity.phase !== 'mix' || !activity.waiting.has(from)) return stay(activity.missed.has(from) ? kept : state);
  const answered = { ...activity, answers: withEntry(activity.answers, from, message), waiting: without(activity.waiting, from) };
  return proceed({ known, activity: answered });
}

/** A lost peer may come back as a stranger to us: only what cannot go stale is kept. */
function forget({ known, activity }: RoundState, peer: PeerId): RoundState {
  const unmixed = new Map(known.unmixed);
  unmixed.delete(peer);
  return { known: { ...known, unmixed, introduced: without(known.introduced, peer) }, activity };
}

function leaveOut(state: RoundState, peer: PeerId): RoundState {
  const { activity, known } = state;
  if (activity.phase === 'idle' || !activity.waiting.has(peer)) return state;
  return {
    known,
    activity: { ...activity, waiting: without(activity.waiting, peer), missed: new Set([...activity.missed, peer]) },
  };
}

/** Goes on to the next phase when nobody is waited for any more. */
function proceed(state: RoundState, before: readonly RoundEffect[] = []): Transition {
  const { activity } = state;
  const isDone = activity.phase !== 'idle' && [...activity.waiting].every((peer) => !isAwaited(activity, peer));
  const next = isDone ? nextPhase([...activity.waiting].reduce(leaveOut, state)) : null;
  return next ? { state: next.state, effects: [...before, ...next.effects] } : { state, effects: before };
}

/** @returns null while our own part of the phase is being computed. */
function nextPhase(state: RoundState): Transition | null {
  const { known, activity } = state;
  const { method } = known.settings;
  switch (activity.phase) {
    case 'mix':
      return method.kind === 'ntk' ? linearise(known, method, activity) : finishMix(known, method, activity);
    case 'linearise':
      return evolve(known, activity);
    case 'step':
      return finishStep(known, activity);
    default:
      return null;
  }
}
