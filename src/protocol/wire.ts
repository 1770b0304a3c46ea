/**
 * How one client's messages of a run become frames, and its peers' frames messages.
 *
 * With the wire form `q8` large arrays are rounded to 8 bits, stochastically:
 * - Of weights and velocities goes out what has changed since the receiver last got them, or in the weights since the run's
 *   start. The difference is to what the receiver has, past errors included, so that each corrects the one before (as in
 *   CHOCO-SGD, arXiv 1902.00340), and it becomes small as models agree. Each end keeps the vector from one round to the next.
 *   Who has not got the last one, or has lost it, gets what it can use.
 * - To a step the rounding error of the last one to the same neighbour is added (error feedback, arXiv 1901.09847).
 * - Features are of a new model every time, and are rounded as they are.
 * What is small or sent once travels as float16. The random numbers are streams named by the numbers of sender and receiver,
 * as ids are new in every room, so that a run stays reproducible.
 */

import { quantise, quantiseChange, quantiseWithFeedback, type Quantised } from '../math/quantise.ts';
import { randomStream, type RandomStream } from '../math/random.ts';
import { addTo } from '../math/vectors.ts';
import type { Settings } from '../settings/settings.ts';
import type { PeerId } from '../transport/transport.ts';
import { decodeMessage, encodeMessage, largestFrame } from './codec.ts';
import type { EightBits } from './eightBits.ts';
import { ProtocolError, type VectorUpdate } from './frame.ts';
import { declarations, type Message } from './messages.ts';
import type { RunShape } from './shape.ts';

/** Arrays of at most so many numbers stay float16: 8 bits would save nothing that counts. */
const FEW = 1024;
/** How long what peers may still build on is kept: on a changing graph a peer may be some rounds behind. */
const KEPT_ROUNDS = 4;

/** A vector as a peer has it. */
export interface Version {
  readonly number: number;
  readonly values: Float32Array;
}

/** Of one peer, by name, with the round that each is from. */
type Kept<T> = Map<string, T & { readonly round: number }>;
type KeptByPeer<T> = ReadonlyMap<PeerId, ReadonlyMap<string, T & { readonly round: number }>>;
type Rounding = { readonly values: Float32Array };

/** Whose wire it is, and whom it speaks to. */
export interface WireEnds {
  /** The sender's number. */
  readonly self: number;
  /** @returns the number of a peer that has a channel; undefined when it has just left. */
  numberOf(peer: PeerId): number | undefined;
  /** Whether the peer takes part in the run. Nobody else's messages of it are read. */
  isInRun(peer: PeerId): boolean;
}

/** What a wire must know to go on between two rounds. What we have of others' vectors is what they have given us: `given`. */
export interface WireSnapshot {
  readonly versions: number;
  readonly given: KeptByPeer<Version>;
  readonly errors: KeptByPeer<Rounding>;
}

/** A wire's snapshot, with what the peers have given us. */
export interface WireResumption extends WireSnapshot {
  readonly taken: KeptByPeer<Version>;
}

const copied = <T>(kept: KeptByPeer<T>) => new Map<PeerId, Kept<T>>([...kept].map(([peer, entries]) => [peer, new Map(entries)]));

function keep<T>(all: Map<PeerId, Kept<T>>, peer: PeerId, name: string, entry: T, round: number): void {
  const ofPeer: Kept<T> = all.get(peer) ?? new Map();
  all.set(peer, ofPeer.set(name, { ...entry, round }));
}

/** One client's end of the wires of a run. */
export class Wire {
  /** What each peer has of ours, and we of theirs. */
  readonly #given: Map<PeerId, Kept<Version>>;
  readonly #taken: Map<PeerId, Kept<Version>>;
  /** What rounding has kept from each peer. */
  readonly #errors: Map<PeerId, Kept<Rounding>>;
  readonly #start: Version | null;
  #versions: number;
  /** What goes to several neighbours is made once for all of them: frames, and a vector's updates by their base. */
  readonly #frames = new WeakMap<Message, Uint8Array<ArrayBuffer>>();
  readonly #updates = new WeakMap<Float32Array, Map<number | null, { readonly change: Quantised; readonly version: Version }>>();

  /**
   * @param start the weights that all clients of the run start from, if they start alike.
   * @param resumption where the wire goes on, if not at the beginning.
   */
  constructor(
    private readonly shape: RunShape,
    private readonly settings: Pick<Settings, 'wire' | 'seed'>,
    private readonly ends: WireEnds,
    start: Float32Array | null,
    resumption: WireResumption = { versions: 0, given: new Map(), taken: new Map(), errors: new Map() },
  ) {
    this.#start = start && { number: 0, values: start };
    this.#versions = resumption.versions;
    this.#given = copied(resumption.given);
    this.#taken = copied(resumption.taken);
    this.#errors = copied(resumption.errors);
  }

  /** Bytes that no frame of the run exceeds. */
  get largestFrame(): number {
    return largestFrame(this.shape);
  }

