/** How a table's fields became its values: what whoever has another row needs to ask a model of it. */

import * as v from 'valibot';
import { widthOf } from '../settings/task.ts';
import { DatasetError, MAX_ROW_VALUES } from './dataset.ts';

const finite = v.pipe(v.number(), v.finite());

/**
 * A column. A number is standardised, and a missing one becomes its mean; of a category each has a value, 1 where a row is of it
 * and else 0. With `hasEmpty` a value more is 1 where there was none.
 */
const columnSchema = v.variant('kind', [
  v.strictObject({
    kind: v.literal('number'),
    name: v.string(),
    /** Of the rows to train on. */
    mean: finite,
    std: v.pipe(finite, v.gtValue(0)),
    hasEmpty: v.boolean(),
  }),
  v.strictObject({
    kind: v.literal('category'),
    name: v.string(),
    categories: v.pipe(v.array(v.string()), v.minLength(1), v.maxLength(MAX_ROW_VALUES)),
    hasEmpty: v.boolean(),
  }),
]);

export type TableColumn = v.InferOutput<typeof columnSchema>;

export const tableSchema = v.pipe(
  v.strictObject({
    /** If columns have names; else they go by their numbers in the file, from 1. */
    named: v.boolean(),
    columns: v.pipe(v.array(columnSchema), v.minLength(1), v.maxLength(MAX_ROW_VALUES)),
  }),
  v.check(({ columns }) => tableWidth(columns) <= MAX_ROW_VALUES, `at most ${MAX_ROW_VALUES} values a row`),
);

/** What a table's columns are. */
export type Table = v.InferOutput<typeof tableSchema>;

/** Values of a row. */
export const tableWidth = (columns: readonly TableColumn[]): number => columns.reduce((sum, column) => sum + widthOf(column), 0);

/** Mean and standard deviation of each value of a row: 0 and 1 of one that says if something is so. */
export function tableMoments(columns: readonly TableColumn[]): { mean: number[]; std: number[] } {
  const values = columns.flatMap((column) => {
    const own = column.kind === 'number' ? [{ mean: column.mean, std: column.std }] : [];
    return [...own, ...Array.from({ length: widthOf(column) - own.length }, () => ({ mean: 0, std: 1 }))];
  });
  return { mean: values.map(({ mean }) => mean), std: values.map(({ std }) => std) };
}

/** Reads the text of a packed table's `columns.json`. @throws {DatasetError} when it is not that. */
export function parseTable(text: string, where: string): Table {
  try {
    return v.parse(tableSchema, JSON.parse(text));
  } catch (error) {
    throw new DatasetError(`${where} does not describe a table's columns; pack it again with \`npm run prepare-data\`.`, { cause: error });
  }
}
