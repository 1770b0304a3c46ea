/** A task as data define it: one person's, who opens a room, or that of several who will learn together. */

import * as v from 'valibot';
import type { CsvForm, TableText } from '../data/formats/csvForm.ts';
import { forEachRecord } from '../data/formats/csvRecords.ts';
import { planTable, type TablePlan } from '../data/formats/tablePlan.ts';
import { MAX_CLASSES } from '../settings/bounds.ts';
import { nameKey, taskSchema, type ImageTask, type TableTask, type Task, type TaskColumn } from '../settings/task.ts';
import type { TableColumns } from './match.ts';
import { distinctNames, inOrder, listed, nearest, placeOf } from '../data/names.ts';
import { TaskError } from './taskError.ts';

/** @throws {TaskError} with the first thing that keeps it from being a task. */
function checked<T extends Task>(task: T): T {
  const result = v.safeParse(taskSchema, task);
  if (result.success) return task;
  const [issue] = result.issues;
  throw new TaskError(`This data makes no task: ${v.getDotPath(issue) ?? 'the whole of it'} must be ${issue.message}; change that in it.`);
}

/** The classes among all labels. @throws {TaskError} when there are fewer than two, or too many. */
function classesAmong(labels: readonly (readonly string[])[]): string[] {
  const names = inOrder(distinctNames(labels.flatMap((ofOne) => [...new Set(ofOne)])));
  if (names.length < 2)
    throw new TaskError(`There is ${names.length === 1 ? `only the class "${names[0]}"` : 'no class'}; learning needs two or more.`);
  if (names.length > MAX_CLASSES) {
    throw new TaskError(`There are ${names.length} classes, and ${MAX_CLASSES} is the most; check that the labels are the right ones.`);
  }
  return names;
}

/** @param labels those of each who takes part. @throws {TaskError} */
export function imageTask(form: Pick<ImageTask, 'width' | 'height' | 'channels'>, labels: readonly (readonly string[])[]): ImageTask {
  const { width, height, channels } = form;
  return checked({ kind: 'images', width, height, channels, classNames: classesAmong(labels) });
}

/** @param labels those of each who takes part, read by these columns. @throws {TaskError} */
export function tableTask(columns: TableColumns, labels: readonly (readonly string[])[]): TableTask {
  return checked({ ...columns, classNames: classesAmong(labels) });
}

/** Columns of numbers alone, called by their place, as IDX files have them: the label follows them. */
export function unnamedColumns(count: number): TableColumns {
  const columns = Array.from({ length: count }, (_, i) => ({ kind: 'number' as const, name: String(i + 1), hasEmpty: false }));
  return { kind: 'table', columns, label: String(count + 1), names: false, empty: 'refuse' };
}

interface Planned {
  readonly text: TableText;
  readonly form: CsvForm;
  readonly plan: TablePlan;
}

/** The first record of a text. @throws {TaskError} when it has none. */
function firstOf({ utf8, delimiter, where }: TableText): readonly string[] {
  let first: readonly string[] = [];
  forEachRecord(utf8, delimiter, where, (fields) => (first = fields), 1);
  if (first.length === 0) throw new TaskError(`${where} has no rows; give it some.`);
  return first;
}

/** A name as this table writes it; undefined where it has no such column. A number stays, because it counts columns. */
function ownSpelling(name: string, first: readonly string[]): string | undefined {
  return /^\d+$/.test(name) ? name : first[placeOf(name, first)];
}

/**
 * The form of one table of several: columns as it writes them, and the label's, if nobody says it, where the first table has it.
 * @throws {TaskError} at a column that is called and in none of them.
 */
function formsOf(texts: readonly TableText[], form: CsvForm): CsvForm[] {
  const firsts = texts.map(firstOf);
  const unknown = [...form.leftOut, ...form.categories].find((name) => firsts.every((first) => ownSpelling(name, first) === undefined));
  if (unknown !== undefined) {
    throw new TaskError(`There is no column "${unknown}" in any table; the first lines have ${listed(distinctNames(firsts.flat()))}.`);
  }
  const label = form.label ?? planned(texts[0]!, { ...form, ...calledIn(form, firsts[0]!) }).plan.label;
  return firsts.map((first) => ({ ...form, ...calledIn(form, first), label: ownSpelling(label, first) ?? form.label }));
}

