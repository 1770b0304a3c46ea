/** The part of the page's store that takes a person's own data to a room: how they fit its task, and whether they are offered. */

import type { Task } from '../src/settings/task.ts';
import { fitOf, nothingAccepted, type Accepted } from '../src/task/fit.ts';
import type { OwnRows } from '../src/task/ownRows.ts';
import { shapeOf } from '../src/own/ownData.ts';
import type { AcceptedKeeper } from '../src/own/accepted.ts';
import type { OwnSlice } from './ownSlice.ts';
import { reasonOf } from './reasonOf.ts';

/** Own data in this browser as rooms understand them. Both reject with a sentence for people. */
export interface RoomShelf {
  /** The task that they make. @param others names of classes that only others have. */
  define(others: readonly string[]): Promise<Task>;
  take(task: Task, accepted: Accepted): Promise<OwnRows>;
}

/** What is offered to a room is kept by its client; this is what the person has said. */
export type Bringing =
  /** They choose: `offered` is the task that the room has rows for already, `why` what kept others from it. */
  | { readonly kind: 'choosing'; readonly offered: Task | null; readonly why: string | null }
  | { readonly kind: 'taking' }
  | { readonly kind: 'brought'; readonly task: Task };

export interface BringSlice {
  readonly bringing: Bringing;
  readonly accepted: Accepted;
  /** Takes an own class for one of the task's; null for none. */
  readonly acceptClass: (own: string, taken: string | null) => void;
  /** Takes an own column for one of the task's; null for none. */
  readonly acceptColumn: (name: string, title: string | null) => void;
  /** Offers own data to the room, as they have been accepted. */
  readonly takePart: () => void;
  /** Offers them as before this tab was loaded again. */
  readonly takePartAgain: (task: Task) => void;
  /**
   * Makes a task of own data, and has a room learn it: the one that this tab is in, or a new one.
   * @param others names of classes that only others have.
   */
  readonly openRoom: (others: readonly string[]) => void;
  /** Chooses others than those that are offered. */
  readonly chooseAgain: () => void;
  /** Leaves those that are offered. */
  readonly keepOffered: () => void;
}

/** What is needed of the page around it. */
export interface BringHost {
  /** What the room learns from own data; null where it does not, or there is no room. */
  readonly task: () => Task | null;
  readonly bring: (rows: OwnRows) => void;
  /** Has a room learn a task, and these rows with it. */
  readonly teach: (task: Task, rows: OwnRows) => void;
  readonly keeper: AcceptedKeeper;
}

type Changing = Pick<BringSlice, 'bringing' | 'accepted'>;

export const nothingBrought: Changing = { bringing: { kind: 'choosing', offered: null, why: null }, accepted: nothingAccepted };

const changed = (names: ReadonlyMap<string, string>, name: string, to: string | null): ReadonlyMap<string, string> => {
  const others = [...names].filter(([other]) => other !== name);
  return new Map(to === null ? others : [...others, [name, to]]);
};

export function createBringSlice(
  set: (change: Partial<Changing>) => void,
  get: () => BringSlice & Pick<OwnSlice, 'own'>,
  shelf: RoomShelf,
  host: BringHost,
): BringSlice {
  const offered = () => {
    const { bringing } = get();
    return bringing.kind === 'brought' ? bringing.task : bringing.kind === 'choosing' ? bringing.offered : null;
  };

  /** Reads rows and uses them, unless the person has turned away meanwhile. */
  const taking = async (read: () => Promise<() => void>) => {
    const before = offered();
    const now: Bringing = { kind: 'taking' };
    set({ bringing: now });
    const end = (finish: () => void) => {
      if (get().bringing === now) finish();
    };
    try {
      end(await read());
    } catch (error) {
      const why = reasonOf(error);
      end(() => set({ bringing: { kind: 'choosing', offered: before, why } }));
    }
  };

  const takeFor = (task: Task, accepted: Accepted) =>
    taking(async () => {
      const rows = await shelf.take(task, accepted);
      return () => {
        host.keeper.keep(task, accepted);
        host.bring(rows);
        set({ bringing: { kind: 'brought', task } });
      };
    });

  return {
    ...nothingBrought,
    acceptClass: (own, taken) => set({ accepted: { ...get().accepted, classes: changed(get().accepted.classes, own, taken) } }),
    acceptColumn: (name, title) => set({ accepted: { ...get().accepted, columns: changed(get().accepted.columns, name, title) } }),
    takePart: () => {
      const task = host.task();
      if (task) void takeFor(task, get().accepted);
    },
    takePartAgain: (task) => void takeFor(task, host.keeper.kept(task)),
    openRoom: (others) =>
      void taking(async () => {
        const { own } = get();
        const task = await shelf.define(others);
        const problem = own.kind === 'kept' ? fitOf(shapeOf(own.kept.data), task, nothingAccepted).problem : null;
        if (problem !== null) throw new Error(problem);
        const rows = await shelf.take(task, nothingAccepted);
        return () => {
          host.keeper.keep(task, nothingAccepted);
          set({ bringing: { kind: 'brought', task }, accepted: nothingAccepted });
          host.teach(task, rows);
        };
      }),
    chooseAgain: () => set({ bringing: { kind: 'choosing', offered: offered(), why: null } }),
    keepOffered: () => {
      const task = offered();
      if (task) set({ bringing: { kind: 'brought', task } });
    },
  };
}
