/** What a client tells of its rounds, and what everyone is told of them: sums up the tree to the evaluator, what they came to down it. */
import { throughHalf } from '../../math/half.ts';
import { scoreOf } from '../../ntk/tally.ts';
import type { AveragedMessage, Message, MetricsMessage, SummaryMessage, TallyMessage } from '../../protocol/messages.ts';
import type { RoundSummary } from '../../protocol/summary.ts';
import type { PeerId } from '../../transport/transport.ts';
import type { LearnedModel } from '../learned.ts';
import { branchOf, type Branch } from '../sumTree.ts';
import type { AveragedHere } from '../view.ts';
import type { Computation } from './computation.ts';
import { Gathering } from './gathering.ts';
import type { Others, RunOptions } from './options.ts';
import { summaryOf, sumOfMetrics, sumOfTallies } from './sums.ts';

/** What reporting needs of the run around it. */
export interface ReportingHost {
  /** The round that this client is in. */
  round(): number;
  /** The first that it has been in; Infinity before it has begun. */
  since(): number;
  summarised(summary: RoundSummary): void;
  /** Told what a round's averaged model makes of the rows held out here. */
  scoredHere(scored: AveragedHere): void;
}

export class Reporting {
  readonly #metrics: Gathering<MetricsMessage>;
  /** Where everyone scores the averaged model on rows of their own. */
  readonly #tallies: Gathering<TallyMessage>;
  /** At the evaluator, the rounds whose averaged model is being scored. */
  readonly #asked = new Map<number, MetricsMessage>();
  #averaged: LearnedModel | null = null;
  /** Whether the others have been sent the averaged model that training ended with. */
  #hasShared = false;

