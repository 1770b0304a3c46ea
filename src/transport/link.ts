/** The way to one member of the room, from wanting a channel to having one, and again when it breaks. */

import type { Log } from '../log/log.ts';
import type { Member } from '../signalling/messages.ts';
import { PeerConnection } from './peerConnection.ts';
import type { ConnectionSignal, Relayed } from './relayed.ts';
import { PeerLostError } from './transport.ts';

const FIRST_RETRY_MS = 500;
const LAST_RETRY_MS = 15_000;

/** A connection not open by then is given up, ms; longer after failures, as devices that are too busy take longer, every time. */
const FIRST_PATIENCE_MS = 20_000;
const LAST_PATIENCE_MS = 80_000;

/** Signals kept before an attempt has started. A peer gives about ten an attempt. */
const MAX_EARLY_SIGNALS = 100;

type Timer = ReturnType<typeof setTimeout>;

type LinkState =
  | { readonly kind: 'idle' }
  /** Tried or asked in vain; tries again, if the channel is still wanted then. */
  | { readonly kind: 'waiting'; readonly timer: Timer }
  /** Its turn to start comes soon; signals that are here before are kept. */
  | { readonly kind: 'starting'; readonly timer: Timer; readonly early: ConnectionSignal[] }
  | { readonly kind: 'opening' | 'open'; readonly connection: PeerConnection };

/** What a link needs of the transport it belongs to. */
export interface LinkHost {
  /** How connections find their way, as of now. */
  ice(): RTCConfiguration;
  readonly log: Log;
  /** Bytes that a frame which comes may have now. */
  largestFrame(): number;
  /** Whether this end dials the member, and not the member this end. */
  dials(member: Member): boolean;
  /** Whether a channel to the member is wanted, and signalling can bring it about. */
  isWanted(member: Member): boolean;
  relay(to: Member['id'], message: Relayed): void;
  /** The next attempt's epoch, above this one and all before. */
  nextEpoch(above: number): number;
  /** Reserves the next moment at which a connection may start. @returns the wait until then, ms. */
  reserveStart(): number;
  opened(member: Member): void;
  /** Resolves when the frame is taken. */
  frame(member: Member, frame: Uint8Array<ArrayBuffer>): Promise<void>;
  /** The member does not keep to the protocol, and is not heard any more. */
  offence(member: Member, why: string): void;
  /** A channel that was open has closed. */
  closed(member: Member, reason: string): void;
  /** An attempt or a channel has ended though nobody here ended it. */
  broken(link: Link): void;
}

export class Link {
  readonly #host: LinkHost;
  #member: Member;
  /** The newest attempt that either end has made. */
  #epoch = 0;
  /** Attempts since a channel was last open. */
  #failures = 0;
  #state: LinkState = { kind: 'idle' };

  constructor(host: LinkHost, member: Member) {
    this.#host = host;
    this.#member = member;
  }

  get member(): Member {
    return this.#member;
  }

  get isOpen(): boolean {
    return this.#state.kind === 'open';
  }