  /** @returns a frame that is the caller's. */
  encode(message: Message, to: PeerId): Uint8Array<ArrayBuffer> {
    const { wire } = this.settings;
    if (wire === 'q8') return this.#encodeIn8Bits(message, to);
    const frame = this.#frames.get(message) ?? encodeMessage(message, wire);
    this.#frames.set(message, frame);
    return frame.slice();
  }

  /**
   * @returns null for a message of another run, or of one that is not in it.
   * @throws {ProtocolError} as `decodeMessage`.
   * @throws {MissingBaseError} when it builds on what we do not have.
   */
  decode(frame: Uint8Array, from: PeerId): Message | null {
    const rebuilt = new Map<string, Version>();
    const isInRun = () => this.ends.isInRun(from);
    const message = decodeMessage(frame, this.shape, isInRun, (update, name, eightBits) => {
      const version = this.#rebuilt(update, this.#taken.get(from)?.get(name), this.#startOf(eightBits));
      if (version) rebuilt.set(name, version);
      return version && version.values;
    });
    // Only now the frame is known to be a valid message.
    if (message && 'round' in message) for (const [name, version] of rebuilt) keep(this.#taken, from, name, version, message.round);
    if (message?.type === 'decline') this.#given.delete(from);
    return message;
  }

  /** Between two rounds. */
  snapshot(): WireSnapshot {
    return { versions: this.#versions, given: copied(this.#given), errors: copied(this.#errors) };
  }

  /** The channel to the peer has closed: nobody knows what arrived before. */
  forget(peer: PeerId): void {
    for (const all of [this.#given, this.#taken, this.#errors]) all.delete(peer);
  }

  #encodeIn8Bits(message: Message, to: PeerId): Uint8Array<ArrayBuffer> {
    if (!('round' in message)) return encodeMessage(message, 'f16');
    const { type, round } = message;
    const { stream = type } = declarations[type].terms;
    // A round begins with its weights.
    if (type === 'weights') this.#forgetBefore(round);
    return encodeMessage(message, 'f16', (array, name, eightBits) => {
      if (array.length <= FEW) return array;
      const random = (...receiver: string[]) =>
        randomStream(this.settings.seed, 'q8', this.ends.self, `${stream}/${name}`, round, ...receiver);
      const toReceiver = () => random(`c${this.ends.numberOf(to) ?? to}`);
      switch (eightBits) {
        case 'plain':
          return array;
        case 'change':
        case 'change-from-start': {
          const base = recent(this.#given.get(to)?.get(name), round) ?? this.#startOf(eightBits);
          const { change, version } = this.#update(array, base, random);
          keep(this.#given, to, name, version, round);
          return { version: version.number, base: base && base.number, change };
        }
        case 'feedback': {
          const before = recent(this.#errors.get(to)?.get(name), round);
          const { rounded, error } = quantiseWithFeedback(array, before && before.values, { random: toReceiver() });
          keep(this.#errors, to, name, { values: error }, round);
          return rounded;
        }
        case 'features':
        case 'masks':
          return quantise(array, { random: toReceiver(), keepsPositive: eightBits === 'masks' });
      }
    });
  }

  #startOf(eightBits: EightBits): Version | null {
    return eightBits === 'change-from-start' ? this.#start : null;
  }

  #update(array: Float32Array, base: Version | null, random: () => RandomStream): { change: Quantised; version: Version } {
    const made = this.#updates.get(array) ?? new Map<number | null, { change: Quantised; version: Version }>();
    this.#updates.set(array, made);
    const known = made.get(base && base.number);
    if (known) return known;
    const { change, reached } = quantiseChange(array, base && base.values, { random: random() });
    const update = { change, version: { number: ++this.#versions, values: reached } };
    made.set(base && base.number, update);
    return update;
  }

  /** @returns null without the update's base. @throws {ProtocolError} when it does not fit its base. */
  #rebuilt(
    { version: number, base, change }: VectorUpdate<Float32Array>,
    known: Version | undefined,
    start: Version | null,
  ): Version | null {
    if (base === null) return { number, values: change };
    // One that came twice.
    if (known?.number === number) return known;
    const from = base === 0 ? start : known?.number === base ? known : null;
    if (!from) return null;
    if (from.values.length !== change.length)
      throw new ProtocolError(`A change of ${change.length} numbers in a vector of ${from.values.length}.`);
    return { number, values: addTo(change, from.values) };
  }

  /** Forgets peers that are not neighbours any more, so that what is kept stays as small as the neighbourhood. */
  #forgetBefore(round: number): void {
    forgetBefore(this.#given, round - 1);
    forgetBefore(this.#taken, round - KEPT_ROUNDS);
    forgetBefore(this.#errors, round - KEPT_ROUNDS);
  }
}

/** From this round or the one before: what is older may be forgotten, earlier or later, and must not make a difference. */
function recent<T extends { readonly round: number }>(entry: T | undefined, round: number): T | null {
  return entry && entry.round >= round - 1 ? entry : null;
}

function forgetBefore<T>(all: Map<PeerId, Kept<T>>, round: number): void {
  for (const [peer, kept] of all) {
    for (const [name, entry] of kept) if (entry.round < round) kept.delete(name);
    if (kept.size === 0) all.delete(peer);
  }
}
