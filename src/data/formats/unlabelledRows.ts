/** Rows of a table that a model is asked of: its columns found again, a label or other columns passed over. */

import type { Table, TableColumn } from '../columns.ts';
import { DatasetError } from '../dataset.ts';
import { cellOf, nameOf } from './cells.ts';
import { columnPlaces } from './columnPlaces.ts';
import type { TableText } from './csvForm.ts';
import { forEachRecord } from './csvRecords.ts';

/** A row as the columns have it: a number, a category or null where there is none. */
export interface UnlabelledRow {
  readonly cells: readonly (number | string | null)[];
  /** The line that it ends in. */
  readonly line: number;
}

/** Where the columns are among the fields of the first line. @throws {DatasetError} when they are not there. */
function placesIn(first: readonly string[], { named, columns }: Table, where: string): number[] {
  if (!named) {
    // Rows of the columns alone, or of all that there was when they were learned from.
    const numbers = columns.map(({ name }) => Number(name) - 1);
    if (first.length === columns.length) return [...columns.keys()];
    if (Math.max(...numbers) < first.length) return numbers;
    throw new DatasetError(
      `${where} has ${first.length} columns, and the model reads ${columns.length}; give it those that it was trained on.`,
    );
  }
  return columnPlaces(
    first,
    columns.map(({ name }) => name),
    where,
  );
}

/** @throws {DatasetError} of a word where numbers are. */
function cellIn(column: TableColumn, field: string, commas: boolean, at: string): number | string | null {
  if (column.kind === 'category') return field === '' ? null : nameOf(field);
  const cell = cellOf(field, commas);
  if (cell.kind === 'word') {
    throw new DatasetError(`${at}: "${field.slice(0, 40)}" in column "${column.name}" is not a number; correct it, or leave out the row.`);
  }
  return cell.kind === 'number' ? cell.value : null;
}

/** Reads a table's rows as a model's columns have them. @throws {DatasetError} saying the line and what to do. */
export function readUnlabelled({ utf8, delimiter, where }: TableText, table: Table): UnlabelledRow[] {
  const rows: UnlabelledRow[] = [];
  let places: readonly number[] | null = null;
  let count = 0;
  forEachRecord(utf8, delimiter, where, (fields, line) => {
    if (places === null) {
      count = fields.length;
      places = placesIn(fields, table, where);
      if (table.named) return;
    }
    const at = `${where}, line ${line}`;
    if (fields.length !== count) {
      throw new DatasetError(`${at}: the row has ${fields.length} fields and the first one has ${count}; give every row the same.`);
    }
    const found = places;
    const cells = table.columns.map((column, i) => cellIn(column, fields[found[i]!]!, delimiter !== ',', at));
    rows.push({ cells, line });
  });
  if (rows.length === 0) throw new DatasetError(`${where} has no rows; give it some.`);
  return rows;
}
