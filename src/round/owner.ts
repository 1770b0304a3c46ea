import type { Message, MixedMessage, ResidualsMessage } from '../protocol/messages.ts';

/**
 * The sample owner's side of a round, pure: it answers a neighbour's `mixed` with its factors at that model and the
 * neighbour's `residuals` with one backward pass there. It keeps a neighbour's model from the one to the other.
 */

type Peer = string;

export interface OwnerState {
  readonly run: string;
  /** Each neighbour's last round, and its model until the step has been answered. */
  readonly models: ReadonlyMap<Peer, { readonly round: number; readonly weights: Float32Array | null }>;
}

export type OwnerEvent =
  | { readonly type: 'message'; readonly from: Peer; readonly message: MixedMessage | ResidualsMessage }
  | { readonly type: 'lost'; readonly peer: Peer };

export type OwnerEffect =
  | { readonly type: 'send'; readonly to: Peer; readonly message: Message }
  /** Send labels and inputs; with exchange `sketch` centred by `centre`. */
  | { readonly type: 'answer-inputs'; readonly to: Peer; readonly centre: Float32Array | null }
  | { readonly type: 'answer-factors'; readonly to: Peer; readonly round: number; readonly weights: Float32Array }
  | {
      readonly type: 'answer-step';
      readonly to: Peer;
      readonly round: number;
      readonly weights: Float32Array;
      readonly residual: Float32Array;
    };

export interface OwnerTransition {
  readonly state: OwnerState;
  readonly effects: readonly OwnerEffect[];
}

export function initialOwnerState(run: string): OwnerState {
  return { run, models: new Map() };
}

export function advanceOwner(state: OwnerState, event: OwnerEvent): OwnerTransition {
  if (event.type === 'lost') {
    const models = new Map(state.models);
    models.delete(event.peer);
    return { state: { ...state, models }, effects: [] };
  }
  const { from, message } = event;
  const { round } = message;
  if (message.type === 'mixed') {
    const { weights, wantsInputs, centre } = message;
    return {
      state: { ...state, models: new Map(state.models).set(from, { round, weights }) },
      effects: [
        ...(wantsInputs ? [{ type: 'answer-inputs', to: from, centre } as const] : []),
        { type: 'answer-factors', to: from, round, weights },
      ],
    };
  }
  const model = state.models.get(from);
  if (model?.round !== round) {
    return { state, effects: [{ type: 'send', to: from, message: { type: 'decline', of: 'residuals', run: state.run, round } }] };
  }
  if (!model.weights) return { state, effects: [] };
  return {
    state: { ...state, models: new Map(state.models).set(from, { round, weights: null }) },
    effects: [{ type: 'answer-step', to: from, round, weights: model.weights, residual: message.residual }],
  };
}
