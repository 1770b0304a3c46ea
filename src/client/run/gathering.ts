/** The federation's sums, gathered along the tree (sumTree.ts): a client's own and those of its children, until a round is complete. */
import type { PeerId, Presence } from '../../transport/transport.ts';
import type { Clock } from '../clock.ts';
import type { Branch } from '../sumTree.ts';

/** A sum, and the clients that are in it. */
interface Sum {
  readonly round: number;
  readonly clients: readonly { readonly id: PeerId }[];
}

export interface GatheringHost<Message extends Sum> {
  readonly self: PeerId;
  readonly clock: Clock;
  /** How long a round waits for each level of the tree below, after our own report of it, ms. */
  readonly deadlineMs: number;
  /** The round that this client is in. */
  round(): number;
  /** The first that it has been in; Infinity before it has begun. */
  since(): number;
  participants(): readonly Presence[];
  /** Our place in the tree as it is now. */
  branch(): Branch;
  /** Adds up sums of different clients. */
  combine(first: Message, others: readonly Message[]): Message;
  /** Told of each round, in their order, when all sums are here or no longer waited for; again when a late one brings more. */
  gathered(sum: Message): void;
}

/**
 * How many rounds more than there are members a client may be ahead of us: one round a neighbour where nobody is late, more
 * where we were. What is further ahead is no client's of this run, and would have to be kept until we get there.
 */
const AHEAD = 16;

/** Of how many rounds we keep what we passed on, for whoever takes the place of whom we passed it to. */
const KEPT = 4;

/** Of sums that share a client, the one of more. By who sent them, in the order of their numbers. */
function disjoint<Message extends Sum>(sums: ReadonlyMap<PeerId, Message>, order: readonly PeerId[]): Message[] {
  const seen = new Set<PeerId>();
  const taken = [...sums]
    .sort(([, a], [, b]) => b.clients.length - a.clients.length)
    .filter(([, { clients }]) => {
      const isNew = clients.every(({ id }) => !seen.has(id));
      if (isNew) for (const { id } of clients) seen.add(id);
      return isNew;
    });
  return taken.sort(([a], [b]) => order.indexOf(a) - order.indexOf(b)).map(([, sum]) => sum);
}

/**
 * Gathers sums until a round is complete. It never holds up training. Who comes when the run is under way is in none of the rounds
 * before, and nobody can say in which it will be first: its sums are waited for from the first that comes.
 */
export class Gathering<Message extends Sum> {
  /** The first round in which others' sums are waited for: of those that were here before us, any. */
  readonly #since: Map<PeerId, number>;
  readonly #rounds = new Map<number, Map<PeerId, Message>>();
  readonly #cancelOverdue = new Map<number, () => void>();
  /** What was passed on of rounds that are not settled yet, and to whom. */
  readonly #passed = new Map<number, { readonly sum: Message; readonly to: PeerId | null }>();
  #settled = -1;

  constructor(private readonly host: GatheringHost<Message>) {
    this.#since = new Map(host.participants().map(({ id }) => [id, 0]));
  }

  collect(from: PeerId, sum: Message): void {
    const { round } = sum;
    if (round <= this.#settled || !this.#sources().includes(from)) return;
    if (round > this.host.round() + this.host.participants().length + AHEAD) return;
    if (!this.#since.has(from)) this.#since.set(from, round);
    const passed = this.#passed.get(round)?.sum.clients.map(({ id }) => id);
    if (passed && sum.clients.every(({ id }) => passed.includes(id))) return;
    if (passed) this.#reopen(round);
    this.#sumsOf(round).set(from, sum);
    if (from === this.host.self) this.#expect(round);
    this.#take();
  }

  /** Looks again at who is waited for, and whom sums are passed to: somebody may have left. */
  review(): void {
    const here = new Set(this.host.participants().map(({ id }) => id));
    for (const id of this.#since.keys()) if (!here.has(id)) this.#since.delete(id);
    const { parent } = this.host.branch();
    for (const [round, { to }] of this.#passed) if (to !== parent) this.#reopen(round);
    this.#take();
  }

  /** Gathers a round anew: what is summed up is another. */
  restart(round: number): void {
    this.#forget(round);
    this.#passed.delete(round);
  }

  /** Forgets the rounds up to this one: what they came to is known. */
  settle(settled: number): void {
    this.#settled = Math.max(this.#settled, settled);
    for (const round of this.#rounds.keys()) if (round <= settled) this.#forget(round);
    for (const round of this.#passed.keys()) if (round <= settled) this.#passed.delete(round);
  }

  close(): void {
    for (const cancel of this.#cancelOverdue.values()) cancel();
    this.#cancelOverdue.clear();
    this.#passed.clear();
  }

  #sources(): readonly PeerId[] {
    return [this.host.self, ...this.host.branch().children.map(({ id }) => id)];
  }

  #sumsOf(round: number): Map<PeerId, Message> {
    const sums = this.#rounds.get(round) ?? new Map<PeerId, Message>();
    this.#rounds.set(round, sums);
    return sums;
  }

  /** Waits again for who is not in what was passed on. */
  #reopen(round: number): void {
    const passed = this.#passed.get(round);
    this.#passed.delete(round);
    if (!passed) return;
    this.#sumsOf(round).set(this.host.self, passed.sum);
    this.#expect(round);
  }

  #expect(round: number): void {
    const { clock, deadlineMs } = this.host;
    const { height } = this.host.branch();
    if (height > 0)
      this.#cancelOverdue.set(
        round,
        clock.after(height * deadlineMs, () => this.#take(round)),
      );
  }

  #isComplete(round: number, sums: ReadonlyMap<PeerId, Message>): boolean {
    const here = new Set([...sums.values()].flatMap(({ clients }) => clients.map(({ id }) => id)));
    return this.#sources().every((id) => sums.has(id) || here.has(id) || round < this.#sinceOf(id));
  }

  #sinceOf(source: PeerId): number {
    return source === this.host.self ? this.host.since() : (this.#since.get(source) ?? Infinity);
  }

  /** Takes out the rounds that are complete, oldest first, and all up to `overdue`. */
  #take(overdue = -1): void {
    for (const [round, sums] of [...this.#rounds].sort(([a], [b]) => a - b)) {
      if (round > overdue && !this.#isComplete(round, sums)) return;
      this.#forget(round);
      const [first, ...others] = disjoint(sums, this.#sources());
      if (!first) continue;
      const sum = this.host.combine(first, others);
      this.#passed.set(round, { sum, to: this.host.branch().parent });
      for (const kept of this.#passed.keys()) if (kept <= round - KEPT) this.#passed.delete(kept);
      this.host.gathered(sum);
    }
  }

  #forget(round: number): void {
    this.#rounds.delete(round);
    this.#cancelOverdue.get(round)?.();
    this.#cancelOverdue.delete(round);
  }
}
