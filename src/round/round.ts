import type { InputFeatures, PoolMember } from '../ntk/pool.ts';
import type {
  DeclineMessage,
  FactorsMessage,
  InputsMessage,
  MeanMessage,
  Message,
  StepMessage,
  WeightsMessage,
} from '../protocol/messages.ts';
import { mix, momentumStep, scaledSum, weightedMean, type Iterate } from './iterate.ts';

/**
 * The asking side of a round at client i, as a pure machine: (state, event) -> (state, effects).
 *
 *   mix        weights out, weights in                 w̄ = Σ m_ij w_j,  v̄ = Σ m_ij v_j
 *   linearise  w̄ out, factors in                       what the kernel needs of every sample in the pool, at w̄
 *   evolve     computed here                           residuals R
 *   step       R's rows out, Jᵀ R in                   Δ = -(η/N) Σ J_pᵀ R_p;  v = μ v̄ + Δ;  w = w̄ + Δ + μ v
 *
 * (SPARK, arXiv 2512.12737; NTK-DFL, arXiv 2410.01922, is μ = 0, λ = 0.) A phase ends when every neighbour it waits for has
 * answered, left, declined or missed the deadline; nobody else is waited for. Who missed a phase is left out of the rest
 * of the round. The machine owns no clock, socket or tensor: `effects` say what its driver must do.
 */

type Peer = string;

/** Everything that stays the same for a run. */
export interface RoundSettings {
  readonly run: string;
  readonly self: Peer;
  readonly exchange: 'factors' | 'sketch';
  /** μ; 0 sends no velocity. */
  readonly momentum: number;
  /** The hidden layers' sizes. */
  readonly hidden: readonly number[];
}

/** One round's neighbourhood: mixing weights m_ij in the pool's order, m_ii apart. */
export interface Plan {
  readonly round: number;
  readonly selfWeight: number;
  readonly neighbours: readonly { readonly peer: Peer; readonly weight: number }[];
  /** Neighbours that cannot be reached: missed from the outset. */
  readonly unreachable: ReadonlySet<Peer>;
}

export interface OwnedInputs {
  readonly labels: Uint8Array;
  readonly inputs: InputFeatures;
}

export interface Evolution {
  /** R, N x C over the pool in its order. */
  readonly residual: Float32Array;
  /** f after S steps, N x C. */
  readonly logits: Float32Array;
  /** η. */
  readonly stepSize: number;
  /** K, N x N, when the driver was asked to keep it. */
  readonly kernel?: Float32Array;
}

/** What lasts from round to round. */
interface Known {
  readonly settings: RoundSettings;
  /** The sketch's centre μ: the mixed mean of the first pool's inputs. */
  readonly centre: Float32Array | null;
  readonly means: ReadonlyMap<Peer, Float32Array>;
  readonly inputs: ReadonlyMap<Peer, OwnedInputs>;
  /** Who has our mean. */
  readonly introduced: ReadonlySet<Peer>;
  /** The newest weights of each peer that is ahead of us. */
  readonly early: ReadonlyMap<Peer, WeightsMessage>;
}

interface Working {
  readonly plan: Plan;
  /** Who has still to answer in this phase. */
  readonly waiting: ReadonlySet<Peer>;
  readonly missed: ReadonlySet<Peer>;
}

interface Mixing extends Working {
  readonly phase: 'mix';
  readonly own: Iterate;
  readonly answers: ReadonlyMap<Peer, Iterate>;
}

interface Linearising extends Working {
  readonly phase: 'linearise';
  readonly mixed: Iterate;
  /** Hidden activations at w̄ by peer, our own among them. */
  readonly hidden: ReadonlyMap<Peer, readonly Float32Array[]>;
}

interface Evolving extends Working {
  readonly phase: 'evolve';
  readonly mixed: Iterate;
  readonly pool: readonly PoolMember[];
}

interface Stepping extends Working {
  readonly phase: 'step';
  readonly mixed: Iterate;
  readonly pool: readonly PoolMember[];
  readonly evolution: Evolution;
  /** J_pᵀ R_p by owner. */
  readonly parts: ReadonlyMap<Peer, Float32Array>;
}

type Activity = { readonly phase: 'idle' } | Mixing | Linearising | Evolving | Stepping;

export interface RoundState {
  readonly known: Known;
  readonly activity: Activity;
}

export type RoundMessage = MeanMessage | WeightsMessage | InputsMessage | FactorsMessage | StepMessage | DeclineMessage;
export type WaitingPhase = 'mix' | 'linearise' | 'step';

