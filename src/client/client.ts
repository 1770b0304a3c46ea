import type { BackendChoice, BackendView } from '../backend/backend.ts';
import { miniBatches } from '../data/batches.ts';
import type { Log } from '../log/log.ts';
import { randomStream } from '../math/random.ts';
import { inputWidth, ModelError } from '../model/model.ts';
import { descend } from '../ntk/descent.ts';
import { calibrate } from '../ntk/calibration.ts';
import { NtkEngine } from '../ntk/engine.ts';
import { decodeMessage, encodeMessage, MissingBaseError } from '../protocol/codec.ts';
import { ProtocolError } from '../protocol/frame.ts';
import type { Message } from '../protocol/messages.ts';
import {
  activeRun,
  isPaused,
  isSameRegister,
  isVoid,
  mergeRegisters,
  propose,
  runMembers,
  type Proposal,
  type RoomRegister,
  type RunRegister,
} from '../protocol/register.ts';
import { Wire } from '../protocol/wire.ts';
import { isCentralised } from '../settings/method.ts';
import { featureForm, type Settings } from '../settings/settings.ts';
import { ACK_BYTES, wireBytes } from '../transport/chunks.ts';
import { PeerLostError, type PeerId, type Presence, type Transport, type TransportEvent } from '../transport/transport.ts';
import { ByteCounters } from './bytes.ts';
import { wallClock, type Clock } from './clock.ts';
import { overlayNeighbours } from './overlay.ts';
import type { Problem, ProblemSource } from './problem.ts';
import { Run, shapeOf, type RoundTrace } from './run.ts';
import type { Resumption, Snapshot } from './snapshot.ts';
import { emptyView, type ClientCommand, type ClientStatus, type ClientView, type PeerView } from './view.ts';

/** What a neighbour may send while our samples still load, bytes. */
const MAX_EARLY_BYTES = 64 * 1024 * 1024;

export interface ClientOptions {
  readonly transport: Transport;
  /** Makes this thread's compute backend ready. */
  readonly backend: () => Promise<BackendChoice>;
  readonly source: ProblemSource;
  /** The room's settings until somebody changes them; the same at every client. */
  readonly settings: Settings;
  /** Keeps the rounds' deadlines. */
  readonly clock: Clock;
  /** Told what changed, at most once in `viewIntervalMs`. */
  readonly onView: (view: ClientView) => void;
  readonly viewIntervalMs: number;
  readonly trace?: (trace: RoundTrace) => void;
  /** Told of what the client does and waits for. */
  readonly log?: Log;
  /** Bytes that products of inputs may take between rounds; a tab's by default. */
  readonly productBudget?: number;
  /** Bytes of neighbours' inputs that may be kept from round to round; a tab's by default. */
  readonly inputBudget?: number;
  /** Where the first run starts, if not at the beginning. */
  readonly resumption?: Resumption;
}

/** A tab's, bytes: enough for the sketches of six hundred neighbours with 200 samples. */
const INPUT_BUDGET = 64 * 2 ** 20;

interface ActiveRun {
  readonly register: RunRegister;
  readonly settings: Settings;
  readonly wire: Wire;
  readonly engine: NtkEngine;
  readonly run: Run;
  reached: boolean;
}

/**
 * One participant of a room: gossips the room's register, loads its samples, takes part in runs, and shows what it does.
 * The same in a tab's worker and in the simulator; what differs comes in through `ClientOptions`.
 */
export class Client {
  readonly #options: ClientOptions;
  readonly #ready: Promise<BackendChoice>;
  /** The number changes if signalling restarts and someone else took it meanwhile; the samples held stay those of the first. */
  #self: Presence;
  readonly #bytes = new ByteCounters();
  readonly #open = new Set<PeerId>();
  readonly #lost = new Set<PeerId>();
  /** Everyone ever seen: who has left still stands in the view with its bytes. */
  readonly #seen = new Map<PeerId, Presence>();
  readonly #outbox = new Map<PeerId, Message[]>();
  #members: readonly Presence[];
  #wanted: readonly PeerId[] = [];
  #register: RoomRegister;
  #backend: BackendView | null = null;
  #problem: Problem | null = null;
  #preparing = 'starting the compute backend';
  #preparations = 0;
  #active: ActiveRun | null = null;
  #early: { peer: PeerId; frame: Uint8Array<ArrayBuffer> }[] = [];
  #failure: string | null = null;
  #notice: string | null = null;
  #hold: number | null = null;
  #viewTimer: (() => void) | null = null;
  #closed = false;

