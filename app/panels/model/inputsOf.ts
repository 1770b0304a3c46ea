/** What a model of the room is given. */

import { ownTask, taskOf } from '../../../src/export/taskOf.ts';
import type { Task } from '../../../src/export/savedModel.ts';
import type { ClientView } from '../../../src/client/view.ts';
import type { Settings } from '../../../src/settings/settings.ts';
import { MAX_COLUMNS } from '../../../src/settings/task.ts';
import type { Page } from '../../store.ts';

export interface Inputs {
  readonly task: Task;
  readonly classes: readonly string[];
  /** Training rows of each class of a built-in dataset; null of own data. */
  readonly trainCounts: readonly number[] | null;
}

/** Where everyone's own data are not known yet. */
const noScale = { mean: Array<number>(MAX_COLUMNS).fill(0), std: Array<number>(MAX_COLUMNS).fill(1) };

/**
 * @param settings of the run that the model is of.
 * @param scale the constants of own data, if they are known.
 * @throws an error with a sentence for people, when that is not known.
 */
export async function inputsOf(
  { task, dataset }: Pick<Settings, 'dataset' | 'task'>,
  fetchInputs: Page['inputs'],
  scale: ClientView['scale'] = null,
): Promise<Inputs> {
  if (task) return { task: ownTask(task, scale ?? noScale), classes: task.classNames, trainCounts: null };
  const { info, table } = await fetchInputs(dataset);
  return { task: taskOf(info, table), classes: info.classNames, trainCounts: info.trainCounts };
}
