/**
 * The driver of a client's two pure machines, the asking side of its rounds and its samples' owner: brings them events, has
 * their effects computed and sent, and keeps the deadlines.
 */
import { classCount, featureWidths } from '../../model/model.ts';
import type { DeclineMessage, Message, MixedMessage, ResidualsMessage } from '../../protocol/messages.ts';
import type { Iterate } from '../../round/iterate.ts';
import { advanceOwner, initialOwnerState, type OwnerEffect, type OwnerEvent, type OwnerState } from '../../round/owner.ts';
import { advanceRound, initialRoundState, nextRound } from '../../round/round.ts';
import {
  isAwaited,
  type Known,
  type RoundEffect,
  type RoundEvent,
  type RoundMessage,
  type RoundResult,
  type RoundState,
  type WaitingPhase,
} from '../../round/state.ts';
import { featureForm, kernelInputs, sharesSamples } from '../../settings/settings.ts';
import type { PeerId } from '../../transport/transport.ts';
import type { Neighbourhood } from '../neighbourhood.ts';
import type { Phase, Work } from '../view.ts';
import type { Computation } from './computation.ts';
import { DivergenceError } from './finite.ts';
import { noteAdvance } from './notes.ts';
import type { Others, RunOptions } from './options.ts';
import { Punctuality } from './punctuality.ts';

type Wait = Extract<RoundEffect, { type: 'await' }>;
type AtNeighbour = Extract<OwnerEffect, { type: 'answer-features' | 'answer-step' }>;

/** The phase in which a neighbour is waited for until this comes. */
const phaseAnsweredBy: Readonly<Partial<Record<RoundMessage['type'], WaitingPhase>>> = {
  weights: 'mix',
  features: 'linearise',
  step: 'step',
};

/** What the driver needs of the run around it. */
export interface DriverHost {
  /** Told that this phase is under way, once or more. */
  entered(phase: Phase): void;
  /** Told of the round's end. */
  finished(result: RoundResult): void;
  /** Told that who is waited for, or what has come, may be others. */
  changed(): void;
}

function initialState({ id, self, settings, problem, samples, inputBudget, resumption }: RunOptions, computation: Computation): RoundState {
  const { method } = settings;
  const form = featureForm(settings);
  const inputs = kernelInputs(settings);
  const ofSamples = () => ({ mean: computation.mean(), inputs: inputs === 'sketch' ? null : computation.inputsFor(null) });
  const fresh = initialRoundState(
    {
      run: id,
      self: self.id,
      method,
      aggregation: settings.aggregation,
      inputs,
      features: featureWidths(problem.model, form),
      classes: classCount(problem.model),
      hasJacobians: form === 'jacobian',
      sharesSamples: sharesSamples(settings),
      start: problem.startsAlike ? problem.initialWeights : null,
      samples,
      inputBudget,
    },
    method.kind === 'ntk' ? ofSamples() : null,
  );
  if (!resumption) return fresh;
  const { centre, introduced } = resumption.snapshot;
  const known = new Map([...fresh.known.inputs, ...resumption.inputs]);
  return { ...fresh, known: { ...fresh.known, centre, introduced: new Set(introduced), inputs: known } };
}

export class Driver {
  #machine: RoundState;
  #owner: OwnerState;
  /** Neighbours whose channel never opened within a deadline: not waited for until it does. */
  readonly #unreachable = new Set<PeerId>();
  readonly #punctuality: Punctuality;
  #isPaused = false;
  #isClosed = false;
  #cancelDeadline: () => void = () => undefined;

  constructor(
    private readonly options: RunOptions,
    private readonly computation: Computation,
    private readonly others: Pick<Others, 'isOpen' | 'send'>,
    private readonly host: DriverHost,
  ) {
    this.#punctuality = new Punctuality(options.settings.deadlineMs);
    this.#machine = initialState(options, computation);
    this.#owner = initialOwnerState(options.id, options.settings.method);
  }

  get known(): Known {
    return this.#machine.known;
  }

