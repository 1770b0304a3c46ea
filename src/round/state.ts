/** What the machine of `round.ts` knows, hears and asks for. */

import type { FeatureWidths } from '../model/model.ts';
import type { Teaching } from '../ntk/engine.ts';
import type { Evolved } from '../ntk/evolution.ts';
import type { OwnerFeatures, InputFeatures, PoolMember } from '../ntk/pool.ts';
import type { KindsTakenBy, Message, WeightsMessage } from '../protocol/messages.ts';
import type { GradientMethod, Method, NtkMethod } from '../settings/method.ts';
import type { KernelInputs } from '../settings/settings.ts';
import type { PeerId } from '../transport/transport.ts';
import type { Iterate } from './iterate.ts';
import type { Aggregation } from './robust.ts';

/** Everything that stays the same for a run. */
export interface RoundSettings {
  readonly run: string;
  readonly self: PeerId;
  readonly method: Method;
  /** How the mix averages. */
  readonly aggregation: Aggregation;
  /** What a kernel gets of the pool's inputs. */
  readonly inputs: KernelInputs;
  /** Whether the pool is the whole neighbourhood's samples, and not this client's own alone. */
  readonly sharesSamples: boolean;
  /** w⁰, which all clients of the run started from; null where each had its own. */
  readonly start: Float32Array | null;
  /** Of all founders together. */
  readonly samples: number;
  /** Of each sample, with an NTK method. */
  readonly features: FeatureWidths;
  /** C. */
  readonly classes: number;
  /** Whether features have whole Jacobians: the step then needs nobody else. */
  readonly hasJacobians: boolean;
  /** Bytes of inputs that may be kept from round to round; a pool's own are kept in any case. */
  readonly inputBudget: number;
}

/** One round's neighbourhood: mixing weights m_ij in the pool's order, m_ii apart. */
export interface Plan {
  readonly round: number;
  readonly selfWeight: number;
  readonly neighbours: readonly { readonly peer: PeerId; readonly weight: number }[];
  /** Neighbours that are asked but not waited for, by phase: their answers count if they are there when all others are. */
  readonly unawaited: Readonly<Record<WaitingPhase, ReadonlySet<PeerId>>>;
}

/** What an owner gives of its samples once a run. */
export interface OwnedInputs {
  readonly labels: Uint8Array;
  /** Null where the kernel needs nothing of them. */
  readonly inputs: InputFeatures | null;
}

/** What lasts from round to round. */
export interface Known {
  readonly settings: RoundSettings;
  /** The sketch's centre μ: the mixed mean of the first pool's inputs. */
  readonly centre: Float32Array | null;
  /** Of whoever has sent its own, until the centre is known. */
  readonly means: ReadonlyMap<PeerId, Float32Array>;
  /** In the order of their last use. */
  readonly inputs: ReadonlyMap<PeerId, OwnedInputs>;
  /** Who has our mean. */
  readonly introduced: ReadonlySet<PeerId>;
  /** The newest weights of each peer that came before their mix, as it is ahead of us, or after it (`late.ts`). */
  readonly unmixed: ReadonlyMap<PeerId, WeightsMessage>;
}

/** What every phase of a round has. */
export interface Working {
  readonly plan: Plan;
  /** Who has still to answer in this phase. */
  readonly waiting: ReadonlySet<PeerId>;
  readonly missed: ReadonlySet<PeerId>;
}

/** Own gradient steps that come before the mix. */
export interface Descending extends Working {
  readonly phase: 'descend';
  readonly own: Iterate;
}

/** Weights are out; the neighbours' come in. */
export interface Mixing extends Working {
  readonly phase: 'mix';
  /** What the neighbours were sent. */
  readonly own: Iterate;
  readonly answers: ReadonlyMap<PeerId, Iterate>;
  /** With a gradient method, the change that our own gradient steps made, once they are done. */
  readonly descent: Float32Array | null;
}

/** w̄ and v̄. */
interface Mixed extends Iterate {
  /** Neighbours that have not answered, and of whom it has weights that came late. */
  readonly late: readonly PeerId[];
}

/** After the mix, in the phases of an NTK method. */
interface Linearised extends Working {
  readonly method: NtkMethod;
  readonly mixed: Mixed;
}

/** w̄ is out; the features of the pool's samples come in. */
export interface Linearising extends Linearised {
  readonly phase: 'linearise';
  /** At w̄, by peer, our own among them. */
  readonly features: ReadonlyMap<PeerId, OwnerFeatures>;
}

/** The pool is complete, and its residuals are being computed. */
export interface Evolving extends Linearised {
  readonly phase: 'evolve';
  readonly pool: readonly PoolMember[];
}

/** The residuals are out; each owner's part of the step comes in. */
export interface Stepping extends Linearised {
  readonly phase: 'step';
  readonly pool: readonly PoolMember[];
  readonly evolution: Evolved;
  /** J_pᵀ R_p by owner, of each R that there is; where we have all Jacobians, their sum as our own. */
  readonly parts: ReadonlyMap<PeerId, Float32Array>;
}

/** Every step that there is to choose from is made, and the choice is being computed. */
export interface Choosing extends Omit<Stepping, 'phase' | 'parts'> {
  readonly phase: 'choose';
  /** Δ of each. */
  readonly steps: readonly Float32Array[];
}