/** The columns that a person calls, as this table writes them, without those that it has not. */
function calledIn({ leftOut, categories }: CsvForm, first: readonly string[]): Pick<CsvForm, 'leftOut' | 'categories'> {
  const own = (names: readonly string[]) => names.flatMap((name) => ownSpelling(name, first) ?? []);
  return { leftOut: own(leftOut), categories: own(categories) };
}

function planned(text: TableText, form: CsvForm): Planned {
  const plan = planTable(text, form);
  if (!plan) throw new TaskError(`${text.where} has no rows; give it some.`);
  return { text, form, plan };
}

const columnOf = ({ columns }: TablePlan, key: string) => columns.find(({ name }) => nameKey(name) === key);

/** Why a table that has such a column does not learn from it: 'empty' says nothing of others' columns. */
function reasonOf({ leftOut }: TablePlan, key: string): string | null {
  return leftOut.find(({ examples }) => examples.some((name) => nameKey(name) === key))?.why ?? null;
}

/** One column as all tables have it. @returns null where one of them cannot learn from it. */
function joined(key: string, tables: readonly Planned[], imputes: boolean): TaskColumn | null {
  const found = tables.map(({ plan }) => columnOf(plan, key));
  const first = found.find((column) => column !== undefined);
  let hasEmpty = false;
  for (const [k, { plan, text }] of tables.entries()) {
    const column = found[k];
    hasEmpty ||= column?.hasEmpty ?? imputes;
    if (column) continue;
    const name = first?.name ?? key;
    const isThere = plan.passed.some((passed) => nameKey(passed) === key);
    if (!isThere) {
      const near = nearest(
        name,
        plan.columns.map((other) => other.name),
      );
      throw new TaskError(
        `${text.where} has no column "${name}", which others have${near === null ? '' : ` (is it "${near}"?)`}; ` +
          'name it alike in all, or leave it out with --leave-out.',
      );
    }
    if (reasonOf(plan, key) !== 'empty') return null;
  }
  if (first?.kind !== 'category') return first ? { kind: 'number', name: first.name, hasEmpty } : null;
  const categories = new Set(found.flatMap((column) => (column?.kind === 'category' ? column.categories : [])));
  return { kind: 'category', name: first.name, categories: [...categories].sort((a, b) => (a < b ? -1 : 1)), hasEmpty };
}

/** The columns that are words in some tables and numbers in others, as this one calls them. */
function mixedIn({ columns }: TablePlan, wordKeys: ReadonlySet<string>): string[] {
  return columns.flatMap(({ kind, name }) => (kind === 'number' && wordKeys.has(nameKey(name)) ? [name] : []));
}

/**
 * What the columns of several tables mean together, by name: a column that one of them cannot learn from is left out of all.
 * @throws {TaskError} when they do not belong together.
 * @throws {DatasetError} where it cannot be told what a table means.
 */
export function tableColumns(texts: readonly TableText[], form: CsvForm): TableColumns {
  if (texts.length === 0) throw new TaskError('There is no table to learn from; give some.');
  const forms = formsOf(texts, form);
  const alone = texts.map((text, k) => planned(text, forms[k]!));
  const words = new Set(
    alone.flatMap(({ plan }) => plan.columns.flatMap(({ kind, name }) => (kind === 'category' ? [nameKey(name)] : []))),
  );
  const tables = alone.map((table) => {
    const mixed = mixedIn(table.plan, words);
    return mixed.length > 0 ? planned(table.text, { ...table.form, categories: [...table.form.categories, ...mixed] }) : table;
  });
  const opener = tables[0]!;
  const { names, label } = opener.plan;
  const other = tables.find(({ plan }) => plan.names !== names || nameKey(plan.label) !== nameKey(label));
  if (other && other.plan.names !== names) {
    const [named, nameless] = names ? [opener, other] : [other, opener];
    throw new TaskError(
      `${named.text.where} names its columns in the first line and ${nameless.text.where} does not; name them in all, or say it with --names.`,
    );
  }
  if (other) {
    throw new TaskError(
      `${other.text.where} has its label in "${other.plan.label}" and ${opener.text.where} in "${label}"; say which it is with --label-column.`,
    );
  }
  const keys = new Set(tables.flatMap(({ plan }) => plan.columns.map(({ name }) => nameKey(name))));
  const columns = [...keys].flatMap((key) => joined(key, tables, form.empty === 'impute') ?? []);
  if (columns.length === 0) {
    throw new TaskError(
      `No column can be learned from in all of ${listed(
        texts.map(({ where }) => where),
        3,
      )}; give them one of numbers or categories.`,
    );
  }
  return { kind: 'table', columns, label, names, empty: form.empty };
}
