/**
 * What every transport has to do, as checks over participants. A participant speaks in plain data, so that the checks run in one
 * place while the transports live in tabs of their own.
 */

import type { PeerId, Presence, Transport, TransportEvent } from '../transport/transport.ts';

/** Bytes made from a seed: the receiver's check needs no copy of them. */
export interface FrameSpec {
  readonly size: number;
  readonly seed: number;
}

/** An event as plain data; of a frame its size and digest. */
export type SeenEvent =
  | Exclude<TransportEvent, { type: 'frame' }>
  | { readonly type: 'frame'; readonly peer: PeerId; readonly size: number; readonly digest: number };

export interface Participant {
  self(): Promise<Presence>;
  want(peers: readonly PeerId[]): Promise<void>;
  /** Sends frames one after the other without waiting between them; tells what became of each. */
  send(peer: PeerId, frames: readonly FrameSpec[]): Promise<('sent' | 'PeerLostError')[]>;
  refuse(peer: PeerId): Promise<void>;
  close(): Promise<void>;
  /** From now on frames are seen but not taken, until `release`. */
  hold(): Promise<void>;
  release(): Promise<void>;
  /** Waits for the first event of this type, from this peer if named, that no earlier call has taken. */
  take(type: 'open' | 'close' | 'offence' | 'frame', peer: PeerId): Promise<SeenEvent>;
  /** Waits until the latest presence has this many members. */
  members(count: number): Promise<readonly Presence[]>;
  /** Everything it has seen so far. */
  events(): Promise<readonly SeenEvent[]>;
}

export interface TransportCheck {
  readonly name: string;
  /** @param join enters the room that is this check's own. @throws {Error} what is wrong. */
  run(join: () => Promise<Participant>): Promise<void>;
}

/** Frame bytes that differ from place to place, so that any misplaced chunk changes the digest. */
export function frameOf({ size, seed }: FrameSpec): Uint8Array<ArrayBuffer> {
  const frame = new Uint8Array(size);
  for (let i = 0; i < size; i++) frame[i] = Math.imul(i + seed, 0x9e3779b1) >>> 15;
  return frame;
}

/** 32-bit FNV-1a. */
export function digestOf(frame: Uint8Array): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < frame.length; i++) hash = Math.imul(hash ^ frame[i]!, 0x01000193);
  return hash >>> 0;
}

/** A transport that records what it sees, in the process or page of the transport. */
export class RecordingParticipant implements Participant {
  readonly #transport: Transport;
  readonly #seen: SeenEvent[] = [];
  readonly #untaken: SeenEvent[] = [];
  #present: readonly Presence[] = [];
  #waiting: (() => void)[] = [];
  /** Settles when frames may be taken. */
  #free: Promise<void> = Promise.resolve();
  #release: () => void = () => undefined;

  constructor(transport: Transport) {
    this.#transport = transport;
    transport.listen((event) => {
      const seen: SeenEvent =
        event.type === 'frame' ? { type: 'frame', peer: event.peer, size: event.frame.length, digest: digestOf(event.frame) } : event;
      this.#seen.push(seen);
      if (seen.type === 'presence') this.#present = seen.members;
      else this.#untaken.push(seen);
      for (const look of this.#waiting.splice(0)) look();
      return this.#free;
    });
  }

  async self(): Promise<Presence> {
    return this.#transport.self;
  }

  async want(peers: readonly PeerId[]): Promise<void> {
    this.#transport.want(peers);
  }

  async send(peer: PeerId, frames: readonly FrameSpec[]): Promise<('sent' | 'PeerLostError')[]> {
    const outcomes = await Promise.allSettled(frames.map((spec) => this.#transport.send(peer, frameOf(spec))));
    return outcomes.map((outcome) => {
      if (outcome.status === 'fulfilled') return 'sent';
      if (outcome.reason instanceof Error && outcome.reason.name === 'PeerLostError') return 'PeerLostError';
      throw outcome.reason;
    });
  }

  async refuse(peer: PeerId): Promise<void> {
    this.#transport.refuse(peer);
  }

  async close(): Promise<void> {
    this.#transport.close();
  }

  async hold(): Promise<void> {
    this.#free = new Promise((resolve) => (this.#release = resolve));
  }

  async release(): Promise<void> {
    this.#release();
  }

  take(type: 'open' | 'close' | 'offence' | 'frame', peer: PeerId): Promise<SeenEvent> {
    return this.#until(() => {
      const at = this.#untaken.findIndex((event) => event.type === type && event.peer === peer);
      return at < 0 ? undefined : this.#untaken.splice(at, 1)[0];
    });
  }

  members(count: number): Promise<readonly Presence[]> {
    return this.#until(() => (this.#present.length === count ? this.#present : undefined));
  }

  async events(): Promise<readonly SeenEvent[]> {
    return this.#seen;
  }

  #until<T>(look: () => T | undefined): Promise<T> {
    return new Promise((resolve) => {
      const attempt = () => {
        const found = look();
        if (found === undefined) this.#waiting.push(attempt);
        else resolve(found);
      };
      attempt();
    });
  }
}

