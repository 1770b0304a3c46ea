import { purposeOf, type MessageKind } from '../protocol/messages.ts';
import type { PeerId } from '../transport/transport.ts';
import type { BytesByKind } from './view.ts';

type Purpose = 'training' | 'evaluation' | 'control';

/** The messages with which a neighbour answers in our round; all other training messages of a round are sent by its own client. */
const answers: ReadonlySet<MessageKind> = new Set(['inputs', 'factors', 'step']);

/** Exact counts of the bytes put on and taken off the channels, by peer and message kind. */
export class ByteCounters {
  readonly #sent = new Map<PeerId, Map<MessageKind, number>>();
  readonly #received = new Map<PeerId, Map<MessageKind, number>>();
  readonly #totals: Record<Purpose, number> = { training: 0, evaluation: 0, control: 0 };
  #ownRounds = 0;

  countSent(peer: PeerId, kind: MessageKind, bytes: number): void {
    add(this.#sent, peer, kind, bytes);
    this.#totals[purposeOf[kind]] += bytes;
    if (purposeOf[kind] === 'training' && !answers.has(kind)) this.#ownRounds += bytes;
  }

  countReceived(peer: PeerId, kind: MessageKind, bytes: number): void {
    add(this.#received, peer, kind, bytes);
    if (answers.has(kind)) this.#ownRounds += bytes;
  }

  /**
   * What this client's own rounds have cost: the training bytes it sent in them, and those of the answers to it. Every training
   * byte that any client sends belongs to exactly one client's round, so all clients' costs add up to all bytes sent.
   */
  get ownRounds(): number {
    return this.#ownRounds;
  }

  sentTo(peer: PeerId): BytesByKind {
    return Object.fromEntries(this.#sent.get(peer) ?? []);
  }

  receivedFrom(peer: PeerId): BytesByKind {
    return Object.fromEntries(this.#received.get(peer) ?? []);
  }

  /** Sent by this client since it joined, by purpose. */
  get totals(): Readonly<Record<Purpose, number>> {
    return { ...this.#totals };
  }
}

function add(counts: Map<PeerId, Map<MessageKind, number>>, peer: PeerId, kind: MessageKind, bytes: number): void {
  const kinds = counts.get(peer) ?? new Map<MessageKind, number>();
  counts.set(peer, kinds.set(kind, (kinds.get(kind) ?? 0) + bytes));
}
