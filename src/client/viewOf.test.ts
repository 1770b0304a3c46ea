import { describe, expect, it } from 'vitest';
import { propose, type Proposal, type RoomRegister, type RunEnd } from '../protocol/register.ts';
import { defaultSettings } from '../settings/settings.ts';
import { graphOf } from '../topology/graph.ts';
import { ByteCounters } from './bytes.ts';
import type { Problem } from './problem.ts';
import { Room } from './room.ts';
import { viewOf, type Shown, type ShownRun } from './viewOf.ts';

const settings = { ...defaultSettings(), topology: { kind: 'ring' } as const };
const people = ['a', 'b', 'c', 'd'].map((id, number) => ({ id, number }));
const problem: Problem = {
  model: { layers: [1, 2] },
  own: { rows: new Float32Array(1), labels: new Uint8Array(1) },
  test: { rows: new Float32Array(3), labels: new Uint8Array(3) },
  initialWeights: new Float32Array(4),
  startsAlike: true,
  view: null,
  digest: '',
  share: null,
};

function roomOf(...proposals: Proposal[]): Room {
  const room = new Room(people[0]!, settings);
  room.meet(people);
  for (const proposal of proposals) room.propose(proposal);
  return room;
}

const start = { type: 'start', id: 'r', founders: ['a', 'b', 'c', 'd'], digest: '', scale: null, samples: 800 } as const satisfies Proposal;

function activeIn(change: Partial<ShownRun> = {}): ShownRun {
  const history = {
    own: [],
    summaries: [],
    averagedHere: [],
    phase: 'mix',
    missedRoundsOf: (peer: string) => (peer === 'b' ? 2 : 0),
  } as const;
  return {
    id: 'run',
    settings,
    isReached: false,
    alone: null,
    run: { round: 5, hasBegun: true, history, activityOf: (peer) => (peer === 'b' ? 'waiting' : 'idle') },
    ...change,
  };
}

function shown(change: Partial<Shown> = {}): Shown {
  return {
    room: roomOf(),
    mailbox: { isOpen: (peer) => peer === 'b', isLost: (peer) => peer === 'c', bytes: new ByteCounters() },
    offers: { holdingOf: () => null },
    preparation: { backend: null, problem, step: 'fetching' },
    source: { graph: ({ topology, seed }, clients, round) => graphOf(topology, clients, seed, round) },
    active: null,
    wanted: ['b', 'c', 'd'],
    failure: null,
    notice: null,
    ...change,
  };
}

const ends = (why: RunEnd): Proposal => ({ type: 'end', why });

describe('the status of a client', () => {
  const preparing = { backend: null, problem: null, step: 'fetching' };
  it.each<[string, Partial<Shown>, object]>([
    ['has failed, whatever else', { failure: 'No data.', preparation: preparing }, { kind: 'failed', message: 'No data.' }],
    ['prepares while its samples are not here', { preparation: preparing, room: roomOf(start) }, { kind: 'preparing', step: 'fetching' }],
    ['waits in the lobby while nobody has started', {}, { kind: 'lobby' }],
    ['is in the lobby while it is not in the run yet', { room: roomOf(start) }, { kind: 'lobby' }],
    ['runs', { room: roomOf(start), active: activeIn() }, { kind: 'running' }],
    ['is paused', { room: roomOf(start, { type: 'pause' }), active: activeIn() }, { kind: 'paused' }],
    ['runs again', { room: roomOf(start, { type: 'pause' }, { type: 'resume' }), active: activeIn() }, { kind: 'running' }],
    ['runs on to the target that others have reached', { room: roomOf(start, ends('finished')), active: activeIn() }, { kind: 'running' }],
    ['has reached the target', { room: roomOf(start), active: activeIn({ isReached: true }) }, { kind: 'finished', why: 'reached' }],
    [
      'came too late for any round of the others',
      { room: roomOf(start, ends('finished')), active: activeIn({ run: { ...activeIn().run, hasBegun: false } }) },
      { kind: 'finished', why: 'missed' },
    ],
    ['has settled', { room: roomOf(start, ends('settled')), active: activeIn() }, { kind: 'finished', why: 'settled' }],
    ['is stopped', { room: roomOf(start, ends('stopped')), active: activeIn() }, { kind: 'finished', why: 'stopped' }],
  ])('%s', (_, change, status) => {
    expect(viewOf(shown(change)).status).toEqual(status);
  });
});

