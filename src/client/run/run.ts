/** One client's part in one run: its rounds one after another, each scored and reported, from the first to the target. */
import { inHalves } from '../../ntk/pool.ts';
import { scoreOf } from '../../ntk/tally.ts';
import type { Message } from '../../protocol/messages.ts';
import type { Iterate } from '../../round/iterate.ts';
import type { RoundResult } from '../../round/state.ts';
import type { Settings } from '../../settings/settings.ts';
import { dropsOut } from '../../topology/dropout.ts';
import type { PeerId } from '../../transport/transport.ts';
import type { Bookmark } from '../bookmark.ts';
import type { Examination } from '../examination.ts';
import type { LearnedModel } from '../learned.ts';
import { neighbourhoodOf, wantedPeers, type Neighbourhood } from '../neighbourhood.ts';
import { settledAfter } from '../patience.ts';
import type { Problem } from '../problem.ts';
import type { RunSnapshot } from '../snapshot.ts';
import type { OwnRound } from '../view.ts';
import { Computation } from './computation.ts';
import { Driver } from './driver.ts';
import { areFinite, DivergenceError } from './finite.ts';
import { History, type Told } from './history.ts';
import type { Others, RunOptions } from './options.ts';
import { Reporting } from './reporting.ts';

export type RunEvent =
  /** Something to show has changed. */
  | { readonly type: 'changed' }
  /** A round has ended, and its model is scored. */
  | { readonly type: 'scored' }
  /** A round has begun: `wanted` may be others. */
  | { readonly type: 'moved' }
  /** The target round is done here. */
  | { readonly type: 'reached' }
  /** Patience has ended. */
  | { readonly type: 'settled' }
  | { readonly type: 'failed'; readonly error: unknown };

/** What a run needs of the client around it. */
export interface RunHost extends Others {
  /** What this client's rounds have cost since it joined, bytes. */
  roundBytes(): number;
  tell(event: RunEvent): void;
}

/** The model that a run starts from, at rest. */
function initialIterate({ method }: Settings, { initialWeights }: Problem): Iterate {
  const hasMomentum = method.kind === 'ntk' && method.momentum.kind !== 'none';
  return { weights: initialWeights, velocity: hasMomentum ? new Float32Array(initialWeights.length) : null };
}

/** The bookmark, if it is of a model like the run's. */
function bookmarkLike(initial: Iterate, { bookmark }: RunOptions): Bookmark | null {
  const isAlike = bookmark?.weights.length === initial.weights.length && bookmark.velocity?.length === initial.velocity?.length;
  return isAlike ? bookmark : null;
}

export class Run {
  readonly #computation: Computation;
  readonly #driver: Driver;
  readonly #history: History;
  readonly #reporting: Reporting;
  /** Where this client was in this run before its tab had gone. */
  readonly #bookmark: Bookmark | null;
  #iterate: Iterate;
  #round: number;
  /** Neighbours that drop out of this round. */
  #absent: readonly PeerId[] = [];
  /** The first round of this client, once it has begun. */
  #since = Infinity;
  #isPaused = false;
  #hold: number | null = null;
  /** Between two rounds, for as long as we are paused or held. */
  #isWaiting = false;
  #disposal: Promise<void> | null = null;
  /** Ends the wait for weights of others. */
  #cancelWait: () => void = () => undefined;

