/** What a person can see of a client: plain data, sent from the worker as it changes and drawn by the page. */
import type { BackendView } from '../backend/backend.ts';
import type { Solved } from '../ntk/evolution.ts';
import type { RoundSummary, Score } from '../protocol/summary.ts';
import type { ReadinessState } from '../protocol/readiness.ts';
import { defaultSettings, type Settings } from '../settings/settings.ts';
import type { Scale } from '../task/moments.ts';
import type { PeerId, Presence } from '../transport/transport.ts';

export type { BackendView, ReadinessState, RoundSummary, Score };

/**
 * A round's phases in their order: `descend` is of gradient methods; `linearise`, `evolve` and `step` are of NTK methods, and
 * `choose` of those with several times.
 */
export const phases = ['descend', 'mix', 'linearise', 'evolve', 'step', 'choose', 'evaluate'] as const;
export type Phase = (typeof phases)[number];

/** Milliseconds spent in each phase of one round, of those that it has had. */
export type PhaseTimes = Readonly<Partial<Record<Phase, number>>>;

/** The kinds of work that a client computes, for its own round and for its neighbours'. */
export const works = ['descend', 'features', 'evolve', 'pullback', 'choose', 'score'] as const;
export type Work = (typeof works)[number];

/** Milliseconds spent computing, by what it was. */
export type WorkTimes = Readonly<Partial<Record<Work, number>>>;

export type ClientStatus =
  | { readonly kind: 'preparing'; readonly step: string }
  /** In the room; nobody has started. */
  | { readonly kind: 'lobby' }
  | { readonly kind: 'running' }
  | { readonly kind: 'paused' }
  /** `reached`: the target round; `missed`: others have, before this client came to take part; `settled`: there was nothing more
   *  to learn; `stopped`: somebody pressed stop. */
  | { readonly kind: 'finished'; readonly why: 'reached' | 'missed' | 'settled' | 'stopped' }
  | { readonly kind: 'failed'; readonly message: string };

/** What this client did in one round. */
export interface OwnRound {
  readonly round: number;
  readonly score: Score;
  readonly phases: PhaseTimes;
  /** Times of what was computed from the end of the round before to the end of this one. */
  readonly work: WorkTimes;
  /** How its step was solved for; null where it was not. */
  readonly solver: Solved | null;
  /** Training bytes of this client's round: its messages, and the answers to them. */
  readonly bytesSent: number;
  /** Neighbours that took part. */
  readonly neighbours: readonly PeerId[];
  /** Neighbours that were left out because they were late or gone. */
  readonly missed: readonly PeerId[];
}

/** Bytes by message kind, e.g. `{ weights: 318_044 }`; frames with their headers and chunk headers. */
export type BytesByKind = Readonly<Record<string, number>>;

/** What a client holds of its own data: rows of each class. */
export interface Holding {
  readonly train: readonly number[];
  /** Set aside to be scored on. */
  readonly heldOut: readonly number[];
}

export interface PeerView extends Presence {
  /** What it has last said of itself. */
  readonly readiness: ReadinessState;
  readonly channel: 'none' | 'opening' | 'open' | 'lost';
  /** Whether it is a neighbour in the current round's graph. */
  readonly neighbour: boolean;
  /** What we are waiting for from it, if anything: `waiting` while its message of this phase is due. */
  readonly activity: 'idle' | 'waiting' | 'answered' | 'missed';
  readonly sent: BytesByKind;
  readonly received: BytesByKind;
  /** Rounds in which it was left out here. */
  readonly missedRounds: number;
  /** Its own data for the room's task; null where there is no task, or it has brought none yet. */
  readonly holding: Holding | null;
}

export interface ShareView {
  readonly kind: 'images' | 'table';
  readonly samples: number;
  /** Samples of each class. */
  readonly histogram: readonly number[];
  readonly classNames: readonly string[];
  /** A few images, of a table none: `width * height` grey bytes each, row-major, 0 is the background. */
  readonly previews: readonly { readonly label: number; readonly pixels: Uint8Array }[];
  readonly width: number;
  readonly height: number;
}

/** The scores that training alone on the own rows has reached, round by round. */
export interface AloneView {
  /** Of which there will be scores in the end. */
  readonly rounds: number;
  readonly scores: readonly Score[];
}

/** What the averaged model of a round makes of the rows that this client has held out. */
export interface AveragedHere {
  readonly round: number;
  readonly score: Score;
}

export interface ClientView {
  readonly self: Presence;
  readonly status: ClientStatus;
  readonly settings: Settings;
  /** The id of the run that is shown, under way or ended; null where there is none. */
  readonly run: string | null;
  readonly backend: BackendView | null;
  readonly share: ShareView | null;
  /** Samples that models are scored on here, which are everyone's or, of own data, held out of them; null while they are fetched. */
  readonly scoredOn: number | null;
  /** The constants by which the run's own data are standardised; null where there is no run or task. */
  readonly scale: Scale | null;
  /** Everyone in the room but this client, by number. */
  readonly peers: readonly PeerView[];
  /** The current round's graph over members' ids; before a run, the graph that the settings would give. */
  readonly graph: readonly { readonly a: PeerId; readonly b: PeerId }[];
  /** The round being worked on, from 0, and the rounds finished here. */
  readonly round: number;
  readonly phase: Phase | null;
  readonly own: readonly OwnRound[];
  readonly summaries: readonly RoundSummary[];
  /** Of own data, by ascending round; else none. */
  readonly averagedHere: readonly AveragedHere[];
  /** Null until a person has asked what this client would have reached alone. */
  readonly alone: AloneView | null;
  /** Totals of this client: training, evaluation (metrics and their weights), and control messages. */
  readonly bytes: { readonly training: number; readonly evaluation: number; readonly control: number };
  /** The latest thing a person should know, in one sentence, e.g. a rejected message or a lost neighbour. */
  readonly notice: string | null;
}

/** What there is to see before a client has said anything. */
export const emptyView: ClientView = {
  self: { id: '', number: 0 },
  status: { kind: 'preparing', step: 'joining the room' },
  settings: defaultSettings(),
  run: null,
  backend: null,
  share: null,
  scoredOn: null,
  scale: null,
  peers: [],
  graph: [],
  round: 0,
  phase: null,
  own: [],
  summaries: [],
  averagedHere: [],
  alone: null,
  bytes: { training: 0, evaluation: 0, control: 0 },
  notice: null,
};

/** What a person can ask of a client. */
export type ClientCommand =
  | { readonly type: 'configure'; readonly settings: Settings }
  | { readonly type: 'start' }
  | { readonly type: 'pause' }
  | { readonly type: 'resume' }
  | { readonly type: 'stop' }
  /** Trains alone as long as the run that is over, for comparison; concerns this client only. */
  | { readonly type: 'compare' };
