/**
 * Frames between tabs. Signalling says who is here; of two members the later one dials. Every attempt is a new connection
 * with an epoch of its own, and what belongs to an older epoch is dropped: ends that disagree for a moment do not mix attempts.
 */

import { silent, type Log } from '../log/log.ts';
import type { Signalling, SignallingState } from '../signalling/client.ts';
import { MeetingPoint } from '../signalling/meetingPoint.ts';
import type { Member } from '../signalling/messages.ts';
import { RoomSeal } from '../signalling/seal.ts';
import { SealedRelay, type RelayEnds } from '../signalling/sealedRelay.ts';
import { EventQueue } from './eventQueue.ts';
import { Link, type LinkHost } from './link.ts';
import { LINGER_MS, requireWebRtc } from './peerConnection.ts';
import { randomId } from './randomId.ts';
import { parseRelayed } from './relayed.ts';
import { PeerLostError, type PeerId, type Presence, type Transport, type TransportListener } from './transport.ts';

export interface JoinOptions {
  /** Of the server; where none answers at the first try, tabs of this browser find each other. */
  readonly signallingUrl: string;
  readonly room: string;
  /** The one to have again, if it is free; else the smallest that is. */
  readonly number?: number | null;
  /** Of a closed room: who has another, or none, gets no channel. */
  readonly secret?: string | null;
  /** STUN and TURN servers until signalling names others. None by default: enough within one network, and nobody else learns who is here. */
  readonly iceServers?: readonly RTCIceServer[];
  /** Told when there is no signalling server, and when it is lost and found again. Open channels work on meanwhile. */
  readonly onSignalling?: (state: SignallingState) => void;
  /** Told of dialling, connections, channels and signalling. */
  readonly log?: Log;
}

/** Starting many connections at the same moment can block all of them. */
const STAGGER_MS = 100;

/** How much later than this client others may find a server again that all had lost, ms. */
const RETURN_MS = 5000;

export class WebRtcTransport implements Transport {
  /** @throws {SignallingError} when the signalling server refuses, or there is none and the browser cannot do without. */
  readonly joined: Promise<void>;
  readonly #log: Log;
  readonly #session: Signalling;
  readonly #relay: RelayEnds;
  readonly #host: LinkHost;
  #ice: RTCConfiguration;
  /** Only the id is true until `joined`. */
  #self: Member;
  /** The ways to everyone else in the room. */
  readonly #links = new Map<PeerId, Link>();
  /** Those whom the server has named since it was last found. Others stay as long as their channel, and until `#return` has passed. */
  #confirmed = new Set<PeerId>();
  /** Since the server was lost: the time that others have to find it too, which begins when this client has. */
  #return: { timer: ReturnType<typeof setTimeout> | null } | null = null;
  #wanted = new Set<PeerId>();
  /** Bytes of the largest frame that may come. */
  #largest = 0;
  /** Whom this end has no channel with any more, each with what closes the last. */
  readonly #refused = new Map<PeerId, ReturnType<typeof setTimeout>>();
  #epoch = 0;
  /** When the next connection may start, ms. */
  #nextStart = 0;
  readonly #events = new EventQueue();

