/** The federation's scores: what one client makes of everyone's metrics. */

import type { MetricsMessage, RoundSummary, Score } from '../../protocol/messages.ts';
import { scaledSum } from '../../round/iterate.ts';
import type { PeerId, Presence } from '../../transport/transport.ts';
import type { Clock } from '../clock.ts';

/** One client's metrics of one round, with who sent them. */
interface Report {
  readonly member: Presence;
  readonly metrics: MetricsMessage;
}

export interface CollectedRound {
  readonly round: number;
  /** By ascending client number. */
  readonly reports: readonly Report[];
}

export interface EvaluatorHost {
  readonly self: PeerId;
  readonly clock: Clock;
  /** How long a round waits for the others after our own report of it, ms. */
  readonly deadlineMs: number;
  /** The round that this client is in. */
  round(): number;
  participants(): readonly Presence[];
  /** Told of each round, in their order, when everyone's reports are here or no longer waited for. */
  collected(round: CollectedRound): void;
}

/**
 * How many rounds more than there are members a client may be ahead of us: one round a neighbour where nobody is late, more
 * where we were. What is further ahead is no client's of this run, and would have to be kept until we get there.
 */
const AHEAD = 16;

/** Gathers the clients' metrics, which the lowest client number is sent, until a round is complete. It never holds up training. */
export class Evaluator {
  readonly #rounds = new Map<number, Map<PeerId, Report>>();
  readonly #cancelOverdue = new Map<number, () => void>();
  #closed = -1;

  constructor(private readonly host: EvaluatorHost) {}

  collect(from: PeerId, metrics: MetricsMessage): void {
    const { self, clock, deadlineMs } = this.host;
    const { round } = metrics;
    const members = this.host.participants();
    const member = members.find(({ id }) => id === from);
    if (!member || round <= this.#closed || round > this.host.round() + members.length + AHEAD) return;
    const reports = this.#rounds.get(round) ?? new Map<PeerId, Report>();
    this.#rounds.set(round, reports.set(from, { member, metrics }));
    if (from === self)
      this.#cancelOverdue.set(
        round,
        clock.after(deadlineMs, () => this.#take(round)),
      );
    this.#take();
  }

  /** Looks again at who is waited for: somebody may have left. */
  review(): void {
    this.#take();
  }

  close(): void {
    for (const cancel of this.#cancelOverdue.values()) cancel();
    this.#cancelOverdue.clear();
  }

  /** Takes out the rounds that are complete, oldest first, and all up to `overdue`. What comes later for them is ignored. */
  #take(overdue = -1): void {
    const members = this.host.participants();
    for (const [round, reports] of [...this.#rounds].sort(([a], [b]) => a - b)) {
      if (round > overdue && !members.every(({ id }) => reports.has(id))) return;
      this.#rounds.delete(round);
      this.#cancelOverdue.get(round)?.();
      this.#cancelOverdue.delete(round);
      this.#closed = round;
      this.host.collected({ round, reports: [...reports.values()].sort((a, b) => a.member.number - b.member.number) });
    }
  }
}

/** What all clients are told of a round. @param score of a model on the test set. */
export async function summaryOf(
  { round, reports }: CollectedRound,
  score: (weights: Float32Array) => Promise<Score>,
): Promise<RoundSummary> {
  const average = scaledSum(
    reports.map(({ metrics }) => metrics.weights),
    1 / reports.length,
  );
  const total = (of: (metrics: MetricsMessage) => number) => reports.reduce((sum, { metrics }) => sum + of(metrics), 0);
  return {
    round,
    averaged: await score(average),
    mean: { accuracy: total((m) => m.accuracy) / reports.length, loss: total((m) => m.loss) / reports.length },
    clients: reports.map(({ member, metrics: { accuracy, loss } }) => ({ id: member.id, number: member.number, accuracy, loss })),
    bytesSent: total((m) => m.bytesSent),
    seconds: Math.max(...reports.map(({ metrics }) => metrics.seconds)),
  };
}
