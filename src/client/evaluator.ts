import type { MetricsMessage } from '../protocol/messages.ts';
import type { Presence } from '../transport/transport.ts';

/** One client's metrics of one round, with who sent them. */
export interface Report {
  readonly member: Presence;
  readonly metrics: MetricsMessage;
}

export interface CollectedRound {
  readonly round: number;
  /** By ascending client number. */
  readonly reports: readonly Report[];
}

/** Gathers the clients' metrics at the evaluator until a round is complete. It never holds up training. */
export class MetricsCollector {
  readonly #rounds = new Map<number, Map<string, Report>>();
  #closed = -1;

  /** @returns whether this is the first report of its round. */
  add(report: Report): boolean {
    const { round } = report.metrics;
    if (round <= this.#closed) return false;
    const reports = this.#rounds.get(round) ?? new Map<string, Report>();
    this.#rounds.set(round, reports.set(report.member.id, report));
    return reports.size === 1;
  }

  /**
   * Takes out the rounds that are complete, oldest first: every one of `members` has reported, or the round is not after
   * `overdue`. What comes later for such a round is ignored.
   */
  take(members: readonly Presence[], overdue = -1): CollectedRound[] {
    const complete: CollectedRound[] = [];
    for (const [round, reports] of [...this.#rounds].sort(([a], [b]) => a - b)) {
      if (round > overdue && !members.every(({ id }) => reports.has(id))) break;
      this.#rounds.delete(round);
      this.#closed = round;
      complete.push({ round, reports: [...reports.values()].sort((a, b) => a.member.number - b.member.number) });
    }
    return complete;
  }
}
