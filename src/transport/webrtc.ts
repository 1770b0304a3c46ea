import SimplePeer from 'simple-peer';
import * as v from 'valibot';
import { SignallingSession, type SignallingState } from '../signalling/client.ts';
import type { Member } from '../signalling/messages.ts';
import { EventQueue } from './eventQueue.ts';
import { connectionSignalSchema, PeerConnection, type ConnectionSignal } from './peerConnection.ts';
import { PeerLostError, type PeerId, type Presence, type Transport, type TransportListener } from './transport.ts';

/**
 * Frames between tabs. Signalling says who is here; of two members the later one dials. Every attempt is a new connection
 * with an epoch of its own, and what belongs to an older epoch is dropped: ends that disagree for a moment do not mix attempts.
 */

export interface JoinOptions {
  readonly signallingUrl: string;
  readonly room: string;
  /** STUN and TURN servers. None by default: enough within one network, and nobody else learns who is here. */
  readonly iceServers?: readonly RTCIceServer[];
  /** Told when the signalling server is lost and found again. Open channels work on meanwhile. */
  readonly onSignalling?: (state: SignallingState) => void;
}

/** What members relay to each other, as JSON. */
const relayedSchema = v.variant('type', [
  /** To the end that dials: the other one wants a channel and has none from `epoch` or any before. */
  v.strictObject({ type: v.literal('ask'), epoch: v.pipe(v.number(), v.safeInteger(), v.minValue(0)) }),
  v.strictObject({
    type: v.literal('signal'),
    epoch: v.pipe(v.number(), v.safeInteger(), v.minValue(1)),
    fromDialler: v.boolean(),
    signal: connectionSignalSchema,
  }),
]);

type Relayed = v.InferOutput<typeof relayedSchema>;

/** Starting many connections at the same moment can block all of them. */
const STAGGER_MS = 100;

const FIRST_RETRY_MS = 500;
const LAST_RETRY_MS = 15_000;

/** A peer gives about ten signals an attempt. */
const MAX_EARLY_SIGNALS = 100;

type Timer = ReturnType<typeof setTimeout>;

type LinkState =
  | { readonly kind: 'idle' }
  /** Tried or asked in vain; tries again, if the channel is still wanted then. */
  | { readonly kind: 'waiting'; readonly timer: Timer }
  /** Its turn to start comes soon; signals that are here before are kept. */
  | { readonly kind: 'starting'; readonly timer: Timer; readonly early: ConnectionSignal[] }
  | { readonly kind: 'opening' | 'open'; readonly connection: PeerConnection };

/** The way to one member, with or without a channel. */
interface Link {
  member: Member;
  /** The newest attempt that either end has made. */
  epoch: number;
  /** Attempts since a channel was last open. */
  failures: number;
  state: LinkState;
}

export class WebRtcTransport implements Transport {
  /** @throws {SignallingError} when the signalling server cannot be reached or refuses. */
  readonly joined: Promise<void>;
  readonly #session: SignallingSession;
  readonly #iceServers: RTCIceServer[];
  /** Only the id is true until `joined`. */
  #self: Member;
  /** Everyone else in the room. */
  readonly #links = new Map<PeerId, Link>();
  /** Those whom the server has named since it was last found. Others stay only as long as their channel. */
  #confirmed = new Set<PeerId>();
  #wanted = new Set<PeerId>();
  #epoch = 0;
  /** When the next connection may start, ms. */
  #nextStart = 0;
  readonly #events = new EventQueue();