type Activity = { readonly phase: 'idle' } | Descending | Mixing | Linearising | Evolving | Stepping | Choosing;

/** The machine between two events: plain data, never changed in place. */
export interface RoundState {
  readonly known: Known;
  readonly activity: Activity;
}

/** What the asking side takes; the rest goes to the samples' owner (`owner.ts`). */
export type RoundMessage = Message<KindsTakenBy<'round'>>;
/** The phases that wait for neighbours, and so have a deadline. */
export type WaitingPhase = 'mix' | 'linearise' | 'step';

/** What the machine hears. */
export type RoundEvent =
  | { readonly type: 'begin'; readonly plan: Plan; readonly own: Iterate }
  | { readonly type: 'message'; readonly from: PeerId; readonly message: RoundMessage }
  /** The peer left or its channel closed. */
  | { readonly type: 'lost'; readonly peer: PeerId }
  /** These have not answered in their time. */
  | { readonly type: 'deadline'; readonly round: number; readonly phase: WaitingPhase; readonly late: readonly PeerId[] }
  /** Answers to our own effects. */
  | { readonly type: 'descended'; readonly round: number; readonly change: Float32Array }
  | { readonly type: 'own-inputs'; readonly inputs: OwnedInputs }
  | { readonly type: 'own-features'; readonly round: number; readonly features: OwnerFeatures }
  | { readonly type: 'evolved'; readonly round: number; readonly evolution: Evolved }
  | { readonly type: 'own-step'; readonly round: number; readonly step: Float32Array }
  | { readonly type: 'chosen'; readonly round: number; readonly choice: number };

/** What a round came to. */
export interface RoundResult {
  readonly round: number;
  readonly iterate: Iterate;
  /** Δ: of an NTK method what the kernel gave, of a gradient method what the own steps changed. */
  readonly delta: Float32Array;
  /** Null with a gradient method. */
  readonly evolution: Evolved | null;
  readonly neighbours: readonly PeerId[];
  readonly missed: readonly PeerId[];
  /** Those of the missed of whom weights that came late were mixed. */
  readonly late: readonly PeerId[];
}

/** What the machine asks its driver for. */
export type RoundEffect =
  | { readonly type: 'send'; readonly to: PeerId; readonly message: Message }
  /** Call back with a `deadline` event when neighbours have not answered in this phase after so many times a deadline, or sooner. */
  | {
      readonly type: 'await';
      readonly round: number;
      readonly phase: WaitingPhase;
      readonly deadlines: number;
      /** Who has to answer, */
      readonly asked: readonly PeerId[];
      /** and who had answered before it was asked. */
      readonly here: readonly PeerId[];
    }
  /** Go down the gradient of our own samples from these weights. */
  | { readonly type: 'descend'; readonly round: number; readonly weights: Float32Array; readonly method: GradientMethod }
  /** Sketch our own inputs around this centre. */
  | { readonly type: 'sketch-inputs'; readonly centre: Float32Array }
  /** Send our mean: the driver knows the inputs. */
  | { readonly type: 'introduce'; readonly to: PeerId }
  /** The features of our own samples; where neighbours teach, the teacher's logits first, because neighbours wait for them. */
  | { readonly type: 'features'; readonly round: number; readonly weights: Float32Array; readonly teaching: Teaching | null }
  | {
      readonly type: 'evolve';
      readonly round: number;
      readonly weights: Float32Array;
      readonly pool: readonly PoolMember[];
      readonly method: NtkMethod;
    }
  /** J_pᵀ R_p of our own samples, of each R that there is. */
  | { readonly type: 'pullback'; readonly round: number; readonly weights: Float32Array; readonly residual: Float32Array }
  /** Jᵀ R of the pool, from its members' Jacobians. */
  | { readonly type: 'back-project'; readonly round: number; readonly pool: readonly PoolMember[]; readonly residual: Float32Array }
  /** Which of these steps from these weights leads to the lowest loss on our own samples. */
  | { readonly type: 'choose'; readonly round: number; readonly weights: Float32Array; readonly steps: readonly Float32Array[] }
  | { readonly type: 'finish'; readonly result: RoundResult };

/** Whether the phase cannot end before the neighbour has answered, or its time has passed. */
export function isAwaited({ phase, plan, waiting }: Exclude<Activity, { phase: 'idle' }>, peer: PeerId): boolean {
  const isUnawaited = (phase === 'mix' || phase === 'linearise' || phase === 'step') && plan.unawaited[phase].has(peer);
  return waiting.has(peer) && !isUnawaited;
}

/** An event's consequences. */
export interface Transition {
  readonly state: RoundState;
  readonly effects: readonly RoundEffect[];
}

/** Nothing changes, and nothing is asked for. */
export const stay = (state: RoundState): Transition => ({ state, effects: [] });

/** A copy with this entry. */
export function withEntry<K, V>(map: ReadonlyMap<K, V>, key: K, value: V): ReadonlyMap<K, V> {
  return new Map(map).set(key, value);
}

/** A copy without this item. */
export function without<T>(set: ReadonlySet<T>, item: T): ReadonlySet<T> {
  const rest = new Set(set);
  rest.delete(item);
  return rest;
}