  constructor(
    private readonly options: RunOptions,
    private readonly host: RunHost,
  ) {
    const { settings, problem, clock, resumption } = options;
    const initial = initialIterate(settings, problem);
    this.#bookmark = bookmarkLike(initial, options);
    const past = resumption?.snapshot ?? this.#bookmark ?? undefined;
    this.#iterate = past ?? initial;
    this.#round = past?.round ?? 0;
    this.#history = new History(past);
    this.#computation = new Computation(options, (error) => host.tell({ type: 'failed', error }));
    this.#driver = new Driver(options, this.#computation, host, {
      entered: (phase) => this.#history.enter(phase, clock.now()),
      finished: (result) => this.#finish(result),
      changed: () => host.tell({ type: 'changed' }),
    });
    this.#reporting = new Reporting(options, this.#computation, host, {
      round: () => this.#round,
      since: () => this.#since,
      summarised: (summary) => {
        if (!this.#history.addSummary(summary)) return;
        host.tell({ type: settledAfter(this.#history.summaries, settings.patience) === null ? 'changed' : 'settled' });
      },
      scoredHere: (scored) => {
        this.#history.addAveragedHere(scored);
        host.tell({ type: 'changed' });
      },
    });
  }

  get round(): number {
    return this.#round;
  }

  /** Whether this client takes part: a newcomer does from the first weights that it gets. */
  get hasBegun(): boolean {
    return this.#since < Infinity;
  }

  get history(): Told {
    return this.#history;
  }

  activityOf(peer: PeerId): ReturnType<Driver['activityOf']> {
    return this.#driver.activityOf(peer);
  }

  /**
   * Peers this run wants channels to: this round's and the next round's neighbours, and those along the tree of sums.
   * @param isReached whether the target round is done here: what it came to may still be on its way.
   */
  wanted(isReached: boolean): readonly PeerId[] {
    const { self, problem } = this.options;
    const rounds = isReached ? [] : [this.#round, this.#round + 1].map((round) => this.#neighbourhoodIn(round));
    return wantedPeers(self.id, this.host.participants(), rounds, problem.test !== null);
  }

  /** For a founder: starts at round 0, or where it was. A client that joined later is started by its first neighbour's weights. */
  begin(): void {
    this.#beginRound(this.#round);
  }

  /**
   * For one whose tab was gone: waits for a neighbour's weights, but no longer than for any answer, and where nobody else takes part
   * not at all. All may have been gone one after another, and somebody has to go on first.
   */
  comeBack(): void {
    const { clock, settings } = this.options;
    const bookmark = this.#bookmark;
    if (!bookmark) return;
    const goOn = () => (this.#isPaused ? this.comeBack() : this.#beginRound(bookmark.round));
    if (!this.#isPaused && this.host.participants().length === 1) return goOn();
    this.#cancelWait = clock.after(settings.deadlineMs, goOn);
  }

  /** The others have done all rounds: who has not begun does not begin by itself any more. */
  letGo(): void {
    this.#cancelWait();
  }

  /** Keeps this client from beginning a round from `round` on; null lets it go. */
  hold(round: number | null): void {
    this.#hold = round;
    if (this.#isWaiting) this.#beginNext();
  }

  setPaused(isPaused: boolean): void {
    if (this.#disposal || isPaused === this.#isPaused) return;
    this.#isPaused = isPaused;
    this.#driver.setPaused(isPaused);
    if (this.#isWaiting) this.#beginNext();
  }

  /** @returns null while a round is under way here. */
  snapshot(): RunSnapshot | null {
    if (!this.#isWaiting) return null;
    const { centre, introduced, inputs } = this.#driver.known;
    const { weights, velocity } = this.#iterate;
    const known = { centre, introduced: [...introduced], knows: [...inputs.keys()] };
    return { round: this.#round + 1, weights, velocity, ...known, ...this.#history.past() };
  }

  /** Where this client is in the run, at the end of a round. */
  place(): Omit<Bookmark, 'number' | 'register'> {
    return { round: this.#round + 1, ...this.#iterate, ...this.#history.past() };
  }

  /** The federation's model, where this client knows it, and its own once a round has ended. */
  models(): readonly LearnedModel[] {
    const { averaged } = this.#reporting;
    const rounds = this.#history.own.length;
    const { settings } = this.options;
    const own = { weights: this.#iterate.weights, of: 'own', rounds, participants: this.host.participants().length, settings } as const;
    return [...(averaged ? [averaged] : []), ...(rounds > 0 ? [own] : [])];
  }

  /** What each of these models makes of the samples that are scored on here; nothing where there are none. */
  async examine(): Promise<readonly Examination[]> {
    const { test } = this.options.problem;
    const examinations: Examination[] = [];
    if (!test) return examinations;
    for (const learned of this.models()) examinations.push(await this.#computation.examine(learned, test));
    return examinations;
  }

  /** @returns for a message that asks us to compute, when that is done: its sender's window counts it until then. */
  receive(from: PeerId, message: Message): void | Promise<void> {
    // What the last rounds came to is still news when the run has ended.
    if (this.#disposal) {
      if (message.type === 'summary') this.#reporting.hear(from, message);
      if (message.type === 'averaged') this.#reporting.keepAveraged(from, message);
      return;
    }
    switch (message.type) {
      case 'room':
      case 'offer':
      case 'readiness':
      case 'farewell':
        return;
      case 'mixed':
      case 'residuals':
        return this.#driver.answer(from, message);
      case 'metrics':
        return this.#reporting.collect(from, message);
      case 'averaged':
        return this.#reporting.scoreAveraged(from, message);
      case 'tally':
        return this.#reporting.collectTally(from, message);
      case 'summary':
        return this.#reporting.hear(from, message);
      case 'weights':
        if (!this.hasBegun) this.#adopt(message.round, message);
        return this.#driver.receive(from, message);
      case 'inputs': {
        const { inputs } = message;
        // They are kept for the whole run: in as many bytes as they came in.
        const kept = this.options.settings.wire === 'f32' ? inputs : inputs && inHalves(inputs);
        return this.#driver.receive(from, { ...message, inputs: kept });
      }
      case 'mean':
      case 'features':
      case 'step':
      case 'decline':
        return this.#driver.receive(from, message);
    }
  }

  opened(peer: PeerId): void {
    this.#driver.opened(peer);
  }

  lost(peer: PeerId): void {
    if (this.#disposal) return;
    this.#driver.lost(peer);
    this.#reporting.review();
  }

  /** Ends the run before its target: tells the others what it has come to, and frees what it holds on the device. */
  end(): Promise<void> {
    if (!this.#disposal) this.#reporting.shareAveraged();
    return this.dispose();
  }

  /** Leaves the run and frees what it holds on the device. */
  dispose(): Promise<void> {
    this.#disposal ??= this.#free();
    return this.#disposal;
  }

  async #free(): Promise<void> {
    this.#cancelWait();
    this.#history.close();
    this.#driver.close();
    this.#reporting.close();
    await this.#computation.dispose();
  }

  /** A newcomer starts from its first neighbour's model, not from the initial one; who was here before, from its own. */
  #adopt(round: number, { weights, velocity }: Iterate): void {
    if (this.#bookmark) return this.#beginRound(Math.max(round, this.#bookmark.round));
    this.#iterate = { weights, velocity: velocity ?? this.#iterate.velocity };
    this.#beginRound(round);
  }

  #neighbourhoodIn(round: number): Neighbourhood {
    const { self, settings, source } = this.options;
    const members = this.host.participants();
    return neighbourhoodOf(self.id, members, source.graph(settings, members.length, round), settings, round);
  }

  #beginRound(round: number): void {
    const { self, settings, clock } = this.options;
    this.#since = Math.min(this.#since, round);
    this.#cancelWait();
    this.#round = round;
    this.#history.begin(clock.now(), this.host.roundBytes());
    const neighbourhood = this.#neighbourhoodIn(round);
    this.#absent = neighbourhood.absent;
    if (dropsOut(settings, self.number, round)) return this.#conclude({ round, neighbours: [], missed: [], solver: null });
    this.host.tell({ type: 'moved' });
    this.#driver.begin(round, neighbourhood, this.#iterate);
  }

  #beginNext(): void {
    if (this.#disposal) return;
    const { settings, log } = this.options;
    const peersIn = (round: number) => this.#neighbourhoodIn(round).neighbours.map(({ peer }) => peer);
    const next = this.#driver.nextRound(this.#round, peersIn);
    this.#isWaiting = this.#isPaused || next >= (this.#hold ?? Infinity);
    if (this.#isWaiting) return log('round', 'stands', { next, why: this.#isPaused ? 'paused' : 'held' });
    if (next >= settings.rounds) this.host.tell({ type: 'reached' });
    else this.#beginRound(next);
  }

  #finish({ round, iterate, delta, evolution, neighbours, missed, late }: RoundResult): void {
    if (!areFinite(iterate.weights)) return this.host.tell({ type: 'failed', error: new DivergenceError('The weights') });
    if (late.length > 0) this.options.log('round', 'mixed late', { round, by: late });
    this.#iterate = iterate;
    const traced = evolution && { delta, evolvedLogits: evolution.logits, kernel: evolution.kernel ?? null };
    this.options.trace?.({ round, weights: iterate.weights, evolution: traced });
    this.#conclude({ round, neighbours, missed: [...missed, ...this.#absent], solver: evolution?.solver ?? null });
  }

  /** Scores the model with which the round ends, reports it, and goes on. */
  #conclude(result: Pick<OwnRound, 'round' | 'neighbours' | 'missed' | 'solver'>): void {
    const { id, self, clock, log } = this.options;
    const { weights } = this.#iterate;
    const ended = this.#history.end(result, clock.now(), this.host.roundBytes());
    log('round', 'ends', { round: result.round, neighbours: result.neighbours, missed: result.missed });
    this.#computation.enqueue('score', async () => {
      const tally = await this.#computation.tally(weights);
      const { round, bytesSent } = ended;
      const work = this.#computation.takeTimes();
      this.#driver.worked(Object.values(work).reduce((sum, ms) => sum + ms, 0));
      const seconds = this.#history.add({ ...ended, score: scoreOf(tally), work }, clock.now());
      const clients = [{ id: self.id, number: self.number, ...scoreOf(tally) }];
      this.#reporting.report({ type: 'metrics', run: id, round, clients, tally, bytesSent, seconds, weights });
      this.host.tell({ type: 'scored' });
      // Who waits for nobody would compute on and on, and hear of nobody's coming, nor of a stop.
      if (ended.neighbours.length === 0) clock.soon(() => this.#beginNext());
      else this.#beginNext();
      this.host.tell({ type: 'changed' });
    });
  }
}
