/** The states of rooms that learn from everyone's own data, with plausible data. */

import type { ClientView, PeerView } from '../../src/client/view.ts';
import { ownSettings } from '../../src/settings/settings.ts';
import type { ImageTask, TableTask, Task } from '../../src/settings/task.ts';
import type { KeptData, OwnData, OwnTable } from '../../src/own/ownData.ts';
import { passengers, pictures } from './ownStates.ts';

const fruits: ImageTask = {
  kind: 'images',
  width: 32,
  height: 32,
  channels: 3,
  classNames: ['apple', 'limes', 'Pears', 'plums', 'quinces'],
};

const ships: TableTask = {
  kind: 'table',
  columns: [
    { kind: 'number', name: 'Age', hasEmpty: true },
    { kind: 'category', name: 'Sex', categories: ['female', 'male'], hasEmpty: false },
    { kind: 'number', name: 'Fares', hasEmpty: false },
  ],
  label: 'Survived',
  names: true,
  empty: 'impute',
  classNames: ['0', '1'],
};

/** As a reader has them for that task. */
const asTask: OwnTable = { ...passengers, form: passengers.form && { ...passengers.form, categories: ['Sex'], leftOut: [] } };

interface RoomState {
  readonly kind: 'joined';
  readonly view: ClientView;
  readonly signalling: 'connected';
  readonly kept?: KeptData;
  readonly brought?: true;
  readonly press?: string;
}

/** What the averaged model makes of the fruits that everybody set aside. */
export const fruitConfusion = [16, 1, 1, 0, 0, 2, 10, 0, 1, 0, 1, 0, 15, 1, 1, 0, 1, 2, 9, 0, 0, 1, 0, 1, 9];

/** @param lobby a room of six before its run. @param learned what they have learned when it is over. */
export function roomStates(lobby: ClientView, learned: Pick<ClientView, 'own' | 'summaries'>): Record<string, RoomState> {
  const peers = lobby.peers.map((peer, k): PeerView => ({
    ...peer,
    holding: k % 3 === 2 ? null : { train: [30 + k, 0, 21, 0, 20], heldOut: [5, 0, 3, 0, 4] },
  }));
  const room = (task: Task, data: OwnData | null, change: Partial<ClientView> = {}): RoomState => ({
    kind: 'joined',
    view: { ...lobby, settings: ownSettings(task), share: null, scoredOn: null, peers, ...change },
    signalling: 'connected',
    ...(data && { kept: { data, stoppedAt: null } }),
  });
  const { classNames, width, height } = fruits;
  const share = { kind: 'images', samples: 260, histogram: [126, 31, 103, 0, 0], classNames, previews: [], width, height } as const;
  const heldOut = learned.summaries.map((summary) => ({ ...summary, confusion: fruitConfusion }));
  const reached: RoomState = {
    ...room(fruits, pictures(1, []), {
      ...learned,
      summaries: heldOut,
      share,
      scale: { mean: [0.5, 0.45, 0.4], std: [0.25, 0.25, 0.25] },
      scoredOn: 46,
      status: { kind: 'finished', why: 'reached' },
      averagedHere: learned.summaries.map(({ round, averaged }) => ({ round, score: averaged })),
      alone: {
        rounds: learned.own.length,
        scores: learned.own.map(({ round }) => ({ accuracy: 0.2 + 0.02 * round, loss: 2 - 0.03 * round })),
      },
    }),
    brought: true,
  };
  const ofTable: RoomState = {
    ...reached,
    view: {
      ...reached.view,
      settings: ownSettings(ships),
      share: { kind: 'table', samples: 712, histogram: [440, 272], classNames: ships.classNames, previews: [], width: 5, height: 1 },
      scale: { mean: [29.7, 32.2], std: [14.5, 49.7] },
      summaries: learned.summaries.map((summary) => ({ ...summary, confusion: [20, 7, 5, 14] })),
    },
  };
  return {
    roomEmpty: room(fruits, null),
    roomPictures: room(fruits, pictures(1, [])),
    roomTable: room(ships, asTask),
    roomLobby: { ...room(fruits, pictures(1, []), { share, scoredOn: 46 }), brought: true },
    roomReached: reached,
    roomClasses: { ...reached, press: 'Classes' },
    roomMistakes: { ...reached, press: 'Mistakes' },
    roomModel: { ...reached, press: 'Use it' },
    roomTableMistakes: { ...ofTable, press: 'Mistakes' },
    roomTableModel: { ...ofTable, press: 'Use it' },
  };
}
