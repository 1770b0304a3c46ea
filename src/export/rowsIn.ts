/** The rows of a CSV file, as a model is given them. */

import type { Table } from '../data/columns.ts';
import { DatasetError } from '../data/dataset.ts';
import { openCsv } from '../data/formats/csvForm.ts';
import { headOf } from '../data/formats/imageHead.ts';
import { readUnlabelled } from '../data/formats/unlabelledRows.ts';
import { rowValues } from './rowValues.ts';

export interface RowInput {
  /** Of the file, where the row ends. */
  readonly line: number;
  readonly values: readonly number[];
}

/**
 * @param table what the model's columns are.
 * @param where the file's name for error messages.
 * @throws {DatasetError} of a file that does not fit the model, saying why.
 */
export function rowsIn(bytes: Uint8Array, table: Table, where: string): RowInput[] {
  if (headOf(bytes)) throw new DatasetError(`${where} is an image, and the model knows rows of a table only; give it a CSV file.`);
  const rows = readUnlabelled(openCsv(bytes, { encoding: null }, where), table);
  return rows.map(({ cells, line }) => ({ line, values: rowValues(table.columns, cells) }));
}