  /** Whether a round's messages are still due from the peer, or it was left out of the round. */
  activityOf(peer: PeerId): 'idle' | 'waiting' | 'answered' | 'missed' {
    const { activity } = this.#machine;
    if (activity.phase === 'idle' || activity.phase === 'descend') return 'idle';
    if (!activity.plan.neighbours.some((neighbour) => neighbour.peer === peer)) return 'idle';
    if (isAwaited(activity, peer)) return 'waiting';
    return activity.waiting.has(peer) || activity.missed.has(peer) ? 'missed' : 'answered';
  }

  /** The round to begin after `finished`: the next, or the first that some neighbour has not left behind. */
  nextRound(finished: number, neighboursIn: (round: number) => readonly PeerId[]): number {
    return nextRound(this.#machine, finished, neighboursIn);
  }

  begin(round: number, { selfWeight, neighbours }: Neighbourhood, own: Iterate): void {
    const unreachable = [...this.#unreachable].filter((peer) => !this.others.isOpen(peer));
    const unawaited = {
      mix: new Set([...unreachable, ...this.#punctuality.onProbation('mix')]),
      linearise: this.#punctuality.onProbation('linearise'),
      step: this.#punctuality.onProbation('step'),
    };
    this.#advanceRound({ type: 'begin', plan: { round, selfWeight, neighbours, unawaited }, own });
  }

  /** Takes note of what a round has computed here, ms. */
  worked(ms: number): void {
    this.#punctuality.worked(ms);
  }

  /** Takes a message to the asking side. */
  receive(from: PeerId, message: RoundMessage): void {
    const phase = phaseAnsweredBy[message.type];
    if (phase && 'round' in message) this.#punctuality.answered(from, message.round, phase, this.options.clock.now());
    this.#advanceRound({ type: 'message', from, message });
  }

  /** Takes a message to the samples' owner. @returns a promise that it is answered. */
  answer(from: PeerId, message: MixedMessage | ResidualsMessage): Promise<void> {
    this.#advanceOwner({ type: 'message', from, message });
    return this.computation.settled();
  }

  opened(peer: PeerId): void {
    this.#unreachable.delete(peer);
  }

  lost(peer: PeerId): void {
    this.#advanceOwner({ type: 'lost', peer });
    this.#advanceRound({ type: 'lost', peer });
  }

  /** Lets deadlines pass without effect while paused: nobody is late then. */
  setPaused(isPaused: boolean): void {
    this.#isPaused = isPaused;
    if (isPaused) this.#punctuality.interrupt();
  }

  /** Waits for nobody any more, and takes no event. */
  close(): void {
    this.#isClosed = true;
    this.#cancelDeadline();
  }

  #advanceRound(event: RoundEvent): void {
    if (this.#isClosed) return;
    const before = this.#machine;
    const { state, effects } = advanceRound(before, event);
    this.#machine = state;
    noteAdvance(this.options.log, before, event, state);
    if (state.activity.phase !== 'idle') this.host.entered(state.activity.phase);
    for (const effect of effects) this.#perform(effect);
    this.host.changed();
  }

  #advanceOwner(event: OwnerEvent): void {
    const { state, effects } = advanceOwner(this.#owner, event);
    this.#owner = state;
    for (const effect of effects) this.#answer(effect);
  }

  #perform(effect: RoundEffect): void {
    const { computation, others } = this;
    switch (effect.type) {
      case 'send':
        return others.send(effect.to, effect.message);
      case 'introduce':
        return others.send(effect.to, { type: 'mean', run: this.options.id, mean: computation.mean() });
      case 'await':
        return this.#await(effect);
      case 'descend':
        return computation.enqueue('descend', async () => {
          const change = await computation.descend(effect);
          this.#advanceRound({ type: 'descended', round: effect.round, change });
        });
      case 'sketch-inputs':
        return this.#advanceRound({ type: 'own-inputs', inputs: computation.inputsFor(effect.centre) });
      case 'features':
        return computation.enqueue('features', async () => {
          const { round, weights, teaching } = effect;
          const teacher = teaching && (await computation.teach(teaching));
          if (teacher) this.#advanceOwner({ type: 'taught', round, teacher });
          const features = await computation.features(weights);
          this.#advanceRound({ type: 'own-features', round, features: { features, teacher } });
        });
      case 'evolve':
        return computation.enqueue('evolve', async () => {
          const evolution = await computation.evolve(effect);
          this.#advanceRound({ type: 'evolved', round: effect.round, evolution });
        });
      case 'pullback':
        return computation.enqueue('pullback', async () => {
          const step = await computation.pullback(effect.weights, effect.residual);
          this.#advanceRound({ type: 'own-step', round: effect.round, step });
        });
      case 'back-project':
        return computation.enqueue('pullback', async () => {
          const step = await computation.backProject(effect.pool, effect.residual);
          this.#advanceRound({ type: 'own-step', round: effect.round, step });
        });
      case 'choose':
        return computation.enqueue('choose', async () => {
          const choice = await computation.choose(effect.weights, effect.steps);
          this.#advanceRound({ type: 'chosen', round: effect.round, choice });
        });
      case 'finish':
        this.#cancelDeadline();
        return this.host.finished(effect.result);
    }
  }

  #answer(effect: OwnerEffect): void {
    const { computation, others } = this;
    const { id: run } = this.options;
    switch (effect.type) {
      case 'send':
        return others.send(effect.to, effect.message);
      case 'answer-inputs':
        return others.send(effect.to, { type: 'inputs', run, ...computation.inputsFor(effect.centre) });
      case 'answer-features':
        return this.#answerWith('features', 'mixed', effect, async () => {
          const { round, weights, teacher } = effect;
          return { type: 'features', run, round, features: await computation.features(weights), teacher };
        });
      case 'answer-step':
        return this.#answerWith('pullback', 'residuals', effect, async () => {
          const { round, weights, residual } = effect;
          return { type: 'step', run, round, step: await computation.pullback(weights, residual) };
        });
    }
  }

  /** Computes an answer at a neighbour's model; one that has diverged is the neighbour's trouble, and is declined. */
  #answerWith(work: Work, of: DeclineMessage['of'], { to, round }: AtNeighbour, compute: () => Promise<Message>): void {
    this.computation.enqueue(work, async () => {
      const answer = await compute().catch((error: unknown): Message => {
        if (error instanceof DivergenceError) return { type: 'decline', run: this.options.id, round, of };
        throw error;
      });
      this.others.send(to, answer);
    });
  }

  #await(wait: Wait): void {
    this.#cancelDeadline();
    this.#arm(wait, this.#punctuality.ask(wait, this.options.clock.now()), 0);
  }

  /** Waits for the next of the neighbours' deadlines. @param allowances how long each is waited for, of which so much has passed. */
  #arm(wait: Wait, allowances: ReadonlyMap<PeerId, number>, passed: number): void {
    const next = Math.min(...[...allowances.values()].filter((ms) => ms > passed));
    if (next === Infinity) return;
    this.#cancelDeadline = this.options.clock.after(next - passed, () => {
      if (this.#isPaused) return this.#await(wait);
      if (!this.#isIn(wait)) return;
      const late = [...allowances].flatMap(([peer, ms]) => (ms <= next ? [peer] : []));
      this.#passOver(wait, late);
      if (this.#isIn(wait)) this.#arm(wait, allowances, next);
    });
  }

  /** Goes on without those of the neighbours that have not answered. */
  #passOver({ round, phase }: Wait, neighbours: readonly PeerId[]): void {
    const { activity } = this.#machine;
    const late = activity.phase === 'idle' ? [] : neighbours.filter((peer) => activity.waiting.has(peer));
    if (late.length === 0) return;
    for (const peer of late) {
      if (phase === 'mix' && !this.others.isOpen(peer)) this.#unreachable.add(peer);
      this.#punctuality.missed(peer, phase);
    }
    this.options.log('round', 'deadline', { round, phase, missed: late });
    this.#advanceRound({ type: 'deadline', round, phase, late });
  }

  #isIn({ round, phase }: Wait): boolean {
    const { activity } = this.#machine;
    return !this.#isClosed && activity.phase === phase && activity.plan.round === round;
  }
}
