/** What can go wrong between clients, and in them, on a network inside one process: all of it drawn from one seed. */

import type { Clock } from '../client/clock.ts';
import { randomStream, type RandomStream } from '../math/random.ts';
import { decodeFrame } from '../protocol/frame.ts';
import type { Message } from '../protocol/messages.ts';
import type { Deliver } from '../transport/inProcess.ts';
import type { PeerId } from '../transport/transport.ts';

export interface Faults {
  /** How fast a client computes, 1 if not named: each frame takes it as much longer to make. */
  readonly speed?: Readonly<Record<PeerId, number>>;
  /** From when to when a client stands still, ms: neither its frames nor those to it move, nor does its time. */
  readonly frozen?: Readonly<Record<PeerId, readonly [from: number, to: number]>>;
  /** The part of frames that take up to so long, ms. */
  readonly delay?: { readonly part: number; readonly ms: number };
  /** The parts of frames that are lost, that come twice and that come with a byte changed. */
  readonly drop?: number;
  readonly twice?: number;
  readonly corrupt?: number;
  /** The messages that these three befall; all if not named. */
  readonly of?: readonly Message['type'][];
}

/** How long a frame takes to make on a client of speed 1, and to travel, ms. */
const [MAKING_MS, TRAVEL_MS] = [20, 3];

export class Weather {
  readonly #random: RandomStream;
  /** Until when each client makes frames, and until when frames of each channel are on their way. */
  readonly #busy = new Map<PeerId, number>();
  readonly #arrivals = new Map<string, number>();

  constructor(
    private readonly clock: Pick<Clock, 'now' | 'after'>,
    private readonly faults: Faults,
    seed: number,
  ) {
    this.#random = randomStream(seed, 'weather');
  }

  readonly deliver: Deliver = (from, to, frame) => {
    const { speed = {}, delay = { part: 0, ms: 0 } } = this.faults;
    const now = this.clock.now();
    const mishap = this.#mishapOf(frame);
    if (mishap === 'drop') return mishap;
    if (mishap === 'corrupt') frame[this.#random.integer(frame.length)]! ^= 1 + this.#random.integer(255);
    const made = this.#thawed(from, Math.max(now, this.#busy.get(from) ?? 0)) + MAKING_MS / (speed[from] ?? 1);
    this.#busy.set(from, made);
    const late = this.#random.uniform() < delay.part ? this.#random.uniform() * delay.ms : 0;
    const channel = `${from} ${to}`;
    const arrival = this.#thawed(to, Math.max(made + TRAVEL_MS + late, this.#arrivals.get(channel) ?? 0));
    this.#arrivals.set(channel, arrival);
    return { afterMs: arrival - now, isDoubled: mishap === 'twice' };
  };

  /** A client's own time, which stands still while it does. */
  clockOf(client: PeerId): Clock {
    const { clock } = this;
    const after = (ms: number, callback: () => void) => clock.after(this.#thawed(client, clock.now() + ms) - clock.now(), callback);
    return { now: () => clock.now(), after, soon: (callback) => void after(0, callback) };
  }

  #mishapOf(frame: Uint8Array): 'drop' | 'twice' | 'corrupt' | null {
    const { drop = 0, twice = 0, corrupt = 0 } = this.faults;
    if (this.#isSpared(frame)) return null;
    const chance = this.#random.uniform();
    if (chance < drop) return 'drop';
    if (chance < drop + twice) return 'twice';
    return chance < drop + twice + corrupt ? 'corrupt' : null;
  }

  #isSpared(frame: Uint8Array): boolean {
    const { of } = this.faults;
    if (!of) return false;
    const { fields } = decodeFrame(frame);
    return !of.some((type) => 'type' in fields && fields.type === type);
  }

  #thawed(client: PeerId, at: number): number {
    const [from, to] = this.faults.frozen?.[client] ?? [Infinity, Infinity];
    return at >= from && at < to ? to : at;
  }
}
