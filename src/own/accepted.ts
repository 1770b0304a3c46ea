/** What a person has said of how their data fit a room's task, in this tab's store: it still holds when the tab is loaded again. */

import * as v from 'valibot';
import type { Task } from '../settings/task.ts';
import { nothingAccepted, type Accepted } from '../task/fit.ts';

const KEY = 'sparkmesh-accepted';

const names = v.array(v.tuple([v.string(), v.string()]));
const keptSchema = v.pipe(v.string(), v.parseJson(), v.object({ task: v.string(), classes: names, columns: names }));

export interface AcceptedKeeper {
  keep(task: Task, accepted: Accepted): void;
  /** Nothing is accepted where nothing is kept, or of another task. */
  kept(task: Task): Accepted;
}

/** What is used of a tab's session store. */
interface TabStore {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
}

/** @param storage the tab's, or throws: a browser that keeps nothing finds nothing again. */
export function acceptedKeeper(storage: () => TabStore): AcceptedKeeper {
  return {
    keep(task, { classes, columns }) {
      try {
        storage().setItem(KEY, JSON.stringify({ task: JSON.stringify(task), classes: [...classes], columns: [...columns] }));
      } catch {
        // The person says it again.
      }
    },
    kept(task) {
      try {
        const { task: of, classes, columns } = v.parse(keptSchema, storage().getItem(KEY));
        return of === JSON.stringify(task) ? { classes: new Map(classes), columns: new Map(columns) } : nothingAccepted;
      } catch {
        return nothingAccepted;
      }
    },
  };
}
