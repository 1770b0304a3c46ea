/** Bytes between peers: a transport knows peers and frames, and nothing of rounds, models or settings. */

/** Bytes of the largest frame that there may be. How large one from a peer may be its receiver says: {@link Transport.admit}. */
export const MAX_FRAME_BYTES = 256 * 1024 * 1024;

/** A network endpoint's name: random in tabs, `c0`, `c1`, .. in the simulator. */
export type PeerId = string;

/** Someone in the room: `number` is the smallest one free when it joined, and decides which share of the data it holds. */
export interface Presence {
  readonly id: PeerId;
  readonly number: number;
}

export type TransportEvent =
  /** Everyone now in the room, this peer included, by ascending number. */
  | { readonly type: 'presence'; readonly members: readonly Presence[] }
  | { readonly type: 'open'; readonly peer: PeerId }
  | { readonly type: 'close'; readonly peer: PeerId; readonly reason: string }
  /** The peer has sent what no end sends that keeps to the protocol. Nothing of it is heard any more; it is to be refused. */
  | { readonly type: 'offence'; readonly peer: PeerId; readonly why: string }
  /** One whole frame, in the order it was sent. The receiver owns the bytes. */
  | { readonly type: 'frame'; readonly peer: PeerId; readonly frame: Uint8Array<ArrayBuffer> };

/** A frame is taken when the listener returns or, if it returns a promise, when that resolves; its sender is told then. */
export type TransportListener = (event: TransportEvent) => void | Promise<void>;

export interface Transport {
  readonly self: Presence;
  /** The one listener; events before it is set are kept and delivered in order. */
  listen(listener: TransportListener): void;
  /**
   * Names the peers this end wants channels to; missing ones are dialled. A channel also opens when only the other
   * end wants it, and stays open until its peer leaves: closing and dialling again costs more than an idle channel.
   */
  want(peers: readonly PeerId[]): void;
  /** Lets frames of up to so many bytes come from now on, if it was less before. What fits a window may always come. */
  admit(bytes: number): void;
  /**
   * Queues one frame on the channel to `peer`, after those before it; resolves when the peer has acknowledged it: its listener
   * has taken the frame. Its bytes are the transport's from now on.
   * @throws {PeerLostError} when the channel is not open or closes before that. The peer may have taken the frame all the same.
   */
  send(peer: PeerId, frame: Uint8Array<ArrayBuffer>): Promise<void>;
  /** Closes the channel to `peer`, once what was sent has had a moment to arrive, and lets none open again, whoever wants it. */
  refuse(peer: PeerId): void;
  /** Leaves the room and closes every channel. */
  close(): void;
}

/** A channel that is not there, or closed before its frame was known to be taken. */
export class PeerLostError extends Error {
  override readonly name = 'PeerLostError';
  constructor(
    readonly peer: PeerId,
    readonly reason: string,
  ) {
    super(`Peer ${peer} is gone (${reason}); the round goes on without it.`);
  }
}
