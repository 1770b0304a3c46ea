/** A person's classes and columns on a task's, by name; what does not fit is refused with what was probably meant. */

import { DatasetError } from '../data/dataset.ts';
import { columnPlaces } from '../data/formats/columnPlaces.ts';
import type { TableText } from '../data/formats/csvForm.ts';
import { forEachRecord } from '../data/formats/csvRecords.ts';
import type { LabelledRows, ReadRows } from '../data/formats/labelledRows.ts';
import { LeftOutList } from '../data/formats/reading.ts';
import { unnamedColumn, type TablePlan } from '../data/formats/tablePlan.ts';
import { readPlanned } from '../data/formats/tableRows.ts';
import { taskWidth, type TableTask, type Task } from '../settings/task.ts';
import { taskDigest } from './digest.ts';
import { listed, nearest, placeOf } from '../data/names.ts';
import type { OwnRows } from './ownRows.ts';
import { TaskError } from './taskError.ts';

/** What a table's columns mean, whatever its classes. */
export type TableColumns = Omit<TableTask, 'classNames'>;

const meant = (near: string | null) => (near === null ? '' : `; did you mean "${near}"?`);

/** @throws {DatasetError} naming a column that is not there, or there twice. */
function namedPlaces(first: readonly string[], { columns, label }: TableColumns, where: string): { label: number; columns: number[] } {
  const places = columnPlaces(first, [...columns.map(({ name }) => name), label], where);
  return { label: places.at(-1)!, columns: places.slice(0, -1) };
}

/** Where unnamed columns are: they are called by their numbers. */
function numberedPlaces(first: readonly string[], { columns, label }: TableColumns, where: string): { label: number; columns: number[] } {
  const numbers = [...columns.map(({ name }) => Number(name)), Number(label)];
  const most = Math.max(...numbers);
  if (first.length < most) throw new TaskError(`${where} has ${first.length} columns, and ${most} are learned from; give it all of them.`);
  return { label: Number(label) - 1, columns: columns.map(({ name }) => Number(name) - 1) };
}

/**
 * Reads a table by a task's columns, wherever the file has them; other columns are left out.
 * @throws {DatasetError} naming a column that is missing, or the line of a field that does not fit, and what to do.
 */
export function readTable(text: TableText, table: TableColumns): ReadRows {
  const { utf8, delimiter, where } = text;
  let first: readonly string[] = [];
  forEachRecord(utf8, delimiter, where, (fields) => (first = fields), 1);
  if (first.length === 0) throw new TaskError(`${where} has no rows; give it some.`);
  const places = table.names ? namedPlaces(first, table, where) : numberedPlaces(first, table, where);
  const used = new Set([places.label, ...places.columns]);
  const others = first.flatMap((name, i) => (used.has(i) ? [] : [table.names ? name || unnamedColumn(i) : String(i + 1)]));
  const leftOut = new LeftOutList();
  for (const name of others) leftOut.add('column', name, 'it is not learned from');
  const plan: TablePlan = {
    names: table.names,
    count: first.length,
    label: table.label,
    columns: table.columns,
    places,
    passed: others,
    leftOut: leftOut.all(),
  };
  return readPlanned(text, plan, { empty: table.empty, image: null }, false);
}

/** The rows' labels as the task's classes. @throws {TaskError} at a class that it has not. */
function classIndices(labels: readonly string[], { classNames }: Task, where: string): Uint8Array {
  const indices = new Map([...new Set(labels)].map((label) => [label, placeOf(label, classNames)] as const));
  const unknown = [...indices].find(([, at]) => at < 0);
  if (unknown) {
    const near = nearest(unknown[0], classNames);
    throw new TaskError(
      `${where} has the class "${unknown[0].slice(0, 40)}", which is not learned${meant(near)}${near === null ? '; leave it out' : ' Rename it, or leave it out'}: ` +
        `the classes are ${listed(classNames)}.`,
    );
  }
  return Uint8Array.from(labels, (label) => indices.get(label)!);
}

/** What a person has read, as a task understands it. @throws {TaskError} when it is of another kind, size or class. */
export function ownRowsOf(task: Task, { kind, width, height, values, labels }: LabelledRows, where: string): OwnRows {
  if (kind !== task.kind) {
    const [has, wanted] = kind === 'images' ? ['images', 'a table'] : ['a table', 'images'];
    throw new TaskError(`${where} has ${has}, and ${wanted} ${task.kind === 'images' ? 'are' : 'is'} learned from; bring ${wanted}.`);
  }
  const isOfSize = task.kind === 'table' || (width === task.width && height === task.height);
  if (!isOfSize || values.length !== labels.length * taskWidth(task)) {
    throw new TaskError(`${where} has rows of another size than the task; read it again for this task.`);
  }
  if (labels.length === 0) throw new DatasetError(`${where} has no rows; give it some.`);
  return { digest: taskDigest(task), values, labels: classIndices(labels, task, where) };
}
