/** What a model of a packed dataset is given: the dataset's description as a card has it. */

import type { Table } from '../data/columns.ts';
import type { DatasetInfo } from '../data/dataset.ts';
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
