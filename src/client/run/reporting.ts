/** What a client tells of its rounds, and what everyone is told of them: metrics to the evaluator, summaries from it. */
import type { MetricsMessage, RoundSummary } from '../../protocol/messages.ts';
import type { PeerId } from '../../transport/transport.ts';
import type { LearnedModel } from '../learned.ts';
import { evaluatorAmong } from '../neighbourhood.ts';
import type { Computation } from './computation.ts';
import { Evaluator, summaryOf, type CollectedRound } from './evaluator.ts';
import type { Others, RunOptions } from './options.ts';

/** What reporting needs of the run around it. */
export interface ReportingHost {
  /** The round that this client is in. */
  round(): number;
  summarised(summary: RoundSummary): void;
}

export class Reporting {
  readonly #evaluator: Evaluator;
  #averaged: LearnedModel | null = null;

  constructor(
    private readonly options: Pick<RunOptions, 'id' | 'self' | 'settings' | 'problem' | 'clock'>,
    private readonly computation: Computation,
    private readonly others: Others,
    private readonly host: ReportingHost,
  ) {
    const { self, settings, clock } = options;
    this.#evaluator = new Evaluator({
      self: self.id,
      clock,
      deadlineMs: settings.deadlineMs,
      round: () => host.round(),
      participants: () => others.participants(),
      collected: (round) => this.#summarise(round),
    });
  }

  /** The latest model that was scored as everyone's average; null where another client evaluates. */
  get averaged(): LearnedModel | null {
    return this.#averaged;
  }

  /** Sends this client's own metrics to the evaluator, which may be itself. */
  report(metrics: MetricsMessage): void {
    const { self, problem } = this.options;
    const evaluator = evaluatorAmong(this.others.participants());
    if (!problem.test || !evaluator) return;
    if (evaluator === self.id) this.#evaluator.collect(evaluator, metrics);
    else this.others.send(evaluator, metrics);
  }

  collect(from: PeerId, metrics: MetricsMessage): void {
    this.#evaluator.collect(from, metrics);
  }

  /** Believes what a round came to from the evaluator alone. */
  hear(from: PeerId, summary: RoundSummary): void {
    if (from === evaluatorAmong(this.others.participants())) this.host.summarised(summary);
  }

  /** Looks again at who is waited for: somebody may have left. */
  review(): void {
    this.#evaluator.review();
  }

  close(): void {
    this.#evaluator.close();
  }

  #summarise(collected: CollectedRound): void {
    const { id: run, self } = this.options;
    this.computation.enqueue('score', async () => {
      const summary = await summaryOf(collected, (weights) => {
        this.#averaged = { weights, of: 'averaged', rounds: collected.round + 1, participants: collected.reports.length };
        return this.computation.score(weights);
      });
      // First the others: what it came to may end the run here.
      for (const { id } of this.others.participants()) {
        if (id !== self.id && this.others.isOpen(id)) this.others.send(id, { type: 'summary', run, summary });
      }
      this.host.summarised(summary);
    });
  }
}