export type RoundEvent =
  | { readonly type: 'begin'; readonly plan: Plan; readonly own: Iterate }
  | { readonly type: 'message'; readonly from: Peer; readonly message: RoundMessage }
  /** The peer left or its channel closed. */
  | { readonly type: 'lost'; readonly peer: Peer }
  | { readonly type: 'deadline'; readonly round: number; readonly phase: WaitingPhase }
  /** Answers to our own effects. */
  | { readonly type: 'own-inputs'; readonly inputs: OwnedInputs }
  | { readonly type: 'own-features'; readonly round: number; readonly hidden: readonly Float32Array[] }
  | { readonly type: 'evolved'; readonly round: number; readonly evolution: Evolution }
  | { readonly type: 'own-step'; readonly round: number; readonly step: Float32Array };

export interface RoundResult {
  readonly round: number;
  readonly iterate: Iterate;
  /** Δ. */
  readonly delta: Float32Array;
  readonly evolution: Evolution;
  readonly neighbours: readonly Peer[];
  readonly missed: readonly Peer[];
}

export type RoundEffect =
  | { readonly type: 'send'; readonly to: Peer; readonly message: Message }
  /** Call back with a `deadline` event if the machine is still in this phase when the time is up. */
  | { readonly type: 'await'; readonly round: number; readonly phase: WaitingPhase }
  /** Sketch our own inputs around this centre. */
  | { readonly type: 'sketch-inputs'; readonly centre: Float32Array }
  /** Send our mean: the driver knows the inputs. */
  | { readonly type: 'introduce'; readonly to: Peer }
  | { readonly type: 'features'; readonly round: number; readonly weights: Float32Array }
  | { readonly type: 'evolve'; readonly round: number; readonly weights: Float32Array; readonly pool: readonly PoolMember[] }
  | { readonly type: 'pullback'; readonly round: number; readonly weights: Float32Array; readonly residual: Float32Array }
  | { readonly type: 'finish'; readonly result: RoundResult };

export interface Transition {
  readonly state: RoundState;
  readonly effects: readonly RoundEffect[];
}

/** `ownInputs`: with exchange `factors` our exact inputs; with `sketch` null until the centre is known. */
export function initialRoundState(settings: RoundSettings, ownMean: Float32Array, ownInputs: OwnedInputs | null): RoundState {
  return {
    known: {
      settings,
      centre: null,
      means: new Map([[settings.self, ownMean]]),
      inputs: new Map(ownInputs ? [[settings.self, ownInputs]] : []),
      introduced: new Set(),
      early: new Map(),
    },
    activity: { phase: 'idle' },
  };
}

/**
 * The round to begin after `finished`: the next, or, for a client that fell behind, the one where the slowest of the
 * neighbours ahead of it is now.
 */
export function nextRound(state: RoundState, finished: number): number {
  const ahead = [...state.known.early.values()].map((message) => message.round).filter((round) => round > finished);
  return ahead.length > 0 ? Math.min(...ahead) : finished + 1;
}

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
      return proceed([...activity.waiting].reduce(leaveOut, state));
    }
    case 'own-inputs':
      return proceed(learnInputs(state, state.known.settings.self, event.inputs));
    case 'own-features':
      return proceed(learnHidden(state, state.known.settings.self, event.round, event.hidden));
    case 'evolved':
      return step(state, event.round, event.evolution);
    case 'own-step':
      return proceed(learnPart(state, state.known.settings.self, event.round, event.step));
  }
}

const stay = (state: RoundState): Transition => ({ state, effects: [] });

function withEntry<K, V>(map: ReadonlyMap<K, V>, key: K, value: V): ReadonlyMap<K, V> {
  return new Map(map).set(key, value);
}

function without<T>(set: ReadonlySet<T>, item: T): ReadonlySet<T> {
  const rest = new Set(set);
  rest.delete(item);
  return rest;
}

function begin({ known }: RoundState, plan: Plan, own: Iterate): Transition {
  const { round } = plan;
  const { run, exchange } = known.settings;
  const effects: RoundEffect[] = [];
  const answers = new Map<Peer, Iterate>();
  const waiting = new Set<Peer>();
  const missed = new Set<Peer>();
  const introduced = new Set(known.introduced);
  const message = { type: 'weights', run, round, ...own } as const;
  for (const { peer } of plan.neighbours) {
    if (exchange === 'sketch' && !introduced.has(peer)) {
      introduced.add(peer);
      effects.push({ type: 'introduce', to: peer });
    }
    effects.push({ type: 'send', to: peer, message });
    const early = known.early.get(peer);
    if (early?.round === round) answers.set(peer, early);
    else if (plan.unreachable.has(peer) || (early && early.round > round)) missed.add(peer);
    else waiting.add(peer);
  }
  const stillEarly = new Map([...known.early].filter(([, message]) => message.round > round));
  effects.push({ type: 'await', round, phase: 'mix' });
  const activity: Mixing = { phase: 'mix', plan, own, answers, waiting, missed };
  return proceed({ known: { ...known, introduced, early: stillEarly }, activity }, effects);
}

