/**
 * What a client must know to go on after a round as if nothing had happened: taken and given back between two rounds, when no
 * message of the run is under way. What neighbours have given is left out: whoever resumes makes their inputs again
 * (`knownInputs.ts`), and finds the vectors that the wire builds on in their own snapshots (`takenBy`).
 */
import * as v from 'valibot';
import { summarySchema } from '../protocol/summary.ts';
import type { WireResumption, WireSnapshot } from '../protocol/wire.ts';
import type { OwnedInputs } from '../round/state.ts';
import type { PeerId } from '../transport/transport.ts';
import type { CountedBytes } from './bytes.ts';
import { phases, works, type OwnRound, type RoundSummary } from './view.ts';

/** What a run must know to go on. */
export interface RunSnapshot {
  /** The round to begin next. */
  readonly round: number;
  readonly weights: Float32Array;
  readonly velocity: Float32Array | null;
  /** The sketch's centre μ; null while it is not known, or nothing is sketched. */
  readonly centre: Float32Array | null;
  /** The peers that have this client's mean. */
  readonly introduced: readonly PeerId[];
  /** The peers whose inputs this client has. */
  readonly knows: readonly PeerId[];
  readonly own: readonly OwnRound[];
  readonly summaries: readonly RoundSummary[];
  readonly missedRounds: ReadonlyMap<PeerId, number>;
}

export interface Snapshot extends RunSnapshot {
  readonly bytes: CountedBytes;
  readonly wire: WireSnapshot;
}

const vector = v.pipe(
  v.instance(Float32Array),
  v.check((values) => values.every(Number.isFinite), 'finite numbers'),
);
const whole = v.pipe(v.number(), v.integer(), v.minValue(0));
const amount = v.pipe(v.number(), v.finite(), v.minValue(0));
const peer = v.string();
const bytesByKind = v.map(peer, v.map(v.string(), whole));

const keptByPeer = <T extends v.ObjectEntries>(entries: T) =>
  v.map(peer, v.map(v.string(), v.strictObject({ ...entries, values: vector, round: whole })));

const ownRoundSchema = v.strictObject({
  round: whole,
  score: v.strictObject({ accuracy: amount, loss: amount }),
  phases: v.record(v.picklist(phases), amount),
  work: v.record(v.picklist(works), amount),
  solver: v.nullable(v.strictObject({ products: whole, relativeGradient: amount })),
  bytesSent: whole,
  neighbours: v.array(peer),
  missed: v.array(peer),
});

/** What both a snapshot and a bookmark have of a run. */
export const goingOn = {
  round: whole,
  weights: vector,
  velocity: v.nullable(vector),
  own: v.array(ownRoundSchema),
  summaries: v.array(summarySchema),
  missedRounds: v.map(peer, whole),
};

/** A snapshot from a file. */
export const snapshotSchema: v.GenericSchema<unknown, Snapshot> = v.strictObject({
  ...goingOn,
  centre: v.nullable(vector),
  introduced: v.array(peer),
  knows: v.array(peer),
  bytes: v.strictObject({
    sent: bytesByKind,
    received: bytesByKind,
    totals: v.strictObject({ training: whole, evaluation: whole, control: whole }),
    ownRounds: whole,
  }),
  wire: v.strictObject({
    versions: whole,
    given: keptByPeer({ number: whole }),
    errors: keptByPeer({}),
  }),
});

/** A snapshot with what it left out. */
export interface Resumption {
  readonly snapshot: Snapshot;
  readonly inputs: ReadonlyMap<PeerId, OwnedInputs>;
  readonly taken: WireResumption['taken'];
}

/** What a client has of its peers' vectors: what they say that they have given it. */
export function takenBy(self: PeerId, snapshots: ReadonlyMap<PeerId, Snapshot>): WireResumption['taken'] {
  return new Map(
    [...snapshots].flatMap(([peer, { wire }]) => {
      const given = wire.given.get(self);
      return given ? [[peer, given] as const] : [];
    }),
  );
}
