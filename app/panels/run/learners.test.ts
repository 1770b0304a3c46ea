import { expect, it } from 'vitest';
import { emptyView, type ClientView, type Holding, type PeerView } from '../../../src/client/view.ts';
import { ownSettings } from '../../../src/settings/settings.ts';
import { describePeople } from '../bring/people.ts';
import { learners, startAdvice } from './learners.ts';

const task = { kind: 'images', width: 2, height: 2, channels: 1, classNames: ['cats', 'dogs'] } as const;
const share = { kind: 'images', samples: 20, histogram: [10, 10], classNames: [], previews: [], width: 2, height: 2 } as const;

const peer = (number: number, holding: Holding | null, channel: PeerView['channel'] = 'open'): PeerView => ({
  id: `${number}`,
  number,
  channel,
  neighbour: true,
  activity: 'idle',
  sent: {},
  received: {},
  missedRounds: 0,
  readiness: { kind: holding ? 'ready' : 'preparing' },
  holding,
});

const holding: Holding = { train: [9, 8], heldOut: [2, 1] };
const room = (peers: readonly PeerView[], change: Partial<ClientView> = {}): ClientView => ({
  ...emptyView,
  settings: ownSettings({ ...task, classNames: [...task.classNames] }),
  peers,
  ...change,
});

it('of own data those learn who have brought some, and who is choosing is told', () => {
  const alone = room([], { share, scoredOn: 4 });
  expect([learners(alone), startAdvice(alone)]).toEqual([1, 'Open this link in another tab or on another device.']);
  const waiting = room([peer(1, null), peer(2, null), peer(3, null, 'lost')], { share, scoredOn: 4 });
  expect([learners(waiting), startAdvice(waiting)]).toEqual([1, 'Clients 1 and 2 are still choosing data.']);
  expect(describePeople(waiting, waiting.settings.task!)).toBe('3 people are here, you among them, and 1 has brought 24 images');
  const ready = room([peer(1, holding), peer(2, null)], { share, scoredOn: 4 });
  expect([learners(ready), startAdvice(ready)]).toEqual([
    2,
    'Client 2 is still choosing data. Anyone can start; who comes later joins in.',
  ]);
  const others = room([peer(1, holding), peer(2, holding)]);
  expect([learners(others), startAdvice(others)]).toEqual([2, 'Anyone can start, and more can join.']);
  expect(describePeople(others, others.settings.task!)).toBe('3 people are here, you among them, and 2 have brought 40 images');
  expect(describePeople(room([]), others.settings.task!)).toBe('You are alone here, and nobody has brought data yet');
});

it('of a dataset everyone learns who is ready', () => {
  const isReady = (number: number): PeerView => ({ ...peer(number, null), readiness: { kind: 'ready' } });
  const both = { ...emptyView, peers: [isReady(1), isReady(2)] };
  expect([learners(both), startAdvice(both)]).toEqual([3, 'Anyone can start, and more can join.']);
  const one = { ...emptyView, peers: [isReady(1), peer(2, null)] };
  expect([learners(one), startAdvice(one)]).toEqual([2, '1 of 2 others are ready; anyone can start, and more can join.']);
  const none = { ...emptyView, peers: [peer(1, null)] };
  expect([learners(none), startAdvice(none)]).toEqual([1, 'The others are getting ready.']);
});
