/** What a client tells of its rounds, and what everyone is told of them: metrics to the evaluator, summaries from it. */
import { throughHalf } from '../../math/half.ts';
import { scoreOf, sumOf } from '../../ntk/tally.ts';
import type { AveragedMessage, Message, MetricsMessage, RoundSummary, TallyMessage } from '../../protocol/messages.ts';
import type { PeerId } from '../../transport/transport.ts';
import type { LearnedModel } from '../learned.ts';
import { evaluatorAmong } from '../neighbourhood.ts';
import type { AveragedHere } from '../view.ts';
import type { Computation } from './computation.ts';
import { averageOf, Evaluator, summaryOf, type CollectedRound } from './evaluator.ts';
import type { Others, RunOptions } from './options.ts';

/** What reporting needs of the run around it. */
export interface ReportingHost {
  /** The round that this client is in. */
  round(): number;
  summarised(summary: RoundSummary): void;
  /** Told what a round's averaged model makes of the rows held out here. */
  scoredHere(scored: AveragedHere): void;
}

type Metrics = CollectedRound<MetricsMessage>;

/** Of how many rounds a client keeps what it reported, for whoever takes the evaluator's place. */
const KEPT_REPORTS = 4;

export class Reporting {
  readonly #evaluator: Evaluator<MetricsMessage>;
  /** Where everyone scores the averaged model on rows of their own. */
  readonly #tallies: Evaluator<TallyMessage>;
  /** The rounds whose averaged model is being scored. */
  readonly #asked = new Map<number, Metrics>();
  /** What this client reported of rounds that it has heard no summary of, and to whom. */
  readonly #reported = new Map<number, { readonly metrics: MetricsMessage; readonly to: PeerId }>();
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
    const common = { self: self.id, clock, deadlineMs: settings.deadlineMs, round: () => host.round() };
    this.#evaluator = new Evaluator({
      ...common,
      reporters: () => others.participants(),
      collected: (round) => (settings.task ? this.#ask(round) : this.#score(round)),
    });
    this.#tallies = new Evaluator({
      ...common,
      reporters: (round) => this.#askedIn(round),
      collected: (round) => this.#sumUp(round),
    });
  }

  /** The latest of everyone's averages that this client has made or been sent; null before the first. */
  get averaged(): LearnedModel | null {
    return this.#averaged;
  }

  /** Sends this client's own metrics to the evaluator, which may be itself. */
  report(metrics: MetricsMessage): void {
    const { self, problem } = this.options;
    const evaluator = evaluatorAmong(this.others.participants());
    if (!problem.test || !evaluator) return;
    this.#reported.set(metrics.round, { metrics, to: evaluator });
    this.#forgetUpTo(metrics.round - KEPT_REPORTS);
    if (evaluator === self.id) this.#evaluator.collect(evaluator, metrics);
    else this.others.send(evaluator, metrics);
  }

  collect(from: PeerId, metrics: MetricsMessage): void {
    this.#evaluator.collect(from, metrics);
  }

  /** Keeps the averaged model, from the evaluator alone. @returns whether it did. */
  keepAveraged(from: PeerId, { round, weights }: AveragedMessage): boolean {
    const participants = this.others.participants();
    if (from !== evaluatorAmong(participants)) return false;
    this.#averaged = { weights, of: 'averaged', rounds: round + 1, participants: participants.length, settings: this.options.settings };
    return true;
  }

  /** Keeps the averaged model and, where everyone has rows of their own, scores it on this client's. */
  scoreAveraged(from: PeerId, message: AveragedMessage): void {
    if (this.keepAveraged(from, message) && this.options.settings.task) {
      this.#tally(message, (answer) => this.others.send(from, answer));
    }
  }

  /** Sends everyone the averaged model that training has ended with, to take home, once; of own data they have it already. */
  shareAveraged(): void {
    const { id: run, self, settings } = this.options;
    const isEvaluator = evaluatorAmong(this.others.participants()) === self.id;
    if (settings.task || this.#hasShared || !this.#averaged || !isEvaluator) return;
    this.#hasShared = true;
    const { weights, rounds } = this.#averaged;
    this.#tellOthers({ type: 'averaged', run, round: rounds - 1, weights });
  }

  collectTally(from: PeerId, tally: TallyMessage): void {
    this.#tallies.collect(from, tally);
  }

  /** Believes what a round came to from the evaluator alone. */
  hear(from: PeerId, summary: RoundSummary): void {
    if (from === evaluatorAmong(this.others.participants())) this.#summarise(summary);
  }

  /** Looks again at who evaluates and who is waited for: somebody may have left. */
  review(): void {
    const evaluator = evaluatorAmong(this.others.participants());
    for (const { metrics, to } of this.#reported.values()) if (to !== evaluator) this.report(metrics);
    this.#evaluator.review();
    this.#tallies.review();
  }

  close(): void {
    this.#evaluator.close();
    this.#tallies.close();
    this.#reported.clear();
  }

  #forgetUpTo(round: number): void {
    for (const kept of this.#reported.keys()) if (kept <= round) this.#reported.delete(kept);
  }

  #summarise(summary: RoundSummary): void {
    this.#forgetUpTo(summary.round);
    this.host.summarised(summary);
  }

  /** Of those whose weights were averaged, who is still here. */
  #askedIn(round: number) {
    const asked = new Set(this.#asked.get(round)?.reports.map(({ member }) => member.id));
    return this.others.participants().filter(({ id }) => asked.has(id));
  }

  /** Has the averaged model scored by everyone whose weights are in it, each on rows of their own. */
  #ask(metrics: Metrics): void {
    const { id: run, self, settings } = this.options;
    const { round } = metrics;
    this.#asked.set(round, metrics);
    const average = averageOf(metrics);
    // The evaluator scores what the others are sent.
    const weights = settings.wire === 'f32' ? average : throughHalf(average);
    this.#keep(metrics, weights);
    const message: AveragedMessage = { type: 'averaged', run, round, weights };
    this.#tellOthers(message, new Set(metrics.reports.map(({ member }) => member.id)));
    this.#tally(message, (answer) => this.#tallies.collect(self.id, answer));
  }

  #tally({ run, round, weights }: AveragedMessage, answer: (tally: TallyMessage) => void): void {
    this.computation.enqueue('score', async () => {
      const tally = await this.computation.tally(weights);
      answer({ type: 'tally', run, round, tally });
      this.host.scoredHere({ round, score: scoreOf(tally) });
    });
  }

  #sumUp({ round, reports }: CollectedRound<TallyMessage>): void {
    const metrics = this.#asked.get(round);
    this.#asked.delete(round);
    if (metrics) this.#tell(summaryOf(metrics, sumOf(reports.map(({ message }) => message.tally))));
  }

  /** Scores the averaged model here, on the samples that everyone scores on. */
  #score(metrics: Metrics): void {
    this.computation.enqueue('score', async () => {
      const weights = averageOf(metrics);
      this.#keep(metrics, weights);
      this.#tell(summaryOf(metrics, await this.computation.tally(weights)));
    });
  }

  #keep({ round, reports }: Metrics, weights: Float32Array): void {
    this.#averaged = { weights, of: 'averaged', rounds: round + 1, participants: reports.length, settings: this.options.settings };
  }

  #tell(summary: RoundSummary): void {
    // First the others: what it came to may end the run here.
    this.#tellOthers({ type: 'summary', run: this.options.id, summary });
    if (summary.round === this.options.settings.rounds - 1) this.shareAveraged();
    this.#summarise(summary);
  }

  #tellOthers(message: Message, among?: ReadonlySet<PeerId>): void {
    for (const { id } of this.others.participants()) {
      if (id !== this.options.self.id && this.others.isOpen(id) && (among?.has(id) ?? true)) this.others.send(id, message);
    }
  }
}
