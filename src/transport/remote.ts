/** A transport used from another thread than the one it lives in: a client's worker uses the page's, a simulator's thread the network's. */

import { release } from './release.ts';
import { PeerLostError, type PeerId, type Presence, type Transport, type TransportEvent, type TransportListener } from './transport.ts';

/** What the user's thread asks of the transport's. */
export type RemoteCall =
  | { readonly type: 'want'; readonly peers: readonly PeerId[] }
  | { readonly type: 'admit'; readonly bytes: number }
  | { readonly type: 'refuse'; readonly peer: PeerId }
  | { readonly type: 'send'; readonly id: number; readonly peer: PeerId; readonly frame: Uint8Array<ArrayBuffer> }
  /** The oldest frame not yet taken has been. */
  | { readonly type: 'taken' };

type SendOutcome =
  | { readonly kind: 'taken' }
  | { readonly kind: 'lost'; readonly peer: PeerId; readonly reason: string }
  /** An error that is no lost peer, cloned: message and stack survive that, its class may not. */
  | { readonly kind: 'failed'; readonly error: unknown };

/** What the transport's thread tells the user's. */
export type RemoteReply =
  | { readonly type: 'event'; readonly event: TransportEvent }
  /** The outcome of the `send` with this id. */
  | { readonly type: 'sent'; readonly id: number; readonly outcome: SendOutcome };

interface UnsettledSend {
  readonly peer: PeerId;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** The user's end. */
export class RemoteTransport implements Transport {
  readonly #unsettled = new Map<number, UnsettledSend>();
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

  /** Takes the next message of the transport's thread. */
  take(reply: RemoteReply): void {
    if (reply.type === 'sent') return this.#settle(reply.id, reply.outcome);
    const taken = this.#listener(reply.event);
    if (reply.event.type === 'frame') this.#taking = Promise.all([this.#taking, taken]).then(() => this.call({ type: 'taken' }));
  }

  want(peers: readonly PeerId[]): void {
    this.call({ type: 'want', peers });
  }

  admit(bytes: number): void {
    this.call({ type: 'admit', bytes });
  }

  refuse(peer: PeerId): void {
    this.call({ type: 'refuse', peer });
  }

  send(peer: PeerId, frame: Uint8Array<ArrayBuffer>): Promise<void> {
    if (this.#closed) return Promise.reject(new PeerLostError(peer, 'this client has left'));
    const id = this.#sends++;
    return new Promise((resolve, reject) => {
      this.#unsettled.set(id, { peer, resolve, reject });
      this.call({ type: 'send', id, peer, frame });
    });
  }

  /** Makes what is still under way fail; the transport itself is closed by its own thread. */
  close(): void {
    this.#closed = true;
    for (const { peer, reject } of this.#unsettled.values()) reject(new PeerLostError(peer, 'this client has left'));
    this.#unsettled.clear();
  }

  #settle(id: number, outcome: SendOutcome): void {
    const send = this.#unsettled.get(id);
    this.#unsettled.delete(id);
    if (outcome.kind === 'taken') send?.resolve();
    else send?.reject(outcome.kind === 'lost' ? new PeerLostError(outcome.peer, outcome.reason) : outcome.error);
  }
}

/** The bytes of a message that can move to the other thread instead of being copied. */
export function movedBuffers(message: RemoteCall | RemoteReply): ArrayBuffer[] {
  if (message.type === 'send') return [message.frame.buffer];
  return message.type === 'event' && message.event.type === 'frame' ? [message.event.frame.buffer] : [];
}

/**
 * Serves the transport to its user: forwards its events from now on, and answers calls.
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
    if (call.type === 'admit') return transport.admit(call.bytes);
    if (call.type === 'refuse') return transport.refuse(call.peer);
    if (call.type === 'taken') return untaken.shift()?.();
    const settle = (outcome: SendOutcome) => {
      release(call.frame);
      reply({ type: 'sent', id: call.id, outcome });
    };
    transport.send(call.peer, call.frame).then(
      () => settle({ kind: 'taken' }),
      (error: unknown) =>
        settle(error instanceof PeerLostError ? { kind: 'lost', peer: error.peer, reason: error.reason } : { kind: 'failed', error }),
    );
  };
}
