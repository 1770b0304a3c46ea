/** What a room learns from its members' own data, as its opener defines it: shared by all clients, and untrusted like all that peers send. */

import * as v from 'valibot';
import { count, MAX_CLASSES, MAX_NAME, MAX_ROW_VALUES } from './bounds.ts';

/** Of a table; each has sums that everybody is sent. */
export const MAX_COLUMNS = 1024;
/** Of a column of words. */
const MAX_CATEGORIES = 256;
/** Of a task as JSON, characters: it travels in the room's register. */
const MAX_TASK_TEXT = 64 * 1024;

/**
 * A name in the form in which names are compared: whatever its case, its blanks and how its characters are written.
 * @example
 * nameKey('Ankle boot ') === nameKey('ANKLE BOOT')
 */
export const nameKey = (name: string): string => name.normalize('NFKC').replaceAll(/\s/gu, '').toLowerCase();

const areDistinct = (names: readonly string[]) => new Set(names.map(nameKey)).size === names.length;

const nameSchema = v.pipe(
  v.string(),
  v.maxLength(MAX_NAME),
  v.check((name) => nameKey(name) !== '', 'a name'),
);
const namesSchema = (least: number, most: number) =>
  v.pipe(
    v.array(nameSchema),
    v.minLength(least),
    v.maxLength(most),
    v.check((names) => areDistinct(names), 'names that differ by more than case and blanks'),
  );

const columnSchema = v.variant('kind', [
  /** A number, and where `hasEmpty` a 1 for rows that have none. */
  v.strictObject({ kind: v.literal('number'), name: nameSchema, hasEmpty: v.boolean() }),
  /** A 1 for the row's category among zeros, and where `hasEmpty` one more for rows that have none. */
  v.strictObject({
    kind: v.literal('category'),
    name: nameSchema,
    // Categories are compared as they are written.
    categories: v.pipe(v.array(v.pipe(v.string(), v.minLength(1), v.maxLength(MAX_NAME))), v.minLength(1), v.maxLength(MAX_CATEGORIES)),
    hasEmpty: v.boolean(),
  }),
]);

const classNames = namesSchema(2, MAX_CLASSES);

const imagesSchema = v.strictObject({
  kind: v.literal('images'),
  /** Pixels. */
  width: count(1, MAX_ROW_VALUES),
  height: count(1, MAX_ROW_VALUES),
  /** 1 for grey, 3 for red, green and blue. */
  channels: v.picklist([1, 3]),
  /** C names; a label is an index into them. */
  classNames,
});

const tableSchema = v.strictObject({
  kind: v.literal('table'),
  columns: v.pipe(v.array(columnSchema), v.minLength(1), v.maxLength(MAX_COLUMNS)),
  /** The column of the class. */
  label: nameSchema,
  /** Whether files name their columns in their first line; else a column is called by its number from 1. */
  names: v.boolean(),
  /** What becomes of a row without a value: imputed is the column's mean or a category of its own. */
  empty: v.picklist(['impute', 'skip', 'refuse']),
  classNames,
});

export const taskSchema = v.pipe(
  v.variant('kind', [imagesSchema, tableSchema]),
  v.check(
    (task) => task.kind === 'images' || areDistinct([...task.columns.map(({ name }) => name), task.label]),
    'columns of different names',
  ),
  v.check((task) => taskWidth(task) <= MAX_ROW_VALUES, `at most ${MAX_ROW_VALUES} values a row`),
  v.check((task) => JSON.stringify(task).length <= MAX_TASK_TEXT, `at most ${MAX_TASK_TEXT} characters`),
);

export type Task = v.InferOutput<v.VariantSchema<'kind', [typeof imagesSchema, typeof tableSchema], undefined>>;
export type ImageTask = Extract<Task, { kind: 'images' }>;
export type TableTask = Extract<Task, { kind: 'table' }>;
export type TaskColumn = v.InferOutput<typeof columnSchema>;

/** Values of a row that a column becomes. */
export const widthOf = (
  column: { readonly hasEmpty: boolean } & (
    | { readonly kind: 'number' }
    | { readonly kind: 'category'; readonly categories: readonly string[] }
  ),
): number => (column.kind === 'number' ? 1 : column.categories.length) + (column.hasEmpty ? 1 : 0);

/** Values of a row: the input width of a model. */
export function taskWidth(task: Task): number {
  if (task.kind === 'images') return task.width * task.height * task.channels;
  return task.columns.reduce((sum, column) => sum + widthOf(column), 0);
}
