/**
 * One participant of a room, in a tab's worker and in the simulator alike; what differs comes in through `ClientOptions`. It
 * gossips the room's register, prepares what the settings ask for, takes part in runs, and shows what it does.
 */
import type { BackendChoice } from '../backend/backend.ts';
import { backendTitles } from '../backend/titles.ts';
import { silent, type Log } from '../log/log.ts';
import { declarations } from '../protocol/messages.ts';
import { MAX_REASON, type Readiness, type ReadinessState } from '../protocol/readiness.ts';
import { activeRun } from '../protocol/register.ts';
import type { Settings } from '../settings/settings.ts';
import type { PeerId, Presence, Transport, TransportEvent } from '../transport/transport.ts';
import type { Examination } from './examination.ts';
import { Gossip, inLists } from './gossip.ts';
import type { LearnedModel } from './learned.ts';
import { Mailbox } from './mailbox.ts';
import { neighboursAlong } from './neighbourhood.ts';
import { Offences } from './offences.ts';
import { overlayNeighbours } from './overlay.ts';
import { Offers } from './offers.ts';
import { Pacer } from './pacer.ts';
import { Participation, type ParticipationOptions } from './participation.ts';
import { Preparation } from './preparation.ts';
import { learnsFromOthers, OtherDataError, type ProblemSource } from './problem.ts';
import { Room, type News } from './room.ts';
import type { RunEvent } from './run/run.ts';
import type { Snapshot } from './snapshot.ts';
import type { ClientCommand, ClientView } from './view.ts';
import { graphShown, viewOf, type Shown } from './viewOf.ts';

export interface ClientOptions extends ParticipationOptions {
  readonly transport: Transport;
  /** Makes this thread's compute backend ready. */
  readonly backend: () => Promise<BackendChoice>;
  readonly source: ProblemSource;
  /** The room's settings until somebody changes them; the same at every client. */
  readonly settings: Settings;
  /** Told what changed, at most once in `viewIntervalMs` of the number of members. */
  readonly onView: (view: ClientView) => void;
  readonly viewIntervalMs: (members: number) => number;
  /** How long what clients say of themselves may wait for more to go along, ms for each client here; 0: not at all. */
  readonly gossipWaitMs: number;
  /** Takes note of what this client does and waits for; silent by default. */
  readonly log?: Log;
}

/** How long a start waits for those who are to be ready again, ms: compiling and timing their kernels takes them a second or a few. */
const START_PATIENCE_MS = 10_000;

/**
 * How long nobody has come or gone when channels open for the run to come, ms: each newcomer has others change their
 * neighbours, and a channel that is open stays.
 */
const CALM_MS = 3000;

/** A start that was asked for while others were still getting ready. */
interface DueStart {
  /** Whether it waits no more for those who are to be ready again. */
  isOverdue: boolean;
  readonly cancel: () => void;
}

export class Client {
  readonly #options: ClientOptions;
  readonly #log: Log;
  readonly #room: Room;
  readonly #mailbox: Mailbox;
  readonly #gossip: Gossip;
  readonly #offers = new Offers();
  readonly #offences = new Offences();
  readonly #preparation: Preparation;
  readonly #participation: Participation;
  readonly #pacer: Pacer;
  #wanted: readonly PeerId[] = [];
  /** Whether it knows who is here. */
  #isMet = false;
  #isCalm = false;
  #dropCalm: () => void = () => undefined;
  #dueStart: DueStart | null = null;
  #failure: string | null = null;
  #notice: string | null = null;
  /** Why the latest settings could not be prepared for, which is no news when others can. */
  #refusal: string | null = null;
  #isClosed = false;