  /** {@link joinRoom} is the way to one that has joined. */
  constructor(
    { signallingUrl, room, number = null, iceServers = [], onSignalling, log = silent }: JoinOptions,
    seal: RoomSeal | null = null,
  ) {
    const id = randomId();
    this.#self = { id, number: 0, order: 0 };
    this.#log = log;
    this.#ice = { iceServers: [...iceServers] };
    this.#host = this.#hostOfLinks();
    const ends: RelayEnds = {
      send: (to, payload) => this.#session.relay(to, payload),
      receive: (from, payload) => {
        const message = parseRelayed(payload);
        if (message && !this.#refused.has(from)) this.#links.get(from)?.take(message);
      },
    };
    this.#relay = seal ? new SealedRelay(seal, id, ends) : ends;
    this.#session = new MeetingPoint(
      signallingUrl,
      { room: seal?.address ?? room, id, number },
      {
        presence: (members) => this.#onPresence(members),
        relay: (from, payload) => this.#relay.receive(from, payload),
        ice: (configuration) => {
          this.#ice = configuration;
        },
        state: (state) => {
          if (state === 'lost') this.#onSignallingLost();
          onSignalling?.(state);
        },
      },
      log,
    );
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
    if (peers.length !== this.#wanted.size || peers.some((peer) => !this.#wanted.has(peer))) this.#log('transport', 'wants', { peers });
    this.#wanted = new Set(peers);
    this.#reachWanted();
  }

  admit(bytes: number): void {
    this.#largest = Math.max(this.#largest, bytes);
  }

  async send(peer: PeerId, frame: Uint8Array<ArrayBuffer>): Promise<void> {
    const link = this.#links.get(peer);
    if (!link) throw new PeerLostError(peer, 'no channel is open');
    await link.send(frame);
  }

  refuse(peer: PeerId): void {
    if (this.#refused.has(peer)) return;
    this.#refused.set(
      peer,
      setTimeout(() => this.#links.get(peer)?.reset('disconnected by this client'), LINGER_MS),
    );
  }

  close(): void {
    this.#events.end();
    for (const timer of this.#refused.values()) clearTimeout(timer);
    clearTimeout(this.#return?.timer ?? undefined);
    removeEventListener('pagehide', this.#onPageHide);
    this.#session.close();
    for (const link of this.#links.values()) link.reset('this client has left the room');
    this.#links.clear();
  }

  readonly #onPageHide = () => this.close();

  #hostOfLinks(): LinkHost {
    return {
      ice: () => this.#ice,
      log: this.#log,
      largestFrame: () => this.#largest,
      dials: ({ order }) => this.#self.order > order,
      isWanted: ({ id }) => this.#wanted.has(id) && this.#confirmed.has(id) && !this.#refused.has(id),
      relay: (to, message) => this.#relay.send(to, JSON.stringify(message)),
      nextEpoch: (above) => (this.#epoch = Math.max(this.#epoch, above) + 1),
      reserveStart: () => {
        const now = performance.now();
        const start = Math.max(now, this.#nextStart);
        this.#nextStart = start + STAGGER_MS;
        return start - now;
      },
      opened: ({ id }) => this.#events.emit({ type: 'open', peer: id }),
      frame: ({ id }, frame) => this.#events.deliver(id, frame),
      offence: ({ id }, why) => this.#events.emit({ type: 'offence', peer: id, why }),
      closed: ({ id }, reason) => this.#events.emit({ type: 'close', peer: id, reason }),
      broken: (link) => this.#onBroken(link),
    };
  }

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
    if (this.#return) this.#return.timer ??= setTimeout(() => this.#onReturned(), RETURN_MS);
    for (const [id, link] of this.#links) {
      // After a restart the server learns of the others one by one; who has not been named yet has not left.
      if (present.has(id) || (!this.#confirmed.has(id) && (link.isOpen || this.#return))) continue;
      this.#drop(link);
    }
    for (const [id, member] of present) {
      this.#confirmed.add(id);
      const link = this.#links.get(id) ?? new Link(this.#host, member);
      this.#links.set(id, link);
      link.update(member);
    }
    this.#emitPresence();
    this.#reachWanted();
  }

  #drop(link: Link): void {
    const { id } = link.member;
    this.#links.delete(id);
    this.#confirmed.delete(id);
    link.reset('left the room');
  }

  /** Who could has found the server by now. */
  #onReturned(): void {
    this.#return = null;
    for (const [id, link] of this.#links) if (!link.isOpen && !this.#confirmed.has(id)) this.#drop(link);
    this.#emitPresence();
  }

  #onSignallingLost(): void {
    this.#confirmed = new Set();
    clearTimeout(this.#return?.timer ?? undefined);
    this.#return = { timer: null };
    for (const link of this.#links.values()) if (!link.isOpen) link.reset('signalling lost');
  }

  #reachWanted(): void {
    for (const peer of this.#wanted) this.#links.get(peer)?.reach();
  }

  #onBroken(link: Link): void {
    const { id } = link.member;
    if (!this.#confirmed.has(id)) {
      this.#links.delete(id);
      this.#emitPresence();
    } else if (this.#wanted.has(id)) {
      link.retryLater();
    }
  }
}

/**
 * Enters a room of tabs.
 * @throws {SignallingError} when the signalling server refuses, or there is none and the browser cannot do without.
 */
export async function joinRoom(options: JoinOptions): Promise<WebRtcTransport> {
  requireWebRtc();
  const { room, secret = null } = options;
  const transport = new WebRtcTransport(options, secret === null ? null : await RoomSeal.of(room, secret));
  await transport.joined;
  return transport;
}

export { watchRoom } from '../signalling/meetingPoint.ts';