  constructor(
    private readonly options: Pick<RunOptions, 'id' | 'self' | 'settings' | 'problem' | 'clock'>,
    private readonly computation: Computation,
    private readonly others: Others,
    private readonly host: ReportingHost,
  ) {
    const { self, settings, clock } = options;
    const common = {
      self: self.id,
      clock,
      deadlineMs: settings.deadlineMs,
      round: () => host.round(),
      since: () => host.since(),
      participants: () => others.participants(),
    };
    this.#metrics = new Gathering({
      ...common,
      branch: () => this.#branch(),
      combine: sumOfMetrics,
      gathered: (sum) => this.#pass(sum, () => (settings.task ? this.#ask(sum) : this.#score(sum))),
    });
    this.#tallies = new Gathering({
      ...common,
      // Who was not sent the averaged model does not answer.
      branch: () => this.#openBranch(),
      combine: sumOfTallies,
      gathered: (sum) => this.#pass(sum, () => this.#sumUp(sum)),
    });
  }

  /** The latest of everyone's averages that this client has made or been sent; null before the first. */
  get averaged(): LearnedModel | null {
    return this.#averaged;
  }

  /** Adds this client's own metrics to the federation's. */
  report(metrics: MetricsMessage): void {
    if (this.options.problem.test) this.#metrics.collect(this.options.self.id, metrics);
  }

  collect(from: PeerId, metrics: MetricsMessage): void {
    this.#metrics.collect(from, metrics);
  }

  collectTally(from: PeerId, tally: TallyMessage): void {
    this.#tallies.collect(from, tally);
  }

  /** Keeps the averaged model and passes it on. @returns whether it came from where it has to. */
  keepAveraged(from: PeerId, message: AveragedMessage): boolean {
    if (from !== this.#branch().parent) return false;
    const participants = this.others.participants().length;
    this.#keep(message.round, message.weights, participants);
    if (this.options.settings.task) this.#askOn(message);
    else this.#tellOn(message);
    return true;
  }

  /** The same, and where everyone has rows of their own, scores it on this client's. */
  scoreAveraged(from: PeerId, message: AveragedMessage): void {
    if (this.keepAveraged(from, message) && this.options.settings.task) this.#tally(message);
  }

  /** At the evaluator, sends everyone the averaged model that training has ended with, to take home, once; of own data they have it already. */
  shareAveraged(): void {
    const { id: run, settings } = this.options;
    if (settings.task || this.#hasShared || !this.#averaged || !this.#isEvaluator()) return;
    this.#hasShared = true;
    const { weights, rounds } = this.#averaged;
    this.#tellOn({ type: 'averaged', run, round: rounds - 1, weights });
  }

  /** Believes what a round came to from its parent in the tree alone, and passes it on. */
  hear(from: PeerId, message: SummaryMessage): void {
    if (from !== this.#branch().parent) return;
    this.#tellOn(message);
    this.#summarise(message.summary);
  }

  /** Looks again at who is waited for, and whom sums are passed to: somebody may have left. */
  review(): void {
    this.#metrics.review();
    this.#tallies.review();
  }

  close(): void {
    this.#metrics.close();
    this.#tallies.close();
  }

  #branch(): Branch {
    return branchOf(this.others.participants(), this.options.self.id);
  }

  #openBranch(): Branch {
    const branch = this.#branch();
    return { ...branch, children: branch.children.filter(({ id }) => this.others.isOpen(id)) };
  }

  #isEvaluator(): boolean {
    return this.#branch().parent === null;
  }

  /** Passes a sum up the tree. @param conclude what to do with it at the root. */
  #pass(sum: MetricsMessage | TallyMessage, conclude: () => void): void {
    const { parent } = this.#branch();
    if (parent === null) conclude();
    else this.others.send(parent, sum);
  }

  /** Passes a message down the tree: to whom no channel is open yet, when one is. */
  #tellOn(message: Message): void {
    for (const { id } of this.#branch().children) this.others.send(id, message);
  }

  /** Passes a question down the tree, to those whose answers are waited for. */
  #askOn(message: Message): void {
    for (const { id } of this.#openBranch().children) this.others.send(id, message);
  }

  #summarise(summary: RoundSummary): void {
    this.#metrics.settle(summary.round);
    this.#tallies.settle(summary.round);
    this.host.summarised(summary);
  }

  /** Has the averaged model scored by everyone, each on rows of their own. */
  #ask(metrics: MetricsMessage): void {
    const { id: run, settings } = this.options;
    const { round, clients } = metrics;
    this.#metrics.settle(round);
    this.#asked.set(round, metrics);
    // The evaluator scores what the others are sent.
    const weights = settings.wire === 'f32' ? metrics.weights : throughHalf(metrics.weights);
    this.#keep(round, weights, clients.length);
    const message: AveragedMessage = { type: 'averaged', run, round, weights };
    this.#tally(message);
    this.#askOn(message);
  }

  #tally({ run, round, weights }: AveragedMessage): void {
    const { id } = this.options.self;
    this.#tallies.restart(round);
    this.computation.enqueueAside('score', async () => {
      const tally = await this.computation.tally(weights);
      this.#tallies.collect(id, { type: 'tally', run, round, clients: [{ id }], tally });
      this.host.scoredHere({ round, score: scoreOf(tally) });
    });
  }

  #sumUp({ round, tally }: TallyMessage): void {
    const metrics = this.#asked.get(round);
    this.#asked.delete(round);
    if (metrics) this.#tell(summaryOf(metrics, tally));
  }

  /** Scores the averaged model here, on the samples that everyone scores on. */
  #score(metrics: MetricsMessage): void {
    const { round, clients, weights } = metrics;
    this.#metrics.settle(round);
    this.computation.enqueueAside('score', async () => {
      this.#keep(round, weights, clients.length);
      this.#tell(summaryOf(metrics, await this.computation.tally(weights)));
    });
  }

  #keep(round: number, weights: Float32Array, participants: number): void {
    this.#averaged = { weights, of: 'averaged', rounds: round + 1, participants, settings: this.options.settings };
  }

  #tell(summary: RoundSummary): void {
    // First the others: what it came to may end the run here.
    this.#tellOn({ type: 'summary', run: this.options.id, summary });
    if (summary.round === this.options.settings.rounds - 1) this.shareAveraged();
    this.#summarise(summary);
  }
}