function same(actual: unknown, expected: unknown, what: string): void {
  const [a, e] = [JSON.stringify(actual), JSON.stringify(expected)];
  if (a !== e) throw new Error(`${what}: got ${a}, expected ${e}.`);
}

async function takeFrames(to: Participant, from: PeerId, frames: readonly FrameSpec[]): Promise<void> {
  for (const spec of frames) {
    const seen = await to.take('frame', from);
    same(seen, { type: 'frame', peer: from, size: spec.size, digest: digestOf(frameOf(spec)) }, 'the next frame');
  }
}

interface Joined {
  readonly at: Participant;
  readonly id: PeerId;
}

async function enter(join: () => Promise<Participant>): Promise<Joined> {
  const at = await join();
  return { at, id: (await at.self()).id };
}

/** Two participants with a channel. */
async function pair(join: () => Promise<Participant>): Promise<[Joined, Joined]> {
  const [a, b] = [await enter(join), await enter(join)];
  await a.at.want([b.id]);
  await Promise.all([a.at.take('open', b.id), b.at.take('open', a.id)]);
  return [a, b];
}

const KIB = 1024;
const MIB = 1024 * KIB;

export const transportChecks: readonly TransportCheck[] = [
  {
    name: 'everyone sees everyone by ascending number',
    async run(join) {
      const joined = [await enter(join), await enter(join), await enter(join)];
      const expected = joined.map(({ id }, number) => ({ id, number }));
      for (const [number, { at }] of joined.entries()) {
        same(await at.members(3), expected, 'members');
        same(await at.self(), expected[number], 'self');
      }
    },
  },
  {
    name: 'a channel opens at both ends, whichever wants it',
    async run(join) {
      for (const wanting of [[0], [1], [0, 1]]) {
        const ends = [await enter(join), await enter(join)] as const;
        const [a, b] = ends;
        await Promise.all(ends.map(({ at }) => at.members(2)));
        await Promise.all(wanting.map((end) => ends[end]!.at.want([ends[1 - end]!.id])));
        await Promise.all(ends.map(({ at }, end) => at.take('open', ends[1 - end]!.id)));
        for (const { at } of ends) same((await at.events()).filter(({ type }) => type === 'open').length, 1, 'open events');
        await a.at.close();
        await b.at.members(1);
        await b.at.close();
      }
    },
  },
  {
    name: 'a wanted peer is reached as soon as both ends know of each other',
    async run(join) {
      const [a, b] = [await enter(join), await enter(join)];
      await a.at.want([b.id]);
      await a.at.take('open', b.id);
      const c = await enter(join);
      await c.at.want([a.id, b.id]);
      await Promise.all([a.at.take('open', c.id), b.at.take('open', c.id)]);
    },
  },
  {
    name: 'whole frames of any size arrive in the order they were sent',
    async run(join) {
      const [a, b] = await pair(join);
      const sizes = [0, 1, 64 * KIB - 1, 64 * KIB, 64 * KIB + 1, MIB + 7, 0, 5 * MIB, 12];
      const frames = sizes.map((size, seed) => ({ size, seed }));
      const sent = a.at.send(b.id, frames);
      await takeFrames(b.at, a.id, frames);
      same(
        await sent,
        sizes.map(() => 'sent'),
        'outcomes',
      );
    },
  },
  {
    name: 'both ends send at once',
    async run(join) {
      const [a, b] = await pair(join);
      const frames = (seed: number) => [2 * MIB, 100_000, 3, 700_001].map((size, i) => ({ size, seed: seed + i }));
      await Promise.all([
        a.at.send(b.id, frames(1)),
        b.at.send(a.id, frames(100)),
        takeFrames(b.at, a.id, frames(1)),
        takeFrames(a.at, b.id, frames(100)),
      ]);
    },
  },
  {
    name: 'frames of different peers do not mix',
    async run(join) {
      const [a, b, c] = [await enter(join), await enter(join), await enter(join)];
      await Promise.all([b.at.want([a.id]), c.at.want([a.id])]);
      await Promise.all([b.at.take('open', a.id), c.at.take('open', a.id)]);
      const frames = (seed: number) => [MIB, 10, MIB].map((size, i) => ({ size, seed: seed + i }));
      await Promise.all([
        b.at.send(a.id, frames(1)),
        c.at.send(a.id, frames(100)),
        takeFrames(a.at, b.id, frames(1)),
        takeFrames(a.at, c.id, frames(100)),
      ]);
    },
  },
  {
    name: 'sending without a channel fails: to a stranger, to a member, to one that has left',
    async run(join) {
      const [a, b] = [await enter(join), await enter(join)];
      await a.at.members(2);
      const frame = [{ size: 10, seed: 1 }];
      same(await a.at.send('nobody-of-this-name', frame), ['PeerLostError'], 'to a stranger');
      same(await a.at.send(b.id, frame), ['PeerLostError'], 'to a member without a channel');
      await a.at.want([b.id]);
      await Promise.all([a.at.take('open', b.id), b.at.take('open', a.id)]);
      await b.at.close();
      await a.at.take('close', b.id);
      same(await a.at.send(b.id, frame), ['PeerLostError'], 'to one that has left');
      same(await b.at.send(a.id, frame), ['PeerLostError'], 'after having left');
    },
  },
  {
    name: 'who is refused gets what was sent before, then no channel, whoever wants it',
    async run(join) {
      const [a, b] = await pair(join);
      const c = await enter(join);
      const frames = [{ size: 100_000, seed: 1 }];
      const sent = a.at.send(b.id, frames);
      await a.at.refuse(b.id);
      await takeFrames(b.at, a.id, frames);
      await Promise.all([sent, a.at.take('close', b.id), b.at.take('close', a.id)]);
      await Promise.all([a.at.want([b.id, c.id]), b.at.want([a.id, c.id])]);
      await Promise.all([a.at.take('open', c.id), b.at.take('open', c.id)]);
      same(await b.at.send(a.id, frames), ['PeerLostError'], 'to who has refused');
      same(await a.at.send(b.id, frames), ['PeerLostError'], 'to who was refused');
    },
  },
  {
    name: 'a send succeeds when its frame is taken, not when it arrives',
    async run(join) {
      const [a, b] = await pair(join);
      const frames = [{ size: 100_000, seed: 1 }];
      await b.at.hold();
      let outcomes: unknown = 'none yet';
      const sent = a.at.send(b.id, frames).then((known) => (outcomes = known));
      await takeFrames(b.at, a.id, frames);
      // Whatever b has told a about the frame has arrived when this has.
      same(await b.at.send(a.id, frames), ['sent'], 'the answer');
      same(outcomes, 'none yet', 'outcomes before the frame is taken');
      await b.at.release();
      same(await sent, ['sent'], 'outcomes');
    },
  },
  {
    name: 'a peer that takes nothing keeps nobody else waiting',
    async run(join) {
      const [a, b, c] = [await enter(join), await enter(join), await enter(join)];
      await a.at.want([b.id, c.id]);
      await Promise.all([b, c].map(({ at }) => at.take('open', a.id)));
      await Promise.all([b, c].map(({ id }) => a.at.take('open', id)));
      const frames = Array.from({ length: 12 }, (_, seed) => ({ size: MIB, seed }));
      await b.at.hold();
      const held = a.at.send(b.id, frames);
      same(
        await a.at.send(c.id, frames),
        frames.map(() => 'sent'),
        'outcomes at the other peer',
      );
      await b.at.release();
      await takeFrames(b.at, a.id, frames);
      same(
        await held,
        frames.map(() => 'sent'),
        'outcomes at the slow peer',
      );
    },
  },
  {
    name: 'frames that nobody took fail when their peer leaves',
    async run(join) {
      const [a, b] = await pair(join);
      const frames = [
        { size: 10, seed: 1 },
        { size: 100_000, seed: 2 },
      ];
      await b.at.hold();
      const sent = a.at.send(b.id, frames);
      await takeFrames(b.at, a.id, frames);
      await b.at.close();
      same(await sent, ['PeerLostError', 'PeerLostError'], 'outcomes');
    },
  },
  {
    name: 'frames still queued when their peer leaves fail',
    async run(join) {
      const [a, b] = await pair(join);
      const sent = a.at.send(
        b.id,
        Array.from({ length: 8 }, (_, seed) => ({ size: 4 * MIB, seed })),
      );
      await b.at.close();
      await a.at.take('close', b.id);
      same((await sent).at(-1), 'PeerLostError', 'outcome of the last frame');
    },
  },
  {
    name: 'the others see a leaving peer close once and leave the presence',
    async run(join) {
      const [a, b, c] = [await enter(join), await enter(join), await enter(join)];
      await b.at.want([a.id, c.id]);
      await Promise.all([a, c].map(({ at }) => at.take('open', b.id)));
      await b.at.close();
      for (const { at } of [a, c]) {
        await at.take('close', b.id);
        same(
          (await at.members(2)).map(({ number }) => number),
          [0, 2],
          'numbers',
        );
        same((await at.events()).filter(({ type }) => type === 'close').length, 1, 'close events');
      }
    },
  },
  {
    name: 'the next to join gets the smallest free number and new channels',
    async run(join) {
      const [a, b, c] = [await enter(join), await enter(join), await enter(join)];
      await c.at.want([b.id]);
      await c.at.take('open', b.id);
      await b.at.close();
      await c.at.take('close', b.id);
      await a.at.members(2);
      const d = await enter(join);
      same((await d.at.self()).number, 1, 'number');
      await d.at.want([c.id]);
      const frames = [{ size: 100_000, seed: 1 }];
      await d.at.take('open', c.id);
      await c.at.take('open', d.id);
      await Promise.all([c.at.send(d.id, frames), takeFrames(d.at, c.id, frames)]);
    },
  },
];
