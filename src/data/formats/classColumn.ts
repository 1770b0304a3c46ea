/** Which column of a table is probably the class, where nobody has said it. */

import { nameKey } from '../../settings/task.ts';
import { cellOf, ColumnSurvey, nameOf } from './cells.ts';
import type { CsvForm, TableText } from './csvForm.ts';
import { forEachRecord } from './csvRecords.ts';

/** What people call the column of the class, the surest first, as keys of names. */
const CLASS_NAMES = ['class', 'label', 'target', 'species', 'variety', 'diagnosis', 'outcome', 'survived', 'category', 'y'];

/** Rows that are looked at. */
const MOST_ROWS = 10_000;

/** A class has so many rows on average; a column whose values have fewer counts or measures something. */
const LEAST_ROWS_A_CLASS = 2;

const hasFewValues = ({ distinct, isOverfull, rows }: ColumnSurvey) => !isOverfull && distinct.size * LEAST_ROWS_A_CLASS <= rows;
const tellsApart = ({ empty, distinct }: ColumnSurvey) => empty === 0 && distinct.size > 1;

/**
 * One that is called so, else the last whose values come again and again, else the last.
 * @param candidates positions of the columns that it can be, of a text with rows at least one.
 */
export function probableClass({ utf8, delimiter, where }: TableText, { names, image }: CsvForm, candidates: readonly number[]): number {
  let first: readonly string[] = [];
  const columns: ColumnSurvey[] = [];
  forEachRecord(
    utf8,
    delimiter,
    where,
    (fields, line) => {
      if (columns.length === 0) {
        first = fields;
        columns.push(...fields.map(() => new ColumnSurvey(true)));
        return;
      }
      columns.forEach((column, i) => {
        const field = fields[i];
        if (field !== undefined) column.add(field, cellOf(field, delimiter !== ','), line);
      });
    },
    MOST_ROWS,
  );
  const titles = first.map((field) => nameKey(field));
  // A value that looks like a name stands below as well.
  const isName = (i: number) => names === true || !columns[i]!.distinct.has(nameOf(first[i]!));
  // Beside an x it is a coordinate.
  const isCoordinate = (i: number) => titles[i] === 'y' && titles.includes('x');
  const isClass = (i: number) => isName(i) && !isCoordinate(i) && hasFewValues(columns[i]!);
  const named = CLASS_NAMES.flatMap((name) => {
    const found = candidates.filter((i) => names !== false && titles[i] === name && isClass(i));
    return found.length === 1 ? found : [];
  });
  const last = candidates.at(-1) ?? 0;
  if (image) return named[0] ?? last;
  return named[0] ?? candidates.findLast((i) => hasFewValues(columns[i]!) && tellsApart(columns[i]!)) ?? last;
}
