/** A reading in a few lines of text. */

import type { ColumnReading, Dialect, LeftOut, Reading } from '../data/formats/reading.ts';

/** No list shows more. */
const MAX_SHOWN = 12;

function list(items: readonly string[], total = items.length): string {
  const shown = items.slice(0, MAX_SHOWN);
  return shown.join(', ') + (total > shown.length ? ` and ${total - shown.length} more` : '');
}

const rows = (count: number) => `${count} ${count === 1 ? 'row' : 'rows'}`;

const delimiterNames: Readonly<Record<string, string>> = { ',': 'commas', ';': 'semicolons', '\t': 'tabs', '|': 'bars' };

function dialectLine({ encoding, delimiter, decimal, names }: Dialect): string {
  const first = names ? 'the first line names the columns' : 'there are no names of columns (--names says otherwise)';
  return `Text in ${encoding}, separated by ${delimiterNames[delimiter] ?? delimiter}, with a decimal ${decimal === ',' ? 'comma' : 'point'}; ${first}.`;
}

function columnLine(column: ColumnReading): string {
  const what =
    column.kind === 'number'
      ? `numbers from ${column.least} to ${column.greatest}`
      : `${column.categories.length} categories (${list(column.categories)}), a column each`;
  const filled = column.kind === 'number' ? "filled with the column's mean and marked in a column of their own" : 'a category of their own';
  return `  ${column.name}: ${what}${column.empty > 0 ? `; ${column.empty} empty, ${filled} (--empty changes it)` : ''}`;
}

const leftOutLine = ({ what, why, count, examples }: LeftOut) =>
  `Left out ${count} ${what}${count === 1 ? '' : 's'} (${why}): ${list(examples, count)}.`;

/** @param from how the source is called, e.g. `iris.csv`. */
export function describeReading(reading: Reading, from: string): string[] {
  const { kind, classes, columns, dialect, leftOut, notes } = reading;
  const counted = classes.map(({ name, rows: count }) => `${name} ${count}`);
  return [
    `${from}: ${kind === 'images' && !dialect ? `${reading.rows} images` : rows(reading.rows)} of ${classes.length} classes: ${list(counted)}.`,
    ...(dialect ? [dialectLine(dialect)] : []),
    ...columns.slice(0, MAX_SHOWN).map(columnLine),
    ...(columns.length > MAX_SHOWN ? [`  and ${columns.length - MAX_SHOWN} more columns`] : []),
    ...leftOut.map(leftOutLine),
    ...notes,
  ];
}
