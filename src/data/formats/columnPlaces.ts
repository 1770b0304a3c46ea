/** Where columns are in somebody's file, by their names, in any order. */

import { nameKey } from '../../settings/task.ts';
import { DatasetError } from '../dataset.ts';
import { listed, nearest, placeOf } from '../names.ts';

/**
 * The position of each of these columns among a file's own.
 * @param first the file's first line.
 * @throws {DatasetError} naming a column that is not there, or there twice.
 */
export function columnPlaces(first: readonly string[], wanted: readonly string[], where: string): number[] {
  return wanted.map((name) => {
    const at = placeOf(name, first);
    if (at < 0) {
      const near = nearest(name, first);
      throw new DatasetError(
        `${where} has no column "${name}"${near === null ? '; add it' : `; did you mean "${near}"? Rename it`}: the columns are ` +
          `${listed(wanted)}, in any order.`,
      );
    }
    if (first.filter((other) => nameKey(other) === nameKey(name)).length > 1) {
      throw new DatasetError(`${where} has several columns "${name}"; give each a name of its own.`);
    }
    return at;
  });
}
