/** What a model is given: the description of a packed dataset, or of a room's task, as a card has it. */

import type { Table, TableColumn } from '../data/columns.ts';
import type { DatasetInfo } from '../data/dataset.ts';
import type { Task as RoomTask } from '../settings/task.ts';
import type { Scale } from '../task/moments.ts';
import { ModelFileError, type Task } from './savedModel.ts';

/** A byte scaled to 1. */
const BYTE = 255;

/**
 * @param table what a table's columns are; null of images.
 * @throws {ModelFileError} of a table whose columns are not known.
 */
export function taskOf({ name, kind, element, width, height, mean, std }: DatasetInfo, table: Table | null): Task {
  if (kind === 'images') {
    const isBytes = element === 'u8';
    const scale = isBytes ? BYTE : 1;
    return { kind, width, height, channels: 1, values: isBytes ? 'bytes' : 'standardised', mean: [scale * mean], std: [scale * std] };
  }
  if (!table) {
    throw new ModelFileError(`What the columns of ${name} are was not kept when it was packed; pack it again with npm run prepare-data.`);
  }
  return { kind, table };
}

/** What a model of people's own data is given. @param scale the constants that their rows were standardised by. */
export function ownTask(task: RoomTask, { mean, std }: Scale): Task {
  if (task.kind === 'images') {
    const { kind, width, height, channels } = task;
    const inBytes = (constants: readonly number[]) => constants.map((constant) => BYTE * constant);
    return { kind, width, height, channels, values: 'bytes', mean: inBytes(mean), std: inBytes(std) };
  }
  let next = 0;
  const columns = task.columns.map((column): TableColumn => {
    if (column.kind === 'category') return column;
    const constant = next++;
    const { kind, name, hasEmpty } = column;
    return { kind, name, mean: mean[constant]!, std: std[constant]!, hasEmpty };
  });
  return { kind: task.kind, table: { named: task.names, columns } };
}
