/** A client's part in the room's run: it enters when there is one and its samples are here, follows its turns, and leaves it. */
import type { Log } from '../log/log.ts';
import type { Message } from '../protocol/messages.ts';
import { activeRun, isPaused, isVoid, type RoomRegister, type RunRegister } from '../protocol/register.ts';
import { Wire } from '../protocol/wire.ts';
import type { Settings } from '../settings/settings.ts';
import type { PeerId } from '../transport/transport.ts';
import { Alone } from './alone.ts';
import type { Bookmark, BookmarkKeeper } from './bookmark.ts';
import type { Clock } from './clock.ts';
import type { Examination } from './examination.ts';
import type { LearnedModel } from './learned.ts';
import type { Mailbox } from './mailbox.ts';
import { scaledBy, type Problem, type ProblemSource } from './problem.ts';
import type { Room } from './room.ts';
import { Run, type RunEvent } from './run/run.ts';
import { shapeOf } from './run/shape.ts';
import type { Resumption, Snapshot } from './snapshot.ts';
import type { RoundTrace } from './trace.ts';

export type Lie = (message: Message) => Message;

export interface ParticipationOptions {
  readonly source: Pick<ProblemSource, 'graph'>;
  /** Keeps the rounds' deadlines. */
  readonly clock: Clock;
  readonly trace?: (trace: RoundTrace) => void;
  /** Bytes that products of inputs may take between rounds; a tab's by default. */
  readonly productBudget?: number;
  /** Bytes of neighbours' inputs that may be kept from round to round; a tab's by default. */
  readonly inputBudget?: number;
  /** What is sent in a message's place: by clients whose lies the others are to stand (`npm run experiments`). */
  readonly lie?: Lie;
  /** Where the first run starts, if not at the beginning. */
  readonly resumption?: Resumption;
  /** Where this client was in a run before its tab had gone. */
  readonly bookmark?: Bookmark;
  /** Keeps where it is, round by round; nobody does by default. */
  readonly keeper?: BookmarkKeeper;
}

/** The input budget of a tab, bytes: enough for the sketches of six hundred neighbours with 200 samples. */
const INPUT_BUDGET = 64 * 2 ** 20;

/** The run that a client is in, from entering it until another takes its place. */
interface ActiveRun {
  readonly id: string;
  readonly settings: Settings;
  readonly run: Run;
  /** What this client learns from in it, by its own constants. */
  readonly prepared: Problem;
  /** Whether the target round is done here. */
  isReached: boolean;
  /** What it would have reached alone, once that was asked for. */
  alone: Alone | null;
}

export class Participation {
  #active: ActiveRun | null = null;
  /** The last run that this client has entered: who enters it again is a newcomer. */
  #entered = '';
  #hold: number | null = null;

  /**
   * @param fallBack has another backend compute, as the one that does has failed.
   * @param tell told of what happens in the run.
   */
  constructor(
    private readonly options: ParticipationOptions,
    private readonly log: Log,
    private readonly room: Pick<Room, 'self' | 'register' | 'participants' | 'isRunning' | 'numberOf'>,
    private readonly mailbox: Mailbox,
    private readonly fallBack: () => Promise<void>,
    private readonly tell: (event: RunEvent) => void,
  ) {}

  get active(): Readonly<ActiveRun> | null {
    return this.#active;
  }