  constructor(options: ClientOptions) {
    const { transport, backend, source, settings, onView, viewIntervalMs, gossipWaitMs, clock, log = silent } = options;
    this.#options = options;
    this.#log = log;
    this.#room = new Room(transport.self, settings);
    this.#mailbox = new Mailbox(transport, {
      isHere: (peer) => this.#room.has(peer) && !this.#offences.haveParted(peer),
      lost: (peer) => this.#participation.lost(peer),
      failed: (error) => this.#fail(error),
    });
    this.#gossip = new Gossip(
      clock,
      () => gossipWaitMs * this.#room.members.length,
      () => this.#mailbox.channels(),
      (to, readiness) => this.#mailbox.send(to, { type: 'readiness', readiness: [...readiness] }),
    );
    this.#preparation = new Preparation(backend, source, (step) => {
      log('client', 'prepares', { step });
      this.#pacer.changed();
    });
    const fallBack = () => this.#fallBack();
    this.#participation = new Participation(options, log, this.#room, this.#mailbox, fallBack, (event) => this.#hear(event));
    this.#pacer = new Pacer(
      () => viewIntervalMs(this.#room.members.length),
      () => onView(this.view()),
    );
    // Of the run that it was in others may know more, or nothing.
    if (options.bookmark) this.#room.hear(options.bookmark.register);
    transport.listen((event) => this.#handle(event));
    void this.#prepare();
  }

  command(command: ClientCommand): void {
    switch (command.type) {
      case 'compare':
        return this.#participation.compare();
      case 'start':
        return this.#start();
      case 'stop':
        return this.#follow(this.#room.propose({ type: 'end', why: 'stopped' }));
      default:
        return this.#follow(this.#room.propose(command));
    }
  }

  /** Keeps this client from beginning a round from `round` on, in this run and the next; null lets it go. */
  hold(round: number | null): void {
    this.#participation.hold(round);
  }

  /** @returns null while a round is under way here, or no run. */
  snapshot(): Snapshot | null {
    return this.#participation.snapshot();
  }

  /** What the latest run has brought: the federation's model where this client knows it, else its own. */
  model(): LearnedModel | null {
    return this.#participation.model();
  }

  /** What the federation's model, where this client knows it, and its own make of the samples that are scored on here. */
  examine(): Promise<readonly Examination[]> {
    return this.#participation.examine();
  }

  /** Prepares again what the settings ask for: this client has other data of its own than before. */
  renew(): void {
    this.#preparation.forget();
    void this.#prepare();
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#dropStart();
    this.#dropCalm();
    this.#gossip.close();
    this.#pacer.close();
    this.#preparation.close();
    this.#options.transport.close();
    await this.#participation.leave();
  }

  view(): ClientView {
    return viewOf(this.#shown());
  }

  #shown(): Shown {
    return {
      room: this.#room,
      mailbox: this.#mailbox,
      offers: this.#offers,
      preparation: this.#preparation,
      source: this.#options.source,
      active: this.#participation.active,
      wanted: this.#wanted,
      failure: this.#failure,
      notice: this.#notice,
    };
  }

  #handle(event: TransportEvent): void | Promise<void> {
    if (this.#isClosed) return;
    switch (event.type) {
      case 'presence':
        this.#meet(event.members);
        break;
      case 'open':
        this.#log('client', 'opened', { peer: event.peer });
        this.#mailbox.opened(event.peer, { type: 'room', register: this.#room.register });
        for (const offer of this.#offers.all()) this.#mailbox.send(event.peer, { type: 'offer', offer });
        for (const readiness of inLists(this.#room.allReadiness())) this.#mailbox.send(event.peer, { type: 'readiness', readiness });
        this.#participation.opened(event.peer);
        break;
      case 'close':
        this.#lose(event.peer, event.reason);
        break;
      case 'offence':
        this.#refuse(event.peer, this.#offences.brokeChannel(event.peer, event.why));
        break;
      case 'frame':
        this.#mailbox.acknowledge(event.peer);
        this.#pacer.changed();
        return this.#receive(event.peer, event.frame);
    }
    this.#pacer.changed();
  }

  #meet(members: readonly Presence[]): void {
    const { come, gone } = this.#room.meet(members);
    this.#log('client', 'present', { members: this.#room.members.map(({ id, number }) => `${number}:${id}`) });
    for (const peer of gone) {
      this.#offers.forget(peer);
      this.#offences.forget(peer);
      if (!this.#participation.active) this.#room.forget(peer);
      this.#lose(peer, 'left the room');
    }
    if (come.length + gone.length > 0) this.#disturb();
    if (!this.#isMet) {
      this.#isMet = true;
      this.#followRun();
    }
    this.#want();
  }

  /** Somebody has come or gone. */
  #disturb(): void {
    this.#dropCalm();
    this.#isCalm = false;
    this.#dropCalm = this.#options.clock.after(CALM_MS, () => {
      this.#calm();
      this.#want();
    });
  }

  #calm(): void {
    this.#dropCalm();
    this.#isCalm = true;
  }

  #lose(peer: PeerId, why: string): void {
    this.#log('client', 'lost', { peer, why });
    this.#mailbox.closed(peer);
    this.#participation.lost(peer);
  }

  #want(): void {
    const { members, self } = this.#room;
    const { active } = this.#participation;
    const isInRun = active !== null && !active.isReached;
    // Before a run the neighbours it would have, so that starting finds the channels open.
    const toCome = this.#isCalm && !isInRun ? neighboursAlong(graphShown(this.#shown()), self.id) : [];
    const ofRun = active ? active.run.wanted(active.isReached) : [];
    const wanted = [...new Set([...overlayNeighbours(members, self.id), ...ofRun, ...toCome])].sort();
    if (wanted.join() === this.#wanted.join()) return;
    this.#wanted = wanted;
    this.#options.transport.want(wanted);
  }

  #receive(peer: PeerId, frame: Uint8Array<ArrayBuffer>): void | Promise<void> {
    if (this.#offences.haveParted(peer)) return;
    const received = this.#mailbox.read(peer, frame, this.#willEnter());
    switch (received.kind) {
      case 'none':
        return;
      case 'rejected':
        this.#log('client', 'rejected', { from: peer, why: received.why });
        this.#notice = `${this.#room.nameOf(peer)} sent something this client cannot use. ${received.why}`;
        return this.#refuse(peer, this.#offences.sentUnusable(peer, received.why));
      case 'message': {
        const { message } = received;
        const words = message.type === 'readiness' ? message.readiness.length : 1;
        const offence = declarations[message.type].terms.takenBy === 'room' ? this.#offences.spoke(peer, words) : null;
        if (offence !== null) return this.#refuse(peer, offence);
        switch (message.type) {
          case 'room':
            return this.#follow(this.#room.hear(message.register));
          case 'offer':
            if (this.#offers.hear(message.offer)) this.#mailbox.broadcast(message, peer);
            return;
          case 'readiness':
            return this.#hearReadiness(peer, message.readiness);
          case 'farewell':
            this.#notice = `${this.#room.nameOf(peer)} has disconnected this client: ${message.why}`;
            this.#offences.wasRefused(peer);
            return this.#participation.lost(peer);
          default:
            return this.#participation.receive(peer, message);
        }
      }
    }
  }

  /** Whether this client will be in the run as soon as its samples are here. */
  #willEnter(): boolean {
    return !this.#participation.active && this.#room.isRunning && this.#failure === null;
  }

  /** Has no channel with an offender any more, and tells it why. */
  #refuse(peer: PeerId, why: string | null): void {
    if (why === null) return;
    this.#log('client', 'refuses', { peer, why });
    this.#mailbox.send(peer, { type: 'farewell', why: why.slice(0, MAX_REASON) });
    this.#options.transport.refuse(peer);
    this.#notice = `${this.#room.nameOf(peer)} was disconnected: ${why}`;
    this.#participation.lost(peer);
  }

  #hearReadiness(from: PeerId, heard: readonly Readiness[]): void {
    // Nobody knows better than this client how it is.
    const news = heard.filter((readiness) => readiness.peer !== this.#room.self.id && this.#room.hearReadiness(readiness));
    if (news.length === 0) return;
    this.#gossip.tell(news, from);
    for (const { peer, state } of news) {
      if (state.kind !== 'failed') continue;
      this.#log('client', 'failed', { peer, why: state.why });
      this.#notice = `${this.#room.nameOf(peer)} has failed: ${state.why}`;
      this.#participation.lost(peer);
    }
    this.#want();
    if (this.#dueStart) this.#start();
    this.#pacer.changed();
  }

  /** Tells everyone how this client is, if that is news. */
  #declare(state: ReadinessState): void {
    const readiness = this.#room.declare(state);
    if (readiness) this.#gossip.tell([readiness], null);
    if (this.#dueStart) this.#start();
  }

  /** Starts a run, now or as soon as others are ready: who had been, before the settings changed, is waited for a while. */
  #start(): void {
    const isEarly = !this.#dueStart?.isOverdue && this.#room.renewing().length > 0;
    const digest = this.#preparation.problem?.digest ?? '';
    const proposal = isEarly ? null : this.#offers.start(this.#room.ready(), this.#room.register.settings, digest);
    if (proposal) {
      this.#dropStart();
      return this.#follow(this.#room.propose(proposal));
    }
    if (this.#dueStart || this.#room.members.length === 1) return;
    const cancel = this.#options.clock.after(START_PATIENCE_MS, () => {
      if (this.#dueStart) this.#dueStart.isOverdue = true;
      this.#start();
    });
    this.#dueStart = { isOverdue: false, cancel };
  }

  #dropStart(): void {
    this.#dueStart?.cancel();
    this.#dueStart = null;
  }

  /** Tells everyone connected what is new in the room, if anything is, and acts on it. */
  #follow(news: News | null): void {
    if (!news) return;
    this.#mailbox.broadcast({ type: 'room', register: this.#room.register });
    if (news.hasOtherSettings) {
      this.#dropStart();
      void this.#prepare();
    }
    this.#followRun();
    this.#want();
    this.#pacer.changed();
  }

  #followRun(): void {
    if (!this.#isMet) return;
    const { register } = this.#room;
    const { problem } = this.#preparation;
    if (problem && learnsFromOthers(problem, activeRun(register))) {
      this.#fail(new OtherDataError(register.settings));
      // Nobody is to wait for it.
      return this.#options.transport.close();
    }
    const entered = this.#participation.follow(register, problem);
    if (this.#willEnter()) this.#mailbox.expectEarly();
    if (!entered) return;
    this.#calm();
    if (entered === 'newcomer') this.#follow(this.#room.propose({ type: 'join' }));
    this.#want();
    for (const { peer, frame } of this.#mailbox.takeEarly()) void this.#receive(peer, frame);
  }

  #hear(event: RunEvent): void {
    switch (event.type) {
      case 'changed':
      case 'scored':
        return this.#pacer.changed();
      case 'moved':
        return this.#want();
      case 'reached':
        this.#log('client', 'reached');
        this.#follow(this.#room.propose({ type: 'end', why: 'finished' }));
        return this.#pacer.changed();
      case 'settled':
        this.#log('client', 'settled');
        this.#follow(this.#room.propose({ type: 'end', why: 'settled' }));
        return this.#pacer.changed();
      case 'failed':
        return this.#fail(event.error);
    }
  }

  async #fallBack(): Promise<void> {
    await this.#preparation.fallBack();
    const { backend } = this.#preparation;
    this.#log('client', 'falls back', { backend: backend?.name ?? '' });
    this.#notice =
      backend && `The graphics processor failed; this client goes on with ${backendTitles[backend.name]}, which may be slower.`;
    this.#pacer.changed();
  }

  async #prepare(): Promise<void> {
    // Other settings are another chance: the data they name may be here.
    this.#failure = null;
    // Who is in a run goes on with what it has.
    if (!this.#participation.active || !this.#room.isRunning) this.#declare({ kind: 'preparing' });
    try {
      const prepared = await this.#preparation.prepare(this.#room.register.settings, this.#room.self.number);
      if (prepared.kind === 'superseded') return;
      if (prepared.kind === 'refused') this.#notice = prepared.why;
      else if (this.#notice !== null && this.#notice === this.#refusal) this.#notice = null;
      this.#refusal = prepared.kind === 'refused' ? prepared.why : null;
      this.#log('client', prepared.kind, prepared.kind === 'refused' ? { why: prepared.why } : {});
      const { problem } = this.#preparation;
      if (problem?.share) {
        this.#mailbox.broadcast({ type: 'offer', offer: this.#offers.make(this.#room.self.id, problem.share.contribution) });
      }
      if (problem) this.#declare({ kind: 'ready' });
      this.#followRun();
      this.#pacer.changed();
    } catch (error) {
      this.#fail(error);
    }
  }

  #fail(error: unknown): void {
    if (this.#isClosed) return;
    this.#failure = error instanceof Error ? error.message : String(error);
    this.#log('client', 'fails', { why: this.#failure });
    void this.#participation.leave();
    // Nobody is to wait for it.
    this.#declare({ kind: 'failed', why: this.#failure });
    this.#pacer.changed();
  }
}
