/**
 * The sample owner's side of a round, pure: it answers a neighbour's `mixed` with its features at that model and the
 * neighbour's `residuals` with one backward pass there. It keeps a neighbour's model from the one to the other.
 *
 * Where neighbours teach, the answer to `mixed` also has what this client's own mix of that round believes of the samples. A
 * request that comes before it waits here: the mix ends by its own deadline, and the asker's ends for one that never gets there.
 * One that comes when a later round has been taught is declined: what this client believed then is gone.
 */

import type { Message, MixedMessage, ResidualsMessage } from '../protocol/messages.ts';
import { neighboursTeach, type Method } from '../settings/method.ts';
import type { PeerId } from '../transport/transport.ts';
import { without } from './state.ts';

/** The owner between two events: plain data, never changed in place. */
export interface OwnerState {
  readonly run: string;
  readonly method: Method;
  /** Each neighbour's last round, and its model until the step has been answered. */
  readonly models: ReadonlyMap<PeerId, { readonly round: number; readonly weights: Float32Array | null }>;
  /** Whose last `mixed` waits for the teacher of its round. */
  readonly waiting: ReadonlySet<PeerId>;
  /** The last round that our neighbourhood taught, and the teacher's logits, n x C. */
  readonly taught: { readonly round: number; readonly teacher: Float32Array } | null;
}

/** What the owner hears. */
export type OwnerEvent =
  | { readonly type: 'message'; readonly from: PeerId; readonly message: MixedMessage | ResidualsMessage }
  /** After our own mix of the round. */
  | { readonly type: 'taught'; readonly round: number; readonly teacher: Float32Array }
  | { readonly type: 'lost'; readonly peer: PeerId };

/** What the owner asks its driver for. */
export type OwnerEffect =
  | { readonly type: 'send'; readonly to: PeerId; readonly message: Message }
  /** Send labels and inputs; with exchange `sketch` centred by `centre`. */
  | { readonly type: 'answer-inputs'; readonly to: PeerId; readonly centre: Float32Array | null }
  | {
      readonly type: 'answer-features';
      readonly to: PeerId;
      readonly round: number;
      readonly weights: Float32Array;
      readonly teacher: Float32Array | null;
    }
  | {
      readonly type: 'answer-step';
      readonly to: PeerId;
      readonly round: number;
      readonly weights: Float32Array;
      readonly residual: Float32Array;
    };

/** An event's consequences. */
export interface OwnerTransition {
  readonly state: OwnerState;
  readonly effects: readonly OwnerEffect[];
}

/** An owner that nobody has asked anything. */
export function initialOwnerState(run: string, method: Method): OwnerState {
  return { run, method, models: new Map(), waiting: new Set(), taught: null };
}

/** The owner's next state, and what is to be done for it. */
export function advanceOwner(state: OwnerState, event: OwnerEvent): OwnerTransition {
  switch (event.type) {
    case 'lost': {
      const models = new Map(state.models);
      models.delete(event.peer);
      return { state: { ...state, models, waiting: without(state.waiting, event.peer) }, effects: [] };
    }
    case 'taught': {
      const { round, teacher } = event;
      let taught: OwnerState = { ...state, taught: { round, teacher } };
      const effects: OwnerEffect[] = [];
      for (const peer of state.waiting) {
        const transition = answerFeatures(taught, peer);
        taught = transition.state;
        effects.push(...transition.effects);
      }
      return { state: taught, effects };
    }
    case 'message': {
      const { from, message } = event;
      return message.type === 'mixed' ? receiveMixed(state, from, message) : receiveResiduals(state, from, message);
    }
  }
}

function receiveMixed(before: OwnerState, from: PeerId, { round, weights, wantsInputs, centre }: MixedMessage): OwnerTransition {
  const { state, effects } = answerFeatures({ ...before, models: new Map(before.models).set(from, { round, weights }) }, from);
  return { state, effects: [...(wantsInputs ? [{ type: 'answer-inputs', to: from, centre } as const] : []), ...effects] };
}

/** Answers a peer's last `mixed`: at once, or when its round has been taught. */
function answerFeatures(state: OwnerState, to: PeerId): OwnerTransition {
  const { run, method, models, taught } = state;
  const rest = { ...state, waiting: without(state.waiting, to) };
  const model = models.get(to);
  if (!model?.weights) return { state: rest, effects: [] };
  const { round, weights } = model;
  const answer = (teacher: Float32Array | null): OwnerTransition => ({
    state: rest,
    effects: [{ type: 'answer-features', to, round, weights, teacher }],
  });
  if (!neighboursTeach(method, round)) return answer(null);
  if (!taught || taught.round < round) return { state: { ...state, waiting: new Set(state.waiting).add(to) }, effects: [] };
  if (taught.round === round) return answer(taught.teacher);
  return { state: rest, effects: [{ type: 'send', to, message: { type: 'decline', of: 'mixed', run, round } }] };
}

function receiveResiduals(state: OwnerState, from: PeerId, { round, residual }: ResidualsMessage): OwnerTransition {
  const model = state.models.get(from);
  if (model?.round !== round) {
    return { state, effects: [{ type: 'send', to: from, message: { type: 'decline', of: 'residuals', run: state.run, round } }] };
  }
  if (!model.weights) return { state, effects: [] };
  return {
    state: { ...state, models: new Map(state.models).set(from, { round, weights: null }) },
    effects: [{ type: 'answer-step', to: from, round, weights: model.weights, residual }],
  };
}
