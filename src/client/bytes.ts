import { purposeOf, type MessageKind } from '../protocol/messages.ts';
import type { PeerId } from '../transport/transport.ts';
import type { BytesByKind } from './view.ts';

type Purpose = 'training' | 'evaluation' | 'control';

/** Exact counts of the bytes put on and taken off the channels, by peer and message kind. */
export class ByteCounters {
  readonly #sent = new Map<PeerId, Map<MessageKind, number>>();
  readonly #received = new Map<PeerId, Map<MessageKind, number>>();
  readonly #totals: Record<Purpose, number> = { training: 0, evaluation: 0, control: 0 };

  countSent(peer: PeerId, kind: MessageKind, bytes: number): void {
    add(this.#sent, peer, kind, bytes);
    this.#totals[purposeOf[kind]] += bytes;
  }

  countReceived(peer: PeerId, kind: MessageKind, bytes: number): void {
    add(this.#received, peer, kind, bytes);
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