  /** {@link joinRoom} is the way to one that has joined. */
  constructor({ signallingUrl, room, iceServers = [], onSignalling }: JoinOptions) {
    const id = Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
    this.#self = { id, number: 0, order: 0 };
    this.#iceServers = [...iceServers];
    this.#session = new SignallingSession(signallingUrl, room, id, {
      presence: (members) => this.#onPresence(members),
      relay: (from, payload) => this.#onRelay(from, payload),
      state: (state) => {
        if (state === 'lost') this.#onSignallingLost();
        onSignalling?.(state);
      },
    });
    // A tab that just vanished would be missed only seconds later.
    this.joined = this.#session.joined.then(() => addEventListener('pagehide', this.#onPageHide));
  }

  get self(): Presence {
    return { id: this.#self.id, number: this.#self.number };
  }

  listen(listener: TransportListener): void {
    this.#events.listen(listener);
  }

  want(peers: readonly PeerId[]): void {
    this.#wanted = new Set(peers);
    this.#reachWanted();
  }

  async send(peer: PeerId, frame: Uint8Array<ArrayBuffer>): Promise<void> {
    const state = this.#links.get(peer)?.state;
    if (state?.kind !== 'open') throw new PeerLostError(peer, 'no channel is open');
    await state.connection.send(frame);
  }

  close(): void {
    this.#events.end();
    removeEventListener('pagehide', this.#onPageHide);
    this.#session.close();
    for (const link of this.#links.values()) this.#reset(link, 'this client has left the room');
    this.#links.clear();
  }

  readonly #onPageHide = () => this.close();

  #emitPresence(): void {
    const members = [this.#self, ...Array.from(this.#links.values(), (link) => link.member)]
      .map(({ id, number }) => ({ id, number }))
      .sort((a, b) => a.number - b.number);
    this.#events.emit({ type: 'presence', members });
  }

  #onPresence(members: readonly Member[]): void {
    const present = new Map(members.map((member) => [member.id, member]));
    this.#self = present.get(this.#self.id) ?? this.#self;
    present.delete(this.#self.id);
    for (const [id, link] of this.#links) {
      // After a restart the server learns of the others one by one; who has not been named yet has not left.
      if (present.has(id) || (link.state.kind === 'open' && !this.#confirmed.has(id))) continue;
      this.#links.delete(id);
      this.#confirmed.delete(id);
      this.#reset(link, 'left the room');
    }
    for (const [id, member] of present) {
      this.#confirmed.add(id);
      const link = this.#links.get(id) ?? { member, epoch: 0, failures: 0, state: { kind: 'idle' } };
      this.#links.set(id, link);
      // Who rejoined may have to dial now instead of being dialled; open channels do not care.
      if (link.member.order !== member.order && link.state.kind !== 'open') this.#reset(link, 'rejoined');
      link.member = member;
    }
    this.#emitPresence();
    this.#reachWanted();
  }

  #onSignallingLost(): void {
    this.#confirmed = new Set();
    for (const link of this.#links.values()) if (link.state.kind !== 'open') this.#reset(link, 'signalling lost');
  }

  #onRelay(from: PeerId, payload: string): void {
    const link = this.#links.get(from);
    const message = parseRelayed(payload);
    if (!link || !message) return;
    const { state } = link;
    const dials = this.#dials(link);
    if (message.type === 'ask') {
      if (!dials) return;
      const busy = state.kind !== 'idle' && state.kind !== 'waiting';
      // An older epoch was asked for before the other end heard of the attempt that is under way.
      if (busy && message.epoch < link.epoch) return;
      this.#reset(link, 'lost by the other end');
      this.#dial(link);
      return;
    }
    // Both dial or neither: signals from before one of the two rejoined.
    if (message.fromDialler === dials) return;
    if (!dials && message.epoch > link.epoch) {
      this.#reset(link, 'dialled again by the other end');
      this.#start(link, message.epoch);
    }
    if (message.epoch === link.epoch) takeSignal(link.state, message.signal);
  }

  #relay(to: PeerId, message: Relayed): void {
    this.#session.relay(to, JSON.stringify(message));
  }

  #dials({ member }: Link): boolean {
    return this.#self.order > member.order;
  }

  #reachWanted(): void {
    for (const peer of this.#wanted) {
      const link = this.#links.get(peer);
      if (link?.state.kind === 'idle') this.#reach(link);
    }
  }

  /** Sets out for a channel, whichever end has to dial. */
  #reach(link: Link): void {
    if (!this.#confirmed.has(link.member.id)) return;
    if (this.#dials(link)) return this.#dial(link);
    this.#relay(link.member.id, { type: 'ask', epoch: link.epoch });
    this.#waitToReach(link);
  }

  #waitToReach(link: Link): void {
    const wait = Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** link.failures++);
    const timer = setTimeout(() => {
      link.state = { kind: 'idle' };
      if (this.#wanted.has(link.member.id)) this.#reach(link);
    }, wait);
    link.state = { kind: 'waiting', timer };
  }

  #dial(link: Link): void {
    this.#epoch = Math.max(this.#epoch, link.epoch) + 1;
    this.#start(link, this.#epoch);
  }

  #start(link: Link, epoch: number): void {
    link.epoch = epoch;
    const now = performance.now();
    const start = Math.max(now, this.#nextStart);
    this.#nextStart = start + STAGGER_MS;
    const early: ConnectionSignal[] = [];
    const timer = setTimeout(() => {
      const state: LinkState = { kind: 'opening', connection: this.#connect(link) };
      link.state = state;
      for (const signal of early) takeSignal(state, signal);
    }, start - now);
    link.state = { kind: 'starting', timer, early };
  }

  #connect(link: Link): PeerConnection {
    const { epoch } = link;
    const peer = link.member.id;
    const dials = this.#dials(link);
    const connection = new PeerConnection(peer, dials, this.#iceServers, {
      signal: (signal) => this.#relay(peer, { type: 'signal', epoch, fromDialler: dials, signal }),
      open: () => {
        link.failures = 0;
        link.state = { kind: 'open', connection };
        this.#events.emit({ type: 'open', peer });
      },
      frame: (frame) => this.#events.deliver(peer, frame),
      close: (reason) => {
        // Otherwise this transport closed it, and has gone on already.
        if ('connection' in link.state && link.state.connection === connection) this.#onConnectionLost(link, reason);
      },
    });
    return connection;
  }

  #onConnectionLost(link: Link, reason: string): void {
    const { id } = link.member;
    this.#reset(link, reason);
    if (!this.#confirmed.has(id)) {
      this.#links.delete(id);
      this.#emitPresence();
    } else if (this.#wanted.has(id)) {
      this.#waitToReach(link);
    }
  }

  /** Ends what the link is at. */
  #reset(link: Link, reason: string): void {
    const { state } = link;
    link.state = { kind: 'idle' };
    if ('timer' in state) clearTimeout(state.timer);
    if ('connection' in state) state.connection.close(reason);
    if (state.kind === 'open') this.#events.emit({ type: 'close', peer: link.member.id, reason });
  }
}

function takeSignal(state: LinkState, signal: ConnectionSignal): void {
  if ('connection' in state) state.connection.signal(signal);
  else if (state.kind === 'starting' && state.early.length < MAX_EARLY_SIGNALS) state.early.push(signal);
}

/** What another member sent, or nothing if it is not of this protocol: a bad member harms only its own channels. */
function parseRelayed(payload: string): Relayed | undefined {
  try {
    const result = v.safeParse(relayedSchema, JSON.parse(payload));
    return result.success ? result.output : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Enters a room of tabs.
 * @throws {SignallingError} when the signalling server cannot be reached or refuses.
 */
export async function joinRoom(options: JoinOptions): Promise<WebRtcTransport> {
  if (!SimplePeer.WEBRTC_SUPPORT) throw new Error('This browser has no WebRTC; use a current Chrome, Edge, Firefox or Safari.');
  const transport = new WebRtcTransport(options);
  await transport.joined;
  return transport;
}

export { watchRoom } from '../signalling/client.ts';
