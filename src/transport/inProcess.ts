/** A room inside one process: the transport of the simulator and of tests. */

import { EventQueue } from './eventQueue.ts';
import { PeerLostError, type PeerId, type Presence, type Transport } from './transport.ts';

/**
 * What becomes of a frame on its way, for tests of what a network can do. Of frames that take their time, and may come twice then,
 * whoever decides keeps those of a channel in order.
 */
export type Deliver = (
  from: PeerId,
  to: PeerId,
  frame: Uint8Array<ArrayBuffer>,
) => 'deliver' | 'drop' | 'twice' | { readonly afterMs: number; readonly isDoubled: boolean };

/** Calls back once after so many milliseconds, and of those at the same time in their order. */
export type Schedule = (ms: number, callback: () => void) => unknown;

/** Of both ends: what makes each send fail that is not taken yet. */
type Channel = Set<() => void>;

interface Endpoint {
  readonly self: Presence;
  readonly events: EventQueue;
  readonly channels: Map<Endpoint, Channel>;
  wanted: ReadonlySet<PeerId>;
  readonly refused: Set<PeerId>;
  /** Whether the others have heard of it: a channel to it may open. */
  announced: boolean;
}

const idOf = (number: number): PeerId => `c${number}`;

/** The client that has this id in a room inside one process. */
export const numberOf = (id: PeerId) => Number(id.slice(1));

/**
 * A room inside one process. Events arrive later than the call that caused them, in the order of those calls, so a run with the
 * same calls sees the same events. Frames are copied: peers share no memory.
 */
export class InProcessNetwork {
  readonly #deliver: Deliver;
  /** By number. */
  readonly #endpoints = new Map<number, Endpoint>();
  #tasks: (() => void)[] = [];
  #isAnnouncing = false;

  constructor(
    deliver: Deliver = () => 'deliver',
    private readonly schedule: Schedule = (ms, callback) => setTimeout(callback, ms),
  ) {
    this.#deliver = deliver;
  }

  /** Enters as `c<number>`. */
  join(): Transport {
    let number = 0;
    while (this.#endpoints.has(number)) number++;
    const endpoint: Endpoint = {
      self: { id: idOf(number), number },
      events: new EventQueue(),
      channels: new Map(),
      wanted: new Set(),
      refused: new Set(),
      announced: false,
    };
    this.#endpoints.set(number, endpoint);
    this.#announce();
    return {
      self: endpoint.self,
      listen: (listener) => endpoint.events.listen(listener),
      want: (peers) => {
        endpoint.wanted = new Set(peers);
        this.#later(() => this.#openWanted(endpoint));
      },
      // Both ends share the memory that a bound would save.
      admit: () => undefined,
      send: (peer, frame) => this.#send(endpoint, peer, frame.slice()),
      refuse: (peer) => {
        endpoint.refused.add(peer);
        this.#later(() => this.#disconnect(endpoint, peer));
      },
      close: () => this.#leave(endpoint),
    };
  }

  /** Not at once, but in order. Tasks that tasks add wait for the next turn of the event loop, which stays free for others. */
  #later(task: () => void): void {
    this.#tasks.push(task);
    if (this.#tasks.length > 1) return;
    this.schedule(0, () => {
      const tasks = this.#tasks;
      this.#tasks = [];
      for (const due of tasks) due();
    });
  }

  /** Once for all who come and go in one turn of the event loop. */
  #announce(): void {
    if (this.#isAnnouncing) return;
    this.#isAnnouncing = true;
    this.#later(() => {
      this.#isAnnouncing = false;
      const endpoints = [...this.#endpoints.values()].sort((a, b) => a.self.number - b.self.number);
      const members = endpoints.map(({ self }) => self);
      for (const endpoint of endpoints) {
        endpoint.announced = true;
        endpoint.events.emit({ type: 'presence', members });
      }
      for (const endpoint of endpoints) this.#openWanted(endpoint);
    });
  }

  #openWanted(a: Endpoint): void {
    if (this.#endpoints.get(a.self.number) !== a) return;
    for (const id of a.wanted) {
      const b = this.#endpoints.get(numberOf(id));
      if (!b?.announced || b === a || a.channels.has(b) || a.refused.has(id) || b.refused.has(a.self.id)) continue;
      const channel: Channel = new Set();
      a.channels.set(b, channel);
      b.channels.set(a, channel);
      a.events.emit({ type: 'open', peer: b.self.id });
      b.events.emit({ type: 'open', peer: a.self.id });
    }
  }

  async #send(from: Endpoint, peer: PeerId, frame: Uint8Array<ArrayBuffer>): Promise<void> {
    const [to, channel] = [...from.channels].find(([{ self }]) => self.id === peer) ?? [];
    if (!to || !channel) throw new PeerLostError(peer, 'no channel is open');
    await new Promise<void>((resolve, reject) => {
      const fail = () => reject(new PeerLostError(peer, 'left the room'));
      const taken = () => {
        channel.delete(fail);
        resolve();
      };
      channel.add(fail);
      this.#later(() => {
        if (!channel.has(fail)) return;
        const verdict = this.#deliver(from.self.id, peer, frame);
        // A frame that a fault drops is lost beyond its acknowledgement.
        if (verdict === 'drop') return taken();
        const arrive = (isDoubled: boolean) => {
          if (!channel.has(fail)) return;
          if (isDoubled) void to.events.deliver(from.self.id, frame.slice());
          void to.events.deliver(from.self.id, frame).then(taken);
        };
        if (typeof verdict === 'object') this.schedule(verdict.afterMs, () => arrive(verdict.isDoubled));
        else arrive(verdict === 'twice');
      });
    });
  }

  #disconnect(endpoint: Endpoint, peer: PeerId): void {
    const [other, channel] = [...endpoint.channels].find(([{ self }]) => self.id === peer) ?? [];
    if (!other || !channel) return;
    endpoint.channels.delete(other);
    other.channels.delete(endpoint);
    for (const fail of channel) fail();
    channel.clear();
    endpoint.events.emit({ type: 'close', peer, reason: 'disconnected by this client' });
    other.events.emit({ type: 'close', peer: endpoint.self.id, reason: 'closed by the other end' });
  }

  #leave(endpoint: Endpoint): void {
    if (this.#endpoints.get(endpoint.self.number) !== endpoint) return;
    this.#endpoints.delete(endpoint.self.number);
    endpoint.events.end();
    for (const [other, channel] of endpoint.channels) {
      other.channels.delete(endpoint);
      for (const fail of channel) fail();
      channel.clear();
      this.#later(() => other.events.emit({ type: 'close', peer: endpoint.self.id, reason: 'left the room' }));
    }
    endpoint.channels.clear();
    this.#announce();
  }
}