  /**
   * Does what the register says: leaves a run that is not the room's any more, enters the one under way, pauses, goes on, stops.
   * @param problem what this client learns from, once it is here.
   * @returns how this client has entered a run, if it has.
   */
  follow(register: RoomRegister, problem: Problem | null): 'founder' | 'newcomer' | null {
    const { run, settings } = register;
    if (run?.end) this.options.keeper?.forget();
    if (this.#active && (this.#active.id !== run?.id || isVoid(register))) void this.leave();
    const started = activeRun(register);
    if (!this.#active) return started && problem && this.#enter(started, settings, problem);
    if (run?.end === 'stopped' || run?.end === 'settled') void this.#active.run.end();
    else this.#active.run.setPaused(started !== null && isPaused(started));
    if (run?.end && !this.#active.run.hasBegun) this.#active.run.letGo();
    return null;
  }

  receive(from: PeerId, message: Message): void | Promise<void> {
    return this.#active?.run.receive(from, message);
  }

  opened(peer: PeerId): void {
    this.#active?.run.opened(peer);
  }

  lost(peer: PeerId): void {
    this.#active?.run.lost(peer);
  }

  /** Keeps this client from beginning a round from `round` on, in this run and the next; null lets it go. */
  hold(round: number | null): void {
    this.#hold = round;
    this.#active?.run.hold(round);
  }

  /** @returns null while a round is under way here, or no run. */
  snapshot(): Snapshot | null {
    const { wire, bytes } = this.mailbox;
    const run = this.#active?.run.snapshot();
    return run && wire ? { ...run, bytes: bytes.snapshot(), wire: wire.snapshot() } : null;
  }

  /** @returns null without a run, and before its first round has ended. */
  model(): LearnedModel | null {
    return this.#active?.run.models()[0] ?? null;
  }

  /** What the run's models make of the samples that are scored on here; nothing without a run, and before its first round has ended. */
  async examine(): Promise<readonly Examination[]> {
    return (await this.#active?.run.examine()) ?? [];
  }

  /** Leaves the run, if any. @returns a promise that all it held is freed. */
  async leave(): Promise<void> {
    const active = this.#active;
    this.#active = null;
    this.mailbox.leave();
    if (!active) return;
    this.log('client', 'leaves', { run: active.id });
    await Promise.all([active.run.dispose(), active.alone?.dispose()]);
  }

  /** Trains alone as long as the run has lasted, to compare; once a run. */
  compare(): void {
    const active = this.#active;
    const last = active?.run.history.own.at(-1);
    if (!active || !last || active.alone) return;
    const { id, settings, prepared } = active;
    const rounds = last.round + 1;
    this.log('client', 'compares', { rounds });
    const changed = () => this.tell({ type: 'changed' });
    active.alone = new Alone({ id, self: this.room.self, settings, log: this.log, ...this.#limits() }, prepared, rounds, changed);
  }

  #limits() {
    const { clock, productBudget, inputBudget = INPUT_BUDGET } = this.options;
    return { clock, productBudget, inputBudget, fallBack: this.fallBack };
  }

  #enter(register: RunRegister, settings: Settings, prepared: Problem): 'founder' | 'newcomer' {
    const { id, scale, samples } = register;
    const { resumption } = this.options;
    const { self } = this.room;
    const isFounder = register.founders.includes(self.id) && this.#entered !== id;
    this.#entered = id;
    this.log('client', 'enters', { run: id, founder: isFounder });
    const problem = scaledBy(prepared, scale);
    const run = this.#makeRun(id, settings, problem, samples);
    const start = problem.startsAlike ? problem.initialWeights : null;
    const earlier = resumption ? { ...resumption.snapshot.wire, taken: resumption.taken } : undefined;
    const ends = {
      self: self.number,
      numberOf: (peer: PeerId) => this.room.numberOf(peer),
      isInRun: (peer: PeerId) => this.room.participants().some(({ id: participant }) => participant === peer),
    };
    this.mailbox.enter(new Wire(shapeOf(id, settings, problem), settings, ends, start, earlier));
    this.#active = { id, settings, run, prepared, isReached: false, alone: null };
    if (resumption) this.mailbox.bytes.restore(resumption.snapshot.bytes);
    run.hold(this.#hold);
    run.setPaused(isPaused(register));
    if (isFounder) run.begin();
    else run.comeBack();
    return isFounder ? 'founder' : 'newcomer';
  }

  #makeRun(id: string, settings: Settings, problem: Problem, samples: number): Run {
    const { source, trace = null, resumption = null, keeper, lie } = this.options;
    const bookmark = this.options.bookmark?.register.run?.id === id ? this.options.bookmark : null;
    const run: Run = new Run(
      { id, self: this.room.self, settings, problem, samples, source, log: this.log, ...this.#limits(), trace, resumption, bookmark },
      {
        participants: () => this.room.participants(),
        isOpen: (peer) => this.mailbox.isOpen(peer),
        send: (to, message) => this.mailbox.send(to, lie ? lie(message) : message),
        roundBytes: () => this.mailbox.bytes.ownRounds,
        tell: (event) => {
          if (event.type === 'reached' && this.#active) this.#active.isReached = true;
          if (event.type === 'scored' && this.room.isRunning) {
            keeper?.keep({ number: this.room.self.number, register: this.room.register, ...run.place() });
          }
          this.tell(event);
        },
      },
    );
    return run;
  }
}