function receive(state: RoundState, from: Peer, message: RoundMessage): Transition {
  switch (message.type) {
    case 'mean':
      return stay({ ...state, known: { ...state.known, means: withEntry(state.known.means, from, message.mean) } });
    case 'inputs':
      return stay(learnInputs(state, from, message));
    case 'weights':
      return receiveWeights(state, from, message);
    case 'factors':
      return proceed(learnHidden(state, from, message.round, message.hidden));
    case 'step':
      return proceed(learnPart(state, from, message.round, message.step));
    case 'decline': {
      const { activity } = state;
      const declined = message.of === 'weights' ? 'mix' : 'step';
      return activity.phase === declined && activity.plan.round === message.round ? proceed(leaveOut(state, from)) : stay(state);
    }
  }
}

function receiveWeights(state: RoundState, from: Peer, message: WeightsMessage): Transition {
  const { known, activity } = state;
  const current = activity.phase === 'idle' ? -1 : activity.plan.round;
  if (message.round > current) {
    const ahead = { ...state, known: { ...known, early: withEntry(known.early, from, message) } };
    // Messages of a peer arrive in order: one that is ahead will never send this round's weights.
    return activity.phase === 'mix' ? proceed(leaveOut(ahead, from)) : stay(ahead);
  }
  const isNeighbour = activity.phase !== 'idle' && activity.plan.neighbours.some(({ peer }) => peer === from);
  if (message.round < current || !isNeighbour) {
    // It counts on us for a round in which we do not count on it.
    const decline = { type: 'decline', of: 'weights', run: message.run, round: message.round } as const;
    return { state, effects: [{ type: 'send', to: from, message: decline }] };
  }
  if (activity.phase !== 'mix' || !activity.waiting.has(from)) return stay(state);
  const answered = { ...activity, answers: withEntry(activity.answers, from, message), waiting: without(activity.waiting, from) };
  return proceed({ known, activity: answered });
}

function learnInputs(state: RoundState, owner: Peer, { labels, inputs }: OwnedInputs): RoundState {
  return { ...state, known: { ...state.known, inputs: withEntry(state.known.inputs, owner, { labels, inputs }) } };
}

function learnHidden(state: RoundState, owner: Peer, round: number, hidden: readonly Float32Array[]): RoundState {
  const { activity, known } = state;
  if (activity.phase !== 'linearise' || activity.plan.round !== round || !isDue(activity, owner, known.settings.self)) return state;
  return { known, activity: { ...activity, hidden: withEntry(activity.hidden, owner, hidden), waiting: without(activity.waiting, owner) } };
}

function learnPart(state: RoundState, owner: Peer, round: number, part: Float32Array): RoundState {
  const { activity, known } = state;
  if (activity.phase !== 'step' || activity.plan.round !== round || !isDue(activity, owner, known.settings.self)) return state;
  return { known, activity: { ...activity, parts: withEntry(activity.parts, owner, part), waiting: without(activity.waiting, owner) } };
}

const isDue = (activity: Working, peer: Peer, self: Peer) => peer === self || activity.waiting.has(peer);

/** A lost peer may come back as a stranger to us: only what cannot go stale is kept. */
function forget({ known, activity }: RoundState, peer: Peer): RoundState {
  const early = new Map(known.early);
  early.delete(peer);
  return { known: { ...known, early, introduced: without(known.introduced, peer) }, activity };
}

function leaveOut(state: RoundState, peer: Peer): RoundState {
  const { activity, known } = state;
  if (activity.phase === 'idle' || !activity.waiting.has(peer)) return state;
  return {
    known,
    activity: { ...activity, waiting: without(activity.waiting, peer), missed: new Set([...activity.missed, peer]) },
  };
}

/** Goes on to the next phase when nothing is awaited any more. */
function proceed(state: RoundState, before: readonly RoundEffect[] = []): Transition {
  const { activity } = state;
  const prefixed = ({ state: next, effects }: Transition): Transition => ({ state: next, effects: [...before, ...effects] });
  if (activity.phase === 'mix' && activity.waiting.size === 0) return prefixed(linearise(state.known, activity));
  if (activity.phase === 'linearise' && activity.waiting.size === 0) return prefixed(evolve(state.known, activity));
  if (activity.phase === 'step' && activity.waiting.size === 0) return prefixed(finish(state.known, activity));
  return { state, effects: before };
}

