import { miniBatches } from '../data/batches.ts';
import { randomStream } from '../math/random.ts';
import { classCount, featureWidths, inputWidth, parameterCount } from '../model/model.ts';
import { descend, type Descent } from '../ntk/descent.ts';
import type { NtkEngine } from '../ntk/engine.ts';
import { inHalves, type InputFeatures, type PoolMember } from '../ntk/pool.ts';
import { sketchInputs, sketchMatrix } from '../ntk/sketch.ts';
import type { Message, MetricsMessage } from '../protocol/messages.ts';
import type { RunShape } from '../protocol/shape.ts';
import { weightedMean, type Iterate } from '../round/iterate.ts';
import { advanceOwner, initialOwnerState, type OwnerEffect, type OwnerEvent, type OwnerState } from '../round/owner.ts';
import { advanceRound, initialRoundState, nextRound } from '../round/round.ts';
import type { RoundEffect, RoundEvent, RoundResult, RoundState } from '../round/state.ts';
import { isCentralised, neighboursTeach, sendsVelocity, softLabelWeight, type NtkMethod, type GradientMethod } from '../settings/method.ts';
import { featureForm, kernelInputs, sharesSamples, type Settings } from '../settings/settings.ts';
import { dropsOut } from '../topology/dropout.ts';
import { mixingRow } from '../topology/mixing.ts';
import type { PeerId, Presence } from '../transport/transport.ts';
import type { CountedBytes } from './bytes.ts';
import type { WireSnapshot } from '../protocol/wire.ts';
import type { Clock } from './clock.ts';
import { Evaluator, summaryOf, type CollectedRound } from './evaluator.ts';
import type { Problem, ProblemSource } from './problem.ts';
import type { Resumption, Snapshot } from './snapshot.ts';
import type { OwnRound, Phase, RoundSummary, Score } from './view.ts';
import { WorkQueue } from './workQueue.ts';

/** One round's arrays at one client, for conformance. */
export interface RoundTrace {
  readonly round: number;
  readonly weights: Float32Array;
  /** Null with a gradient method. */
  readonly evolution: {
    readonly delta: Float32Array;
    readonly evolvedLogits: Float32Array;
    /** Null with the whole kernel, which is never built. */
    readonly kernel: Float32Array | null;
  } | null;
}

/** What a run needs of the client around it. */
export interface RunHost {
  readonly self: Presence;
  readonly engine: NtkEngine;
  readonly clock: Clock;
  readonly source: ProblemSource;
  /** The participants now in the room, this client included, by ascending number. */
  participants(): readonly Presence[];
  isOpen(peer: PeerId): boolean;
  /** Queues a message; a failure comes back as `lost`. */
  send(to: PeerId, message: Message): void;
  /** What this client's rounds have cost since it joined, bytes. */
  roundBytes(): number;
  /** Something to show has changed. */
  changed(): void;
  /** `wanted()` may have changed. */
  moved(): void;
  /** The target round is done here. */
  reached(): void;
  failed(error: unknown): void;
  /** Bytes of neighbours' inputs that may be kept from round to round. */
  readonly inputBudget: number;
  readonly trace: ((trace: RoundTrace) => void) | null;
  readonly resumption: Resumption | null;
}

/** The sizes that messages of a run have. */
export function shapeOf(run: string, settings: Settings, problem: Problem): RunShape {
  const { method, sketchSize } = settings;
  const { model, own } = problem;
  const width = inputWidth(model);
  return {
    run,
    ownSamples: own.labels.length,
    parameters: parameterCount(model),
    inputWidth: width,
    classes: classCount(model),
    features: sharesSamples(settings) ? featureWidths(model, featureForm(settings)) : null,
    inputs: kernelInputs(settings),
    sketchSize: Math.min(sketchSize, width),
    rounds: settings.rounds,
    velocity: sendsVelocity(method),
    isTaught: (round) => neighboursTeach(method, round),
  };
}

