import { PeerLostError, type PeerId, type Presence, type Transport, type TransportEvent, type TransportListener } from './transport.ts';

/** A transport used from another thread than the one it lives in: a client's worker uses the page's, a simulator's thread the network's. */

/** From the user's thread to the transport's. */
export type RemoteCall =
  | { readonly type: 'want'; readonly peers: readonly PeerId[] }
  | { readonly type: 'send'; readonly id: number; readonly peer: PeerId; readonly frame: Uint8Array<ArrayBuffer> }
  /** The oldest frame not yet taken has been. */
  | { readonly type: 'taken' };

/** From the transport's thread to the user's. */
export type RemoteReply =
  | { readonly type: 'event'; readonly event: TransportEvent }
  /** The outcome of the `send` with this id. */
  | { readonly type: 'sent'; readonly id: number; readonly lost: { readonly peer: PeerId; readonly reason: string } | null };

/** The user's end. */
export class RemoteTransport implements Transport {
  readonly #unsettled = new Map<number, { resolve: () => void; reject: (error: PeerLostError) => void }>();
  #sends = 0;
  #closed = false;
  #listener: TransportListener = () => undefined;
  /** Settles when all frames so far are taken. */
  #taking: Promise<unknown> = Promise.resolve();

  constructor(
    readonly self: Presence,
    private readonly call: (call: RemoteCall) => void,
  ) {}

  /** To be set before the first reply is taken. */
  listen(listener: TransportListener): void {
    this.#listener = listener;
  }

  take(reply: RemoteReply): void {
    if (reply.type === 'event') {
      const taken = this.#listener(reply.event);
      if (reply.event.type === 'frame') this.#taking = Promise.all([this.#taking, taken]).then(() => this.call({ type: 'taken' }));
      return;
    }
    const send = this.#unsettled.get(reply.id);
    this.#unsettled.delete(reply.id);
    if (reply.lost) send?.reject(new PeerLostError(reply.lost.peer, reply.lost.reason));
    else send?.resolve();
  }

  want(peers: readonly PeerId[]): void {
    this.call({ type: 'want', peers });
  }

  send(peer: PeerId, frame: Uint8Array<ArrayBuffer>): Promise<void> {
    if (this.#closed) return Promise.reject(new PeerLostError(peer, 'this client has left'));
    const id = this.#sends++;
    return new Promise((resolve, reject) => {
      this.#unsettled.set(id, { resolve, reject });
      this.call({ type: 'send', id, peer, frame });
    });
  }

  /** What is still under way fails; the transport itself is closed by its own thread. */
  close(): void {
    this.#closed = true;
    for (const { reject } of this.#unsettled.values()) reject(new PeerLostError('any', 'this client has left'));
    this.#unsettled.clear();
  }
}

/** A reply's bytes that can move to the other thread instead of being copied. */
export function movedBuffers(reply: RemoteReply): ArrayBuffer[] {
  return reply.type === 'event' && reply.event.type === 'frame' ? [reply.event.frame.buffer] : [];
}

/**
 * The transport's end: forwards its events from now on, and answers calls.
 * @returns what to do with each call.
 */
export function serveTransport(transport: Transport, reply: (reply: RemoteReply) => void): (call: RemoteCall) => void {
  /** Of the frames that the user has been given. */
  const untaken: (() => void)[] = [];
  transport.listen((event) => {
    reply({ type: 'event', event });
    return event.type === 'frame' ? new Promise((resolve) => untaken.push(resolve)) : undefined;
  });
  return (call) => {
    if (call.type === 'want') return transport.want(call.peers);
    if (call.type === 'taken') return untaken.shift()?.();
    const { id, peer, frame } = call;
    transport.send(peer, frame).then(
      () => reply({ type: 'sent', id, lost: null }),
      (error: unknown) => reply({ type: 'sent', id, lost: { peer, reason: error instanceof Error ? error.message : String(error) } }),
    );
  };
}
