/** The federation's scores: what one client makes of everyone's metrics. */

import { scoreOf, sumOf, type Tally } from '../../ntk/tally.ts';
import type { MetricsMessage, RoundSummary } from '../../protocol/messages.ts';
import { scaledSum } from '../../round/iterate.ts';
import type { PeerId, Presence } from '../../transport/transport.ts';
import type { Clock } from '../clock.ts';

/** What one client reported of one round, with who sent it. */
interface Report<Message> {
  readonly member: Presence;
  readonly message: Message;
}

export interface CollectedRound<Message> {
  readonly round: number;
  /** By ascending client number. */
  readonly reports: readonly Report<Message>[];
}

export interface EvaluatorHost<Message> {
  readonly self: PeerId;
  readonly clock: Clock;
  /** How long a round waits for the others after our own report of it, ms. */
  readonly deadlineMs: number;
  /** The round that this client is in. */
  round(): number;
  /** Who reports of a round. */
  reporters(round: number): readonly Presence[];
  /** Told of each round, in their order, when everyone's reports are here or no longer waited for. */
  collected(round: CollectedRound<Message>): void;
}

/**
 * How many rounds more than there are members a client may be ahead of us: one round a neighbour where nobody is late, more
 * where we were. What is further ahead is no client's of this run, and would have to be kept until we get there.
 */
const AHEAD = 16;

/** Gathers the clients' reports, which the lowest client number is sent, until a round is complete. It never holds up training. */
export class Evaluator<Message extends { readonly round: number }> {
  readonly #rounds = new Map<number, Map<PeerId, Report<Message>>>();
  readonly #cancelOverdue = new Map<number, () => void>();
  #closed = -1;

  constructor(private readonly host: EvaluatorHost<Message>) {}

  collect(from: PeerId, message: Message): void {
    const { self, clock, deadlineMs } = this.host;
    const { round } = message;
    const members = this.host.reporters(round);
    const member = members.find(({ id }) => id === from);
    if (!member || round <= this.#closed || round > this.host.round() + members.length + AHEAD) return;
    const reports = this.#rounds.get(round) ?? new Map<PeerId, Report<Message>>();
    this.#rounds.set(round, reports.set(from, { member, message }));
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
    for (const [round, reports] of [...this.#rounds].sort(([a], [b]) => a - b)) {
      if (round > overdue && !this.host.reporters(round).every(({ id }) => reports.has(id))) return;
      this.#rounds.delete(round);
      this.#cancelOverdue.get(round)?.();
      this.#cancelOverdue.delete(round);
      this.#closed = round;
      this.host.collected({ round, reports: [...reports.values()].sort((a, b) => a.member.number - b.member.number) });
    }
  }
}

/** The federation's model after a round: the average of all clients' weights. */
export function averageOf({ reports }: CollectedRound<MetricsMessage>): Float32Array {
  return scaledSum(
    reports.map(({ message }) => message.weights),
    1 / reports.length,
  );
}

/** What all clients are told of a round. @param averaged what the averaged model makes of all samples that are scored on. */
export function summaryOf({ round, reports }: CollectedRound<MetricsMessage>, averaged: Tally): RoundSummary {
  return {
    round,
    averaged: scoreOf(averaged),
    confusion: averaged.confusion,
    mean: scoreOf(sumOf(reports.map(({ message }) => message.tally))),
    clients: reports.map(({ member: { id, number }, message }) => ({ id, number, ...scoreOf(message.tally) })),
    bytesSent: reports.reduce((sum, { message }) => sum + message.bytesSent, 0),
    seconds: Math.max(...reports.map(({ message }) => message.seconds)),
  };
}
