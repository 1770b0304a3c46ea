/** The view of a client, as a function of what its parts know. */
import { isPaused, type RoomRegister } from '../protocol/register.ts';
import type { Settings } from '../settings/settings.ts';
import type { PeerId, Presence } from '../transport/transport.ts';
import type { Alone } from './alone.ts';
import type { ByteCounters } from './bytes.ts';
import type { Mailbox } from './mailbox.ts';
import { edgesOf, neighboursAlong, type Edge } from './neighbourhood.ts';
import type { Offers } from './offers.ts';
import type { Preparation } from './preparation.ts';
import type { ProblemSource } from './problem.ts';
import type { Room } from './room.ts';
import type { Run } from './run/run.ts';
import { emptyView, type ClientStatus, type ClientView, type PeerView } from './view.ts';

/** A run that a client is in. */
export interface ShownRun {
  readonly id: string;
  readonly settings: Settings;
  readonly run: Pick<Run, 'round' | 'hasBegun' | 'history' | 'activityOf'>;
  /** Whether the target round is done here. */
  readonly isReached: boolean;
  readonly alone: Pick<Alone, 'view'> | null;
}

/** What there is to show. */
export interface Shown {
  readonly room: Pick<Room, 'self' | 'members' | 'seen' | 'register' | 'participants' | 'readinessOf'>;
  readonly mailbox: Pick<Mailbox, 'isOpen' | 'isLost'> & { readonly bytes: Pick<ByteCounters, 'totals' | 'sentTo' | 'receivedFrom'> };
  readonly offers: Pick<Offers, 'holdingOf'>;
  readonly preparation: Pick<Preparation, 'backend' | 'problem' | 'step'>;
  readonly source: Pick<ProblemSource, 'graph'>;
  readonly active: ShownRun | null;
  /** The peers that channels are wanted to. */
  readonly wanted: readonly PeerId[];
  readonly failure: string | null;
  readonly notice: string | null;
}

/** The graph among participants in a run, else the one that the settings would give everyone here. */
export function graphShown({ room, source, active }: Pick<Shown, 'room' | 'source' | 'active'>): Edge[] {
  const members = active ? room.participants() : room.members;
  const settings = active?.settings ?? room.register.settings;
  return edgesOf(members, source.graph(settings, members.length, active?.run.round ?? 0));
}

function statusOf({ failure, preparation, room, active }: Shown): ClientStatus {
  if (failure !== null) return { kind: 'failed', message: failure };
  if (!preparation.problem) return { kind: 'preparing', step: preparation.step };
  const { run }: RoomRegister = room.register;
  if (!run || !active) return { kind: 'lobby' };
  if (run.end === 'stopped') return { kind: 'finished', why: 'stopped' };
  if (active.isReached) return { kind: 'finished', why: 'reached' };
  if (run.end === 'finished' && !active.run.hasBegun) return { kind: 'finished', why: 'missed' };
  if (run.end === 'settled') return { kind: 'finished', why: 'settled' };
  return { kind: run.end === null && isPaused(run) ? 'paused' : 'running' };
}

function peerViewOf({ room, mailbox, offers, active, wanted }: Shown, member: Presence, neighbours: ReadonlySet<PeerId>): PeerView {
  const { id } = member;
  const isHere = room.members.some((other) => other.id === id);
  const closed = !isHere || mailbox.isLost(id) ? 'lost' : wanted.includes(id) ? 'opening' : 'none';
  return {
    ...member,
    readiness: room.readinessOf(id),
    channel: mailbox.isOpen(id) ? 'open' : closed,
    neighbour: isHere && neighbours.has(id),
    activity: active?.run.activityOf(id) ?? 'idle',
    sent: mailbox.bytes.sentTo(id),
    received: mailbox.bytes.receivedFrom(id),
    missedRounds: active?.run.history.missedRoundsOf(id) ?? 0,
    holding: offers.holdingOf(id, room.register.settings),
  };
}

export function viewOf(shown: Shown): ClientView {
  const { room, mailbox, preparation, active, notice } = shown;
  const { training, evaluation, control } = mailbox.bytes.totals;
  const { problem, backend } = preparation;
  const graph = graphShown(shown);
  const neighbours = new Set(neighboursAlong(graph, room.self.id));
  return {
    self: room.self,
    status: statusOf(shown),
    settings: room.register.settings,
    run: active?.id ?? null,
    backend,
    share: problem?.view ?? null,
    scoredOn: problem?.test?.labels.length ?? null,
    scale: active ? (room.register.run?.scale ?? null) : null,
    peers: room.seen.map((member) => peerViewOf(shown, member, neighbours)),
    graph,
    round: active?.run.round ?? 0,
    phase: active?.run.history.phase ?? null,
    own: active?.run.history.own ?? emptyView.own,
    summaries: active?.run.history.summaries ?? emptyView.summaries,
    averagedHere: active?.run.history.averagedHere ?? emptyView.averagedHere,
    alone: active?.alone?.view ?? null,
    bytes: { training, evaluation, control },
    notice,
  };
}