function resumed(fresh: RoundState, { snapshot: { centre, introduced }, inputs }: Resumption): RoundState {
  return { ...fresh, known: { ...fresh.known, centre, introduced: new Set(introduced), inputs } };
}

/**
 * One client's part in one run: drives the two pure machines of `round/`, computes their effects one after another, keeps
 * their deadlines, and scores the model after each round.
 */
export class Run {
  /** Both are replaced when they grow, so that whoever shows them can tell. */
  own: readonly OwnRound[] = [];
  summaries: readonly RoundSummary[] = [];
  readonly #queue: WorkQueue;
  readonly #evaluator: Evaluator;
  /** Neighbours whose channel never opened within a deadline: not waited for until it does. */
  readonly #unreachable = new Set<PeerId>();
  readonly #missedRounds = new Map<PeerId, number>();
  readonly #inputs: ReturnType<NtkEngine['upload']>;
  /** What neighbours may have of our inputs: a sketch by this matrix, themselves, or neither. */
  readonly #sketch: Float32Array | null;
  readonly #exact: InputFeatures | null;
  #machine: RoundState;
  #owner: OwnerState;
  #iterate: Iterate;
  #round: number;
  /** Neighbours that drop out of this round. */
  #absent: readonly PeerId[] = [];
  #phase: Phase | null = null;
  #phaseSince = 0;
  #times: Partial<Record<Phase, number>> = {};
  #roundSince = 0;
  #bytesBefore = 0;
  #begun = false;
  #paused = false;
  #hold: number | null = null;
  /** Between two rounds, for as long as we are paused or held. */
  #isWaiting = false;
  #disposal: Promise<void> | null = null;
  #cancelDeadline: () => void = () => undefined;

