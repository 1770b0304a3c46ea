/** The accounts of bytes: what goes over the channels, by peer and message, and what of it each client's own rounds cost. */

import type { Purpose } from '../protocol/declaration.ts';
import { declarations, type MessageKind } from '../protocol/messages.ts';
import type { PeerId } from '../transport/transport.ts';
import type { BytesByKind } from './view.ts';

type Counts = Map<PeerId, Map<string, number>>;

/** `ack`: a channel's acknowledgement of a frame, whatever the frame carries. */
export type CountedKind = MessageKind | 'ack';

/** All counts at one moment. */
export interface CountedBytes {
  readonly sent: ReadonlyMap<PeerId, ReadonlyMap<string, number>>;
  readonly received: ReadonlyMap<PeerId, ReadonlyMap<string, number>>;
  readonly totals: Readonly<Record<Purpose, number>>;
  readonly ownRounds: number;
}

const purposeOf = (kind: CountedKind): Purpose => (kind === 'ack' ? 'control' : declarations[kind].terms.purpose);

/** Whether a neighbour answers in our round with it; all other training messages of a round are sent by its own client. */
const isAnswer = (kind: CountedKind): boolean => kind !== 'ack' && declarations[kind].terms.answers !== undefined;

/** Exact counts of the bytes put on and taken off the channels, by peer and message kind. */
export class ByteCounters {
  readonly #sent: Counts = new Map();
  readonly #received: Counts = new Map();
  readonly #totals: Record<Purpose, number> = { training: 0, evaluation: 0, control: 0 };
  #ownRounds = 0;

  /** Goes on from counts taken before, instead of what was counted so far. */
  restore({ sent, received, totals, ownRounds }: CountedBytes): void {
    for (const [mine, before] of [
      [this.#sent, sent],
      [this.#received, received],
    ] as const) {
      mine.clear();
      for (const [peer, kinds] of before) mine.set(peer, new Map(kinds));
    }
    Object.assign(this.#totals, totals);
    this.#ownRounds = ownRounds;
  }

  snapshot(): CountedBytes {
    return structuredClone({ sent: this.#sent, received: this.#received, totals: this.#totals, ownRounds: this.#ownRounds });
  }

  countSent(peer: PeerId, kind: CountedKind, bytes: number): void {
    add(this.#sent, peer, kind, bytes);
    const purpose = purposeOf(kind);
    this.#totals[purpose] += bytes;
    if (purpose === 'training' && !isAnswer(kind)) this.#ownRounds += bytes;
  }

  countReceived(peer: PeerId, kind: CountedKind, bytes: number): void {
    add(this.#received, peer, kind, bytes);
    if (isAnswer(kind)) this.#ownRounds += bytes;
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

function add(counts: Counts, peer: PeerId, kind: CountedKind, bytes: number): void {
  const kinds = counts.get(peer) ?? new Map<string, number>();
  counts.set(peer, kinds.set(kind, (kinds.get(kind) ?? 0) + bytes));
}