  constructor(options: ClientOptions) {
    this.#options = options;
    this.#self = options.transport.self;
    this.#members = [this.#self];
    this.#register = { version: 0, author: '', settings: options.settings, run: null };
    this.#ready = options.backend();
    options.transport.listen((event) => this.#handle(event));
    void this.#prepare();
  }

  command(command: ClientCommand): void {
    switch (command.type) {
      case 'start':
        if (this.#members.length < 2 && !isCentralised(this.#register.settings.method)) return;
        return this.#propose({ type: 'start', id: crypto.randomUUID(), founders: this.#members.map(({ id }) => id) });
      case 'stop':
        return this.#propose({ type: 'end', why: 'stopped' });
      default:
        return this.#propose(command);
    }
  }

  /** Keeps this client from beginning a round from `round` on, in this run and the next; null lets it go. */
  hold(round: number | null): void {
    this.#hold = round;
    this.#active?.run.hold(round);
  }

  /** @returns null while a round is under way here, or no run. */
  snapshot(): Snapshot | null {
    return this.#active?.run.snapshot(this.#bytes.snapshot(), this.#active.wire.snapshot()) ?? null;
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#viewTimer?.();
    this.#options.transport.close();
    await this.#endRun();
  }

  view(): ClientView {
    const active = this.#active;
    const { training, evaluation, control } = this.#bytes.totals;
    const edges = this.#edges();
    const neighbours = new Set(this.#neighboursIn(edges));
    return {
      self: this.#self,
      status: this.#status(),
      settings: this.#register.settings,
      backend: this.#backend,
      share: this.#problem?.view ?? null,
      scoredOn: this.#problem?.test?.labels.length ?? null,
      peers: [...this.#seen.values()].sort((a, b) => a.number - b.number).map((member) => this.#peerView(member, neighbours)),
      graph: edges,
      round: active?.run.round ?? 0,
      phase: active?.run.phase ?? null,
      own: active?.run.own ?? emptyView.own,
      summaries: active?.run.summaries ?? emptyView.summaries,
      bytes: { training, evaluation, control },
      notice: this.#notice,
    };
  }

  #handle(event: TransportEvent): void | Promise<void> {
    if (this.#closed) return;
    switch (event.type) {
      case 'presence':
        this.#setMembers(event.members);
        break;
      case 'open':
        this.#open.add(event.peer);
        this.#lost.delete(event.peer);
        this.#send(event.peer, { type: 'room', register: this.#register });
        for (const message of this.#outbox.get(event.peer) ?? []) this.#send(event.peer, message);
        this.#outbox.delete(event.peer);
        this.#active?.run.opened(event.peer);
        break;
      case 'close':
        this.#peerLost(event.peer);
        break;
      case 'frame':
        this.#bytes.countSent(event.peer, 'ack', ACK_BYTES);
        this.#changed();
        return this.#receive(event.peer, event.frame);
    }
    this.#changed();
  }

  #setMembers(members: readonly Presence[]): void {
    const gone = this.#members.filter(({ id }) => !members.some((member) => member.id === id));
    this.#members = [...members].sort((a, b) => a.number - b.number);
    this.#self = members.find(({ id }) => id === this.#self.id) ?? this.#self;
    for (const member of members) if (member.id !== this.#self.id) this.#seen.set(member.id, member);
    for (const { id } of gone) {
      if (!this.#active) this.#seen.delete(id);
      this.#peerLost(id);
    }
    this.#want();
  }

  #peerLost(peer: PeerId): void {
    if (this.#open.delete(peer)) this.#lost.add(peer);
    this.#outbox.delete(peer);
    this.#active?.wire.forget(peer);
    this.#active?.run.lost(peer);
  }

  #want(): void {
    // Before a run the neighbours it would have, so that starting finds the channels open.
    const run = this.#active && !this.#active.reached ? this.#active.run.wanted() : this.#neighboursIn(this.#edges());
    const wanted = [...new Set([...overlayNeighbours(this.#members, this.#self.id), ...run])].sort();
    if (wanted.join() === this.#wanted.join()) return;
    this.#wanted = wanted;
    this.#options.transport.want(wanted);
  }

  #neighboursIn(edges: readonly { a: PeerId; b: PeerId }[]): PeerId[] {
    return edges.flatMap(({ a, b }) => (a === this.#self.id ? [b] : b === this.#self.id ? [a] : []));
  }

  #receive(peer: PeerId, frame: Uint8Array<ArrayBuffer>): void | Promise<void> {
    const loading = this.#active === null && activeRun(this.#register) !== null;
    let message: Message | null;
    try {
      message = this.#active ? this.#active.wire.decode(frame, peer) : decodeMessage(frame, null);
    } catch (error) {
      if (error instanceof MissingBaseError) {
        this.#bytes.countReceived(peer, error.answer.of, wireBytes(frame.length));
        return this.#send(peer, error.answer);
      }
      if (!(error instanceof ProtocolError)) throw error;
      this.#notice = `Client ${this.#seen.get(peer)?.number ?? peer} sent something this client cannot use. ${error.message}`;
      return;
    }
    if (!message) {
      const kept = this.#early.reduce((sum, early) => sum + early.frame.length, 0);
      if (loading && kept + frame.length <= MAX_EARLY_BYTES) this.#early.push({ peer, frame });
      return;
    }
    this.#bytes.countReceived(peer, message.type, wireBytes(frame.length));
    if (message.type === 'room') this.#learn(message.register);
    else return this.#active?.run.receive(peer, message);
  }

  #send(to: PeerId, message: Message): void {
    if (!this.#open.has(to)) {
      if (this.#members.some(({ id }) => id === to)) this.#outbox.set(to, [...(this.#outbox.get(to) ?? []), message]);
      else this.#active?.run.lost(to);
      return;
    }
    const frame = this.#active ? this.#active.wire.encode(message, to) : encodeMessage(message, 'f16');
    this.#bytes.countSent(to, message.type, wireBytes(frame.length));
    this.#options.transport.send(to, frame).then(
      () => this.#bytes.countReceived(to, 'ack', ACK_BYTES),
      (error: unknown) => {
        if (!(error instanceof PeerLostError)) return this.#fail(error);
        this.#active?.run.lost(to);
      },
    );
  }

  #propose(proposal: Proposal): void {
    this.#learn(propose(this.#register, this.#self.id, proposal));
  }

  /** Merges what was heard or decided, tells everyone connected if that changed anything, and acts on it. */
  #learn(heard: RoomRegister): void {
    const before = this.#register;
    const merged = mergeRegisters(before, heard);
    if (isSameRegister(before, merged)) return;
    this.#register = merged;
    for (const peer of this.#open) this.#send(peer, { type: 'room', register: merged });
    if (JSON.stringify(merged.settings) !== JSON.stringify(before.settings)) void this.#prepare();
    this.#followRun();
    this.#want();
    this.#changed();
  }

  #followRun(): void {
    const { run, settings } = this.#register;
    if (this.#active && (this.#active.register.id !== run?.id || isVoid(this.#register))) void this.#endRun();
    const started = activeRun(this.#register);
    if (!this.#active) {
      if (started && this.#problem) this.#enterRun(started, settings, this.#problem);
    } else if (run?.end === 'stopped') void this.#active.run.dispose();
    else this.#active.run.setPaused(started !== null && isPaused(started));
  }

  #enterRun(register: RunRegister, settings: Settings, problem: Problem): void {
    const { source, clock, trace, productBudget, inputBudget = INPUT_BUDGET, resumption = null } = this.#options;
    const engine = new NtkEngine(problem.model, featureForm(settings), productBudget);
    const run = new Run(register.id, settings, problem, {
      self: this.#self,
      engine,
      clock,
      source,
      inputBudget,
      trace: trace ?? null,
      resumption,
      participants: () => this.#participants(),
      isOpen: (peer) => this.#open.has(peer),
      send: (to, message) => this.#send(to, message),
      roundBytes: () => this.#bytes.ownRounds,
      changed: () => this.#changed(),
      moved: () => this.#want(),
      reached: () => this.#reached(),
      failed: (error) => this.#fail(error),
    });
    const wire = new Wire(
      shapeOf(register.id, settings, problem),
      settings,
      this.#self.number,
      problem.startsAlike ? problem.initialWeights : null,
      resumption ? { ...resumption.snapshot.wire, taken: resumption.taken } : undefined,
    );
    this.#active = { register, settings, wire, engine, run, reached: false };
    const isFounder = register.founders.includes(this.#self.id);
    if (!isFounder) this.#propose({ type: 'join' });
    if (resumption) this.#bytes.restore(resumption.snapshot.bytes);
    run.hold(this.#hold);
    run.setPaused(isPaused(register));
    this.#want();
    if (isFounder) run.begin();
    for (const { peer, frame } of this.#early.splice(0)) void this.#receive(peer, frame);
  }

  async #endRun(): Promise<void> {
    const active = this.#active;
    this.#active = null;
    this.#early = [];
    await active?.run.dispose();
    active?.engine.dispose();
  }

  #reached(): void {
    if (this.#active) this.#active.reached = true;
    this.#propose({ type: 'end', why: 'finished' });
    this.#changed();
  }

  /** Loads what the settings ask for; of several calls the last one counts. */
  async #prepare(): Promise<void> {
    const preparation = ++this.#preparations;
    const { settings } = this.#register;
    const isCurrent = () => preparation === this.#preparations && !this.#closed;
    const onStep = (step: string) => {
      this.#preparing = step;
      this.#changed();
    };
    this.#problem = null;
    // Other settings are another chance: the data they name may be here.
    this.#failure = null;
    try {
      const choice = await this.#ready;
      this.#backend ??= choice.view;
      const problem = await this.#options.source.problem(settings, this.#self.number, onStep);
      if (!isCurrent()) return;
      onStep('timing and compiling the kernels');
      this.#backend = await calibrated(choice, settings, problem);
      await warmUp(settings, problem);
      if (!isCurrent()) return;
      this.#problem = problem;
      this.#followRun();
      this.#changed();
    } catch (error) {
      if (!isCurrent()) return;
      if (!(error instanceof ModelError)) return this.#fail(error);
      this.#notice = error.message;
      onStep('waiting for settings that this client can follow');
    }
  }

  #fail(error: unknown): void {
    if (this.#closed) return;
    this.#failure = error instanceof Error ? error.message : String(error);
    void this.#endRun();
    this.#changed();
  }

  #participants(): readonly Presence[] {
    const { run } = this.#register;
    if (!run) return [];
    const members = runMembers(run);
    return this.#members.filter(({ id }) => members.has(id) || id === this.#self.id);
  }

  #status(): ClientStatus {
    if (this.#failure !== null) return { kind: 'failed', message: this.#failure };
    if (!this.#problem) return { kind: 'preparing', step: this.#preparing };
    const { run } = this.#register;
    if (!run || !this.#active) return { kind: 'lobby' };
    if (run.end === 'stopped') return { kind: 'finished', why: 'stopped' };
    if (this.#active.reached) return { kind: 'finished', why: 'reached' };
    return { kind: run.end === null && isPaused(run) ? 'paused' : 'running' };
  }

  #peerView(member: Presence, neighbours: ReadonlySet<PeerId>): PeerView {
    const { id } = member;
    const run = this.#active?.run;
    const present = this.#members.some((other) => other.id === id);
    const wanted = this.#wanted.includes(id);
    const closed = !present || this.#lost.has(id) ? 'lost' : wanted ? 'opening' : 'none';
    return {
      ...member,
      channel: this.#open.has(id) ? 'open' : closed,
      neighbour: present && neighbours.has(id),
      activity: run?.activityOf(id) ?? 'idle',
      sent: this.#bytes.sentTo(id),
      received: this.#bytes.receivedFrom(id),
      missedRounds: run?.missedRoundsOf(id) ?? 0,
    };
  }

  /** The graph among participants in a run, else the one that the settings would give everyone here. */
  #edges(): { a: PeerId; b: PeerId }[] {
    const active = this.#active;
    const members = active ? this.#participants() : this.#members;
    const settings = active?.settings ?? this.#register.settings;
    const graph = this.#options.source.graph(settings, members.length, active?.run.round ?? 0);
    return graph.flatMap((neighbours, i) =>
      neighbours.flatMap((j) => {
        const a = members[i];
        const b = members[j];
        return a && b && i < j ? [{ a: a.id, b: b.id }] : [];
      }),
    );
  }

  #changed(): void {
    if (this.#viewTimer || this.#closed) return;
    this.#viewTimer = wallClock.after(this.#options.viewIntervalMs, () => {
      this.#viewTimer = null;
      this.#options.onView(this.view());
    });
  }
}

/** Products with the kernel that solve a ridge to a hundredth of its first gradient, about. */
const RIDGE_PRODUCTS = 20;

/** Clients whose samples a calibration pools: a round pools the neighbours', and before it their number may still change. */
const CALIBRATED_POOL = 4;

/** Sets the backend that computes the run's kernels the fastest, where it was left open. */
function calibrated(choice: BackendChoice, settings: Settings, problem: Problem): Promise<BackendView> | BackendView {
  const { method } = settings;
  if (method.kind !== 'ntk') return choice.view;
  const { kernel, evolution } = method;
  const samples = CALIBRATED_POOL * problem.own.labels.length;
  const steps = evolution.kind === 'flow' ? evolution.steps : Math.min(evolution.maxProducts, RIDGE_PRODUCTS);
  return calibrate(choice, { spec: problem.model, kernel, samples, steps });
}

/** Before the first round, so that nobody waits for shaders to compile. */
async function warmUp(settings: Settings, { model, own, initialWeights }: Problem): Promise<void> {
  const { method } = settings;
  const form = featureForm(settings);
  // Shaders differ by the alignment of what they read, not by its size.
  const engine = new NtkEngine(model, typeof form === 'object' ? { ...form, size: 4 + (form.size % 4) } : form);
  try {
    if (method.kind === 'ntk') return await engine.warmUp(own.labels.length, method.kernel, method.evolution);
    const samples = own.labels.length;
    const { batchSize } = method;
    const batches = batchSize === 'full' ? [null] : miniBatches(samples, batchSize, 1, randomStream(0, 'warm-up'));
    const inputs = engine.upload(own.rows, samples, inputWidth(model));
    await descend(engine.spec, initialWeights, inputs, own.labels, { learningRate: 1, momentum: 0, batches });
    await engine.evaluate(initialWeights, own.rows, own.labels);
  } finally {
    engine.dispose();
  }
}