describe('the view of a client', () => {
  it('shows the graph that the settings would give everyone here, and in a run that of its participants', () => {
    expect(viewOf(shown()).graph).toHaveLength(4);
    const three: Proposal = { ...start, founders: ['a', 'b', 'c'] };
    const { graph, peers, round, phase } = viewOf(shown({ room: roomOf(three), active: activeIn() }));
    expect(graph).toEqual([
      { a: 'a', b: 'b' },
      { a: 'a', b: 'c' },
      { a: 'b', b: 'c' },
    ]);
    expect(peers.map(({ id, neighbour }) => [id, neighbour])).toEqual([
      ['b', true],
      ['c', true],
      ['d', false],
    ]);
    expect([round, phase]).toEqual([5, 'mix']);
  });

  it('says of each peer how its channel is, what is due from it, and how often it was missed', () => {
    const room = roomOf(start);
    room.meet(people.slice(0, 3));
    const { peers } = viewOf(shown({ room, active: activeIn(), wanted: ['b'] }));
    expect(peers.map(({ id, channel, activity, missedRounds }) => [id, channel, activity, missedRounds])).toEqual([
      ['b', 'open', 'waiting', 2],
      ['c', 'lost', 'idle', 0],
      ['d', 'lost', 'idle', 0],
    ]);
    const [, c, d] = viewOf(
      shown({ mailbox: { isOpen: () => false, isLost: () => false, bytes: new ByteCounters() }, wanted: ['d'] }),
    ).peers;
    expect([c!.channel, d!.channel]).toEqual(['none', 'opening']);
  });

  it('counts bytes by purpose, and by peer and kind', () => {
    const bytes = new ByteCounters();
    bytes.countSent('b', 'weights', 100);
    bytes.countSent('b', 'room', 10);
    bytes.countReceived('b', 'weights', 70);
    const view = viewOf(shown({ mailbox: { isOpen: () => true, isLost: () => false, bytes } }));
    expect(view.bytes).toEqual({ training: 100, evaluation: 0, control: 10 });
    expect(view.peers[0]).toMatchObject({ sent: { weights: 100, room: 10 }, received: { weights: 70 } });
  });

  it('keeps the identity of what has not changed, so that it need not travel', () => {
    const [first, second] = [viewOf(shown()), viewOf(shown())];
    expect(second.own).toBe(first.own);
    expect(second.summaries).toBe(first.summaries);
    expect(second.settings satisfies RoomRegister['settings']).toBe(first.settings);
  });
});

it('a room takes nobody for ready who was so for other settings', () => {
  const room = roomOf();
  const isReady = (version: number) => ({ peer: 'b', version, state: { kind: 'ready' } }) as const;
  expect(room.hearReadiness(isReady(1))).toBe(true);
  expect(room.declare({ kind: 'ready' })).not.toBeNull();
  expect(room.ready().map(({ id }) => id)).toEqual(['a', 'b']);
  room.propose({ type: 'configure', settings: { ...settings, rounds: 7 } });
  expect(room.ready()).toEqual([]);
  room.declare({ kind: 'preparing' });
  room.declare({ kind: 'ready' });
  room.hearReadiness(isReady(2));
  expect(room.ready().map(({ id }) => id)).toEqual(['a', 'b']);
  room.propose({ ...start, founders: ['a', 'b'] });
  expect(room.ready().map(({ id }) => id)).toEqual(['a', 'b']);
});

it('a room knows who takes part in the run, and what it once heard of those who left', () => {
  const room = roomOf({ ...start, founders: ['a', 'b'] });
  expect(room.participants().map(({ id }) => id)).toEqual(['a', 'b']);
  expect(room.hear(propose(room.register, 'd', { type: 'join' }))).toEqual({ hasOtherSettings: false });
  expect(room.participants().map(({ id }) => id)).toEqual(['a', 'b', 'd']);
  expect(room.meet(people.slice(0, 2))).toEqual({ come: [], gone: ['c', 'd'] });
  expect(room.participants().map(({ id }) => id)).toEqual(['a', 'b']);
  expect(room.nameOf('d')).toBe('Client 3');
  expect(room.hear(room.register)).toBeNull();
});