  constructor(
    private readonly id: string,
    private readonly settings: Settings,
    private readonly problem: Problem,
    private readonly host: RunHost,
  ) {
    const { method, sketchSize, seed } = settings;
    const { resumption } = host;
    const { own, model, initialWeights } = problem;
    const width = inputWidth(model);
    const hasKernel = method.kind === 'ntk';
    const hasMomentum = hasKernel && method.momentum.kind !== 'none';
    const inputs = kernelInputs(settings);
    const form = featureForm(settings);
    this.#sketch = inputs === 'sketch' ? sketchMatrix(width, Math.min(sketchSize, width), seed) : null;
    this.#exact = inputs === 'exact' ? { kind: 'exact', rows: own.rows, width } : null;
    const fresh = initialRoundState(
      {
        run: id,
        self: host.self.id,
        method,
        inputs,
        features: featureWidths(model, form),
        classes: classCount(model),
        hasJacobians: form === 'jacobian',
        sharesSamples: sharesSamples(settings),
        start: problem.startsAlike ? initialWeights : null,
        inputBudget: host.inputBudget,
      },
      hasKernel ? { mean: this.#mean(), inputs: this.#sketch ? null : { labels: own.labels, inputs: this.#exact } } : null,
    );
    this.#machine = resumption ? resumed(fresh, resumption) : fresh;
    this.#owner = initialOwnerState(id, method);
    this.#iterate = resumption?.snapshot ?? {
      weights: initialWeights,
      velocity: hasMomentum ? new Float32Array(initialWeights.length) : null,
    };
    this.#round = resumption?.snapshot.round ?? 0;
    if (resumption) {
      this.own = resumption.snapshot.own;
      this.summaries = resumption.snapshot.summaries;
      for (const [peer, rounds] of resumption.snapshot.missedRounds) this.#missedRounds.set(peer, rounds);
    }
    this.#inputs = host.engine.upload(own.rows, own.labels.length, width);
    this.#queue = new WorkQueue(host.clock, (error) => {
      if (!this.#disposal) this.host.failed(error);
    });
    this.#evaluator = new Evaluator({
      self: host.self.id,
      clock: host.clock,
      deadlineMs: settings.deadlineMs,
      round: () => this.#round,
      participants: () => host.participants(),
      collected: (round) => this.#summarise(round),
    });
  }

  get round(): number {
    return this.#round;
  }

  get phase(): Phase | null {
    return this.#phase;
  }

  /** Whether a round's messages are still due from the peer, or it was left out of the round. */
  activityOf(peer: PeerId): 'idle' | 'waiting' | 'answered' | 'missed' {
    const { activity } = this.#machine;
    if (activity.phase === 'idle' || activity.phase === 'descend') return 'idle';
    if (!activity.plan.neighbours.some((neighbour) => neighbour.peer === peer)) return 'idle';
    if (activity.waiting.has(peer)) return 'waiting';
    return activity.missed.has(peer) ? 'missed' : 'answered';
  }

  missedRoundsOf(peer: PeerId): number {
    return this.#missedRounds.get(peer) ?? 0;
  }

  /** Peers this run wants channels to: this round's and the next round's neighbours, and the evaluator. */
  wanted(): PeerId[] {
    const members = this.host.participants();
    const rounds = [this.#round, this.#round + 1];
    const neighbours = rounds.flatMap((round) => this.#neighboursIn(round).neighbours.map(({ peer }) => peer));
    const evaluator = this.#evaluatingPeer();
    const scored = !this.problem.test || !evaluator ? [] : evaluator === this.host.self.id ? members.map(({ id }) => id) : [evaluator];
    return [...new Set([...neighbours, ...scored])].filter((peer) => peer !== this.host.self.id);
  }

  /** For a founder: starts at round 0, or where it was. A client that joined later is started by its first neighbour's weights. */
  begin(): void {
    this.#beginRound(this.#round);
  }

  /** Keeps this client from beginning a round from `round` on; null lets it go. */
  hold(round: number | null): void {
    this.#hold = round;
    this.#continue();
  }

  /** @returns null while a round is under way here. */
  snapshot(bytes: CountedBytes, wire: WireSnapshot): Snapshot | null {
    if (!this.#isWaiting) return null;
    const { known } = this.#machine;
    return {
      round: this.#round + 1,
      weights: this.#iterate.weights,
      velocity: this.#iterate.velocity,
      centre: known.centre,
      introduced: [...known.introduced],
      knows: [...known.inputs.keys()],
      own: this.own,
      summaries: this.summaries,
      missedRounds: new Map(this.#missedRounds),
      bytes,
      wire,
    };
  }

  /** @returns for a message that asks us to compute, when that is done: its sender's window counts it until then. */
  receive(from: PeerId, message: Message): void | Promise<void> {
    if (this.#disposal) return;
    switch (message.type) {
      case 'room':
        return;
      case 'mixed':
      case 'residuals':
        this.#advanceOwner({ type: 'message', from, message });
        return this.#queue.settled();
      case 'metrics':
        return this.#evaluator.collect(from, message);
      case 'summary':
        if (from === this.#evaluatingPeer()) this.#addSummary(message.summary);
        return;
      case 'weights':
        if (!this.#begun) this.#adopt(message.round, message);
        return this.#advanceRound({ type: 'message', from, message });
      case 'inputs': {
        const { inputs } = message;
        const isExact = this.settings.wire === 'f32';
        return this.#advanceRound({
          type: 'message',
          from,
          message: { ...message, inputs: isExact ? inputs : inputs && inHalves(inputs) },
        });
      }
      default:
        return this.#advanceRound({ type: 'message', from, message });
    }
  }

  opened(peer: PeerId): void {
    this.#unreachable.delete(peer);
  }

  lost(peer: PeerId): void {
    if (this.#disposal) return;
    this.#advanceOwner({ type: 'lost', peer });
    this.#advanceRound({ type: 'lost', peer });
    this.#evaluator.review();
  }

  setPaused(paused: boolean): void {
    if (this.#disposal || paused === this.#paused) return;
    this.#paused = paused;
    this.#continue();
  }

  #continue(): void {
    if (this.#isWaiting) this.#beginNext();
  }

  /** Ends the run here and frees what it holds on the device. */
  dispose(): Promise<void> {
    this.#disposal ??= this.#free();
    return this.#disposal;
  }

  async #free(): Promise<void> {
    this.#phase = null;
    this.#cancelDeadline();
    this.#evaluator.close();
    await this.#queue.close();
    this.host.engine.release(this.#inputs);
  }

  /** A newcomer starts from its first neighbour's model, not from the initial one. */
  #adopt(round: number, iterate: Iterate): void {
    this.#iterate = { weights: iterate.weights, velocity: iterate.velocity ?? this.#iterate.velocity };
    this.#beginRound(round);
  }

  /** The round's row of the mixing matrix; neighbours that drop out of the round are absent, and their weight is ours. */
  #neighboursIn(round: number): { selfWeight: number; neighbours: { peer: PeerId; weight: number }[]; absent: PeerId[] } {
    if (isCentralised(this.settings.method)) return { selfWeight: 1, neighbours: [], absent: [] };
    const members = this.host.participants();
    const me = members.findIndex(({ id }) => id === this.host.self.id);
    const graph = this.host.source.graph(this.settings, members.length, round);
    const indices = graph[me] ?? [];
    const row = mixingRow(this.settings.mixing, me, indices, (client) => graph[client]?.length ?? 0);
    let selfWeight = row.self;
    const neighbours: { peer: PeerId; weight: number }[] = [];
    const absent: PeerId[] = [];
    indices.forEach((index, k) => {
      const member = members[index];
      const weight = row.neighbours[k]!;
      if (!member) return;
      if (dropsOut(this.settings, member.number, round)) {
        selfWeight += weight;
        absent.push(member.id);
      } else neighbours.push({ peer: member.id, weight });
    });
    return { selfWeight, neighbours, absent };
  }

  #beginRound(round: number): void {
    this.#begun = true;
    this.#round = round;
    this.#roundSince = this.host.clock.now();
    this.#bytesBefore = this.host.roundBytes();
    this.#times = {};
    const { selfWeight, neighbours, absent } = this.#neighboursIn(round);
    this.#absent = absent;
    if (dropsOut(this.settings, this.host.self.number, round)) return this.#conclude({ round, neighbours: [], missed: [] });
    const unreachable = new Set([...this.#unreachable].filter((peer) => !this.host.isOpen(peer)));
    this.host.moved();
    this.#advanceRound({ type: 'begin', plan: { round, selfWeight, neighbours, unreachable }, own: this.#iterate });
  }

  #beginNext(): void {
    if (this.#disposal) return;
    const next = nextRound(this.#machine, this.#round, (round) => this.#neighboursIn(round).neighbours.map(({ peer }) => peer));
    this.#isWaiting = this.#paused || next >= (this.#hold ?? Infinity);
    if (this.#isWaiting) return;
    if (next >= this.settings.rounds) this.host.reached();
    else this.#beginRound(next);
  }

  #advanceRound(event: RoundEvent): void {
    if (this.#disposal) return;
    const { state, effects } = advanceRound(this.#machine, event);
    this.#machine = state;
    this.#enter(state.activity.phase === 'idle' ? this.#phase : state.activity.phase);
    for (const effect of effects) this.#perform(effect);
    this.host.changed();
  }

  #advanceOwner(event: OwnerEvent): void {
    const { state, effects } = advanceOwner(this.#owner, event);
    this.#owner = state;
    for (const effect of effects) this.#answer(effect);
  }

  #enter(phase: Phase | null): void {
    if (phase === this.#phase) return;
    const now = this.host.clock.now();
    if (this.#phase) this.#times[this.#phase] = (this.#times[this.#phase] ?? 0) + now - this.#phaseSince;
    this.#phase = phase;
    this.#phaseSince = now;
  }

  #perform(effect: RoundEffect): void {
    const { engine } = this.host;
    switch (effect.type) {
      case 'send':
        return this.host.send(effect.to, effect.message);
      case 'introduce':
        return this.host.send(effect.to, { type: 'mean', run: this.id, mean: this.#mean() });
      case 'await':
        return this.#await(effect);
      case 'descend':
        return this.#queue.add('descend', async () => {
          const { labels } = this.problem.own;
          const descent = this.#descent(effect.round, effect.method);
          const change = await descend(engine.spec, effect.weights, this.#inputs, labels, descent);
          this.#advanceRound({ type: 'descended', round: effect.round, change });
        });
      case 'sketch-inputs':
        return this.#advanceRound({
          type: 'own-inputs',
          inputs: { labels: this.problem.own.labels, inputs: this.#inputsFor(effect.centre) },
        });
      case 'features':
        return this.#queue.add('features', async () => {
          const { round, weights, teaching } = effect;
          const teacher = teaching && (await engine.teacher(teaching, this.#inputs));
          if (teacher) this.#advanceOwner({ type: 'taught', round, teacher });
          const features = await engine.features(weights, this.#inputs);
          this.#advanceRound({ type: 'own-features', round, features: { features, teacher } });
        });
      case 'evolve':
        return this.#queue.add('evolve', async () => {
          const evolution = await this.#evolve(effect.round, effect.weights, effect.pool, effect.method);
          this.#advanceRound({ type: 'evolved', round: effect.round, evolution });
        });
      case 'pullback':
        return this.#queue.add('pullback', async () => {
          const step = await engine.pullback(effect.weights, this.#inputs, effect.residual);
          this.#advanceRound({ type: 'own-step', round: effect.round, step });
        });
      case 'back-project':
        return this.#queue.add('pullback', async () => {
          const step = await engine.backProject(effect.pool, effect.residual);
          this.#advanceRound({ type: 'own-step', round: effect.round, step });
        });
      case 'finish':
        return this.#finish(effect.result);
    }
  }

  #answer(effect: OwnerEffect): void {
    const { host } = this;
    switch (effect.type) {
      case 'send':
        return host.send(effect.to, effect.message);
      case 'answer-inputs': {
        const { labels } = this.problem.own;
        return host.send(effect.to, { type: 'inputs', run: this.id, labels, inputs: this.#inputsFor(effect.centre) });
      }
      case 'answer-features':
        return this.#queue.add('features', async () => {
          const { round, weights, teacher } = effect;
          const features = await host.engine.features(weights, this.#inputs);
          host.send(effect.to, { type: 'features', run: this.id, round, features, teacher });
        });
      case 'answer-step':
        return this.#queue.add('pullback', async () => {
          const step = await host.engine.pullback(effect.weights, this.#inputs, effect.residual);
          host.send(effect.to, { type: 'step', run: this.id, round: effect.round, step });
        });
    }
  }

  /** η_t, and the batches of this client and round. */
  #descent(round: number, { learningRate, decay, momentum, localSteps, batchSize }: GradientMethod): Descent {
    const samples = this.problem.own.labels.length;
    const random = randomStream(this.settings.seed, 'batches', this.host.self.number, round);
    return {
      learningRate: learningRate * Math.exp(-decay * round),
      momentum,
      batches: batchSize === 'full' ? Array<null>(localSteps).fill(null) : miniBatches(samples, batchSize, localSteps, random),
    };
  }

  #evolve(round: number, weights: Float32Array, pool: readonly PoolMember[], { kernel, evolution }: NtkMethod) {
    return this.host.engine.evolve({
      weights,
      pool,
      kernel,
      options: { ...evolution, softLabelWeight: softLabelWeight(evolution, round), round },
      wantKernel: this.host.trace !== null,
    });
  }

  #mean(): Float32Array {
    const { own, model } = this.problem;
    const width = inputWidth(model);
    const rows = own.labels.length;
    return weightedMean(Array.from({ length: rows }, (_, p) => ({ vector: own.rows.subarray(p * width, (p + 1) * width), weight: 1 })));
  }

  /** Our inputs as a neighbour may have them: exact, or sketched around its centre, or not at all. */
  #inputsFor(centre: Float32Array | null): InputFeatures | null {
    if (!this.#sketch) return this.#exact;
    const { own, model } = this.problem;
    const width = inputWidth(model);
    const columns = this.#sketch.length / width;
    return sketchInputs(own.rows, own.labels.length, width, centre ?? new Float32Array(width), this.#sketch, columns);
  }

  #await(wait: Extract<RoundEffect, { type: 'await' }>): void {
    const { round, phase, deadlines } = wait;
    this.#cancelDeadline();
    this.#cancelDeadline = this.host.clock.after(deadlines * this.settings.deadlineMs, () => {
      // While paused nobody is late.
      if (this.#paused) return this.#await(wait);
      const { activity } = this.#machine;
      if (activity.phase === 'mix') {
        for (const peer of activity.waiting) if (!this.host.isOpen(peer)) this.#unreachable.add(peer);
      }
      this.#advanceRound({ type: 'deadline', round, phase });
    });
  }

  #finish(result: RoundResult): void {
    this.#cancelDeadline();
    const { round, iterate, delta, evolution, neighbours } = result;
    this.#iterate = iterate;
    const missed = [...result.missed, ...this.#absent];
    for (const peer of missed) this.#missedRounds.set(peer, this.missedRoundsOf(peer) + 1);
    const traced = evolution && { delta, evolvedLogits: evolution.logits, kernel: evolution.kernel ?? null };
    this.host.trace?.({ round, weights: iterate.weights, evolution: traced });
    this.#conclude({ round, neighbours, missed });
  }

  /** Scores the model with which the round ends, reports it, and goes on. */
  #conclude({ round, neighbours, missed }: Pick<OwnRound, 'round' | 'neighbours' | 'missed'>): void {
    const { weights } = this.#iterate;
    const bytesSent = this.host.roundBytes() - this.#bytesBefore;
    this.#enter('evaluate');
    this.#queue.add('score', async () => {
      const score = await this.#score(weights);
      this.#enter(null);
      const phases = this.#times;
      const seconds = (this.host.clock.now() - this.#roundSince) / 1000;
      this.own = [...this.own, { round, score, phases, work: this.#queue.takeTimes(), bytesSent, neighbours, missed }];
      this.#report({ type: 'metrics', run: this.id, round, ...score, bytesSent, seconds, weights });
      this.#beginNext();
      this.host.changed();
    });
  }

  async #score(weights: Float32Array): Promise<Score> {
    const { test } = this.problem;
    return test ? this.host.engine.evaluate(weights, test.rows, test.labels) : { accuracy: 0, loss: 0 };
  }

  /** Who is sent the metrics and sums them up: the lowest client number. */
  #evaluatingPeer(): PeerId | null {
    return this.host.participants()[0]?.id ?? null;
  }

  #report(metrics: MetricsMessage): void {
    const evaluator = this.#evaluatingPeer();
    if (!this.problem.test || !evaluator) return;
    if (evaluator === this.host.self.id) this.#evaluator.collect(evaluator, metrics);
    else this.host.send(evaluator, metrics);
  }

  #summarise(collected: CollectedRound): void {
    this.#queue.add('score', async () => {
      const summary = await summaryOf(collected, (weights) => this.#score(weights));
      this.#addSummary(summary);
      for (const { id } of this.host.participants()) {
        if (id !== this.host.self.id && this.host.isOpen(id)) this.host.send(id, { type: 'summary', run: this.id, summary });
      }
    });
  }

  #addSummary(summary: RoundSummary): void {
    if (this.summaries.some(({ round }) => round === summary.round)) return;
    this.summaries = [...this.summaries, summary].sort((a, b) => a.round - b.round);
    this.host.changed();
  }
}