  /** Learns the member's number and order, which change when it rejoins. */
  update(member: Member): void {
    // Who rejoined may have to dial now instead of being dialled; open channels do not care.
    if (this.#member.order !== member.order && !this.isOpen) this.reset('rejoined');
    this.#member = member;
  }

  /** Sets out for a channel, whichever end has to dial, unless something is under way already. */
  reach(): void {
    const { log } = this.#host;
    if (this.#state.kind !== 'idle' || !this.#host.isWanted(this.#member)) return;
    if (this.#host.dials(this.#member)) return this.#dial();
    log('transport', 'asks to be dialled', { peer: this.#member.id, epoch: this.#epoch });
    this.#host.relay(this.#member.id, { type: 'ask', epoch: this.#epoch });
    this.retryLater();
  }

  /** Reaches after a wait that doubles from failure to failure. */
  retryLater(): void {
    const wait = Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** this.#failures++);
    const timer = setTimeout(() => {
      this.#state = { kind: 'idle' };
      this.reach();
    }, wait);
    this.#host.log('transport', 'tries again', { peer: this.#member.id, afterMs: wait, failures: this.#failures });
    this.#state = { kind: 'waiting', timer };
  }

  /** Takes what the member's own link has relayed. */
  take(message: Relayed): void {
    const dials = this.#host.dials(this.#member);
    if (message.type === 'ask') {
      const isBusy = this.#state.kind !== 'idle' && this.#state.kind !== 'waiting';
      // An older epoch was asked for before the other end heard of the attempt that is under way.
      if (!dials || (isBusy && message.epoch < this.#epoch)) return;
      this.reset('lost by the other end');
      return this.#dial();
    }
    // Both dial or neither: signals from before one of the two rejoined.
    if (message.fromDialler === dials) return;
    if (!dials && message.epoch > this.#epoch) {
      this.reset('dialled again by the other end');
      this.#start(message.epoch);
    }
    if (message.epoch === this.#epoch) this.#signal(message.signal);
  }

  /** @throws {PeerLostError} */
  async send(frame: Uint8Array<ArrayBuffer>): Promise<void> {
    if (this.#state.kind !== 'open') throw new PeerLostError(this.#member.id, 'no channel is open');
    await this.#state.connection.send(frame);
  }

  /** Ends what the link is at. */
  reset(reason: string): void {
    const state = this.#state;
    this.#state = { kind: 'idle' };
    if ('timer' in state) clearTimeout(state.timer);
    if (!('connection' in state)) return;
    this.#host.log('transport', state.kind === 'open' ? 'closed' : 'gave up', { peer: this.#member.id, epoch: this.#epoch, reason });
    state.connection.close(reason);
    if (state.kind === 'open') this.#host.closed(this.#member, reason);
  }

  #dial(): void {
    this.#start(this.#host.nextEpoch(this.#epoch));
  }

  #start(epoch: number): void {
    this.#epoch = epoch;
    const dials = this.#host.dials(this.#member);
    this.#host.log('transport', dials ? 'dials' : 'is dialled', { peer: this.#member.id, epoch });
    const early: ConnectionSignal[] = [];
    const timer = setTimeout(() => {
      this.#state = { kind: 'opening', connection: this.#connect(dials) };
      for (const signal of early) this.#signal(signal);
    }, this.#host.reserveStart());
    this.#state = { kind: 'starting', timer, early };
  }

  #connect(dials: boolean): PeerConnection {
    const host = this.#host;
    const epoch = this.#epoch;
    const peer = this.#member.id;
    const patienceMs = Math.min(LAST_PATIENCE_MS, FIRST_PATIENCE_MS * 2 ** this.#failures);
    const connection = new PeerConnection(
      { peer, initiator: dials, ice: host.ice(), log: host.log, patienceMs, largestFrame: () => host.largestFrame() },
      {
        signal: (signal) => host.relay(peer, { type: 'signal', epoch, fromDialler: dials, signal }),
        open: () => {
          this.#failures = 0;
          this.#state = { kind: 'open', connection };
          host.log('transport', 'opened', { peer, epoch });
          host.opened(this.#member);
        },
        frame: (frame) => host.frame(this.#member, frame),
        offence: (why) => host.offence(this.#member, why),
        close: (reason) => {
          // Otherwise this end closed it, and has gone on already.
          if (!('connection' in this.#state) || this.#state.connection !== connection) return;
          this.reset(reason);
          host.broken(this);
        },
      },
    );
    return connection;
  }

  #signal(signal: ConnectionSignal): void {
    const state = this.#state;
    if ('connection' in state) state.connection.signal(signal);
    else if (state.kind === 'starting' && state.early.length < MAX_EARLY_SIGNALS) state.early.push(signal);
  }
}