function linearise(known: Known, { plan, own, answers, missed }: Mixing): Transition {
  const { run, self, exchange } = known.settings;
  const present = plan.neighbours.filter(({ peer }) => answers.has(peer));
  const mixed = mix(own, plan.selfWeight, plan.neighbours.map(({ peer, weight }) => ({ iterate: answers.get(peer) ?? own, weight })));
  const effects: RoundEffect[] = [];

  let { centre } = known;
  if (exchange === 'sketch' && !centre) {
    const members = [{ peer: self, weight: plan.selfWeight }, ...present].flatMap(({ peer, weight }) => {
      const mean = known.means.get(peer);
      return mean ? [{ vector: mean, weight }] : [];
    });
    centre = weightedMean(members);
    effects.push({ type: 'sketch-inputs', centre });
  }
  for (const { peer } of present) {
    const wantsInputs = !known.inputs.has(peer);
    const asked = { wantsInputs, centre: wantsInputs ? centre : null };
    effects.push({ type: 'send', to: peer, message: { type: 'mixed', run, round: plan.round, weights: mixed.weights, ...asked } });
  }
  effects.push({ type: 'features', round: plan.round, weights: mixed.weights }, { type: 'await', round: plan.round, phase: 'linearise' });
  const waiting = new Set(present.map(({ peer }) => peer));
  return { state: { known: { ...known, centre }, activity: { phase: 'linearise', plan, mixed, hidden: new Map(), waiting, missed } }, effects };
}

function evolve(known: Known, activity: Linearising): Transition {
  const { plan, mixed, hidden, missed } = activity;
  const { self } = known.settings;
  if (!hidden.has(self) || !known.inputs.has(self)) return stay({ known, activity });
  const pool = [self, ...plan.neighbours.map(({ peer }) => peer)].flatMap((peer): PoolMember[] => {
    const activations = hidden.get(peer);
    const inputs = known.inputs.get(peer);
    if (!activations || !inputs || !coversSamples(known.settings, inputs, activations)) return [];
    return [{ key: peer, ...inputs, hidden: activations }];
  });
  const answered = new Set(pool.map(({ key }) => key));
  const unusable = [...hidden.keys()].filter((peer) => !answered.has(peer));
  return {
    state: { known, activity: { phase: 'evolve', plan, mixed, pool, waiting: new Set(), missed: new Set([...missed, ...unusable]) } },
    effects: [{ type: 'evolve', round: plan.round, weights: mixed.weights, pool }],
  };
}

/** Whether an owner's activations are those of exactly its samples; a neighbour that answers otherwise is left out. */
function coversSamples({ hidden: sizes }: RoundSettings, { labels }: OwnedInputs, hidden: readonly Float32Array[]): boolean {
  return sizes.every((size, l) => hidden[l]?.length === labels.length * size);
}

function step(state: RoundState, round: number, evolution: Evolution): Transition {
  const { known, activity } = state;
  if (activity.phase !== 'evolve' || activity.plan.round !== round) return stay(state);
  const { plan, mixed, pool, missed } = activity;
  const { run, self } = known.settings;
  const classes = evolution.residual.length / pool.reduce((sum, { labels }) => sum + labels.length, 0);
  const effects: RoundEffect[] = [];
  const waiting = new Set<Peer>();
  let offset = 0;
  for (const { key: peer, labels } of pool) {
    const residual = evolution.residual.slice(offset, (offset += labels.length * classes));
    if (peer === self) effects.push({ type: 'pullback', round, weights: mixed.weights, residual });
    else {
      waiting.add(peer);
      effects.push({ type: 'send', to: peer, message: { type: 'residuals', run, round, residual } });
    }
  }
  effects.push({ type: 'await', round, phase: 'step' });
  return { state: { known, activity: { phase: 'step', plan, mixed, pool, evolution, parts: new Map(), waiting, missed } }, effects };
}

function finish(known: Known, activity: Stepping): Transition {
  const { plan, mixed, pool, evolution, parts, missed } = activity;
  if (!parts.has(known.settings.self)) return stay({ known, activity });
  const samples = pool.reduce((sum, { labels }) => sum + labels.length, 0);
  // In the pool's order, not in that of arrival: the same seed gives the same sum.
  const inOrder = pool.flatMap(({ key }) => parts.get(key) ?? []);
  const delta = scaledSum(inOrder, -evolution.stepSize / samples);
  const iterate = momentumStep(mixed, delta, known.settings.momentum);
  const neighbours = pool.map(({ key }) => key).filter((key) => key !== known.settings.self);
  const result: RoundResult = { round: plan.round, iterate, delta, evolution, neighbours, missed: [...missed] };
  return { state: { known, activity: { phase: 'idle' } }, effects: [{ type: 'finish', result }] };
}
