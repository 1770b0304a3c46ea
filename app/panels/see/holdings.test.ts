import { expect, test } from 'vitest';
import { emptyView, type PeerView, type ShareView } from '../../../src/client/view.ts';
import { defaultSettings } from '../../../src/settings/settings.ts';
import { holdings } from './holdings.ts';

const share: ShareView = { kind: 'images', samples: 3, histogram: [3, 0], classNames: ['a', 'b'], previews: [], width: 1, height: 1 };
const peer = (number: number, train: readonly number[] | null): PeerView => ({
  id: `peer${number}`,
  number,
  channel: 'open',
  neighbour: true,
  readiness: { kind: 'ready' },
  activity: 'idle',
  sent: {},
  received: {},
  missedRounds: 0,
  holding: train && { train, heldOut: [] },
});
const view = { ...emptyView, self: { id: 'me', number: 1 }, share, peers: [peer(0, [1, 4]), peer(2, null)] };

test('of own data everyone has told, but for those who have not yet', () => {
  expect(holdings(view, null)).toEqual([
    { client: 0, counts: [1, 4] },
    { client: 1, counts: [3, 0] },
  ]);
});

test('of a built-in dataset the settings say it, until there is nothing left', () => {
  const settings = { ...defaultSettings(), samples: 4, partition: { kind: 'iid' } as const };
  const found = holdings({ ...view, settings }, [4, 4]);
  expect(found.map(({ client }) => client)).toEqual([0, 1]);
  expect(found[0]!.counts.reduce((sum, count) => sum + count, 0)).toBe(4);
});
