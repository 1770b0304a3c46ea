/** How a person's own data fit a room's task, told before anything of them is offered: classes and columns by name, near misses to accept. */

import type { CsvForm } from '../data/formats/csvForm.ts';
import type { LabelledRows } from '../data/formats/labelledRows.ts';
import { inWords, listed, nearest, placeOf } from '../data/names.ts';
import type { ImageTask, TableTask, Task } from '../settings/task.ts';
import type { TableColumns } from './match.ts';
import { LEAST_ROWS } from './ownRows.ts';

interface OwnClass {
  readonly name: string;
  readonly rows: number;
}

/** What is known of own data without its rows. */
export type OwnShape =
  | (Pick<ImageTask, 'kind' | 'width' | 'height' | 'channels'> & { readonly classes: readonly OwnClass[] })
  | {
      readonly kind: 'table';
      /** Whether the first line names the columns; else they are called by their numbers from 1. */
      readonly named: boolean;
      readonly titles: readonly string[];
      /** The title of the class's column. */
      readonly label: string;
      readonly classes: readonly OwnClass[];
    };

/** Own names that a person takes for those of the task. */
export interface Accepted {
  /** The task's class, by the own one's name. */
  readonly classes: ReadonlyMap<string, string>;
  /** The own column's title, by the name of the task's. */
  readonly columns: ReadonlyMap<string, string>;
}

export const nothingAccepted: Accepted = { classes: new Map(), columns: new Map() };

/** An own class, and what the task calls it; null for one that is left out. */
export interface ClassFit extends OwnClass {
  readonly taken: string | null;
  /** The task's class that was probably meant. */
  readonly near: string | null;
}

/** A column of the task, and the title of the own one that it is; null where there is none. */
export interface ColumnFit {
  readonly name: string;
  readonly taken: string | null;
  readonly near: string | null;
}

export interface Fit {
  readonly classes: readonly ClassFit[];
  /** Of a table. */
  readonly columns: readonly ColumnFit[];
  /** Titles of own columns that the task has not. */
  readonly unused: readonly string[];
  /** Whether the data are of the task's kind, size and naming, whatever their classes and columns. */
  readonly isOfForm: boolean;
  /** That would be brought. */
  readonly rows: number;
  /** Why they cannot be, and what to do, in one sentence; null where they can. */
  readonly problem: string | null;
}

/** What the task calls an own class: the same, or what a person takes it for. */
function classTaken(name: string, { classNames }: Task, { classes }: Accepted): string | null {
  const called = classes.get(name) ?? name;
  return classNames[placeOf(called, classNames)] ?? null;
}

function classFits(own: OwnShape, task: Task, accepted: Accepted): ClassFit[] {
  return own.classes.map(({ name, rows }) => {
    const taken = classTaken(name, task, accepted);
    return { name, rows, taken, near: taken === null ? nearest(name, task.classNames) : null };
  });
}

/** The own column that one of the task's is: of the same name, or the one that a person takes for it. */
const columnTaken = (name: string, free: readonly string[], { columns }: Accepted): string | null =>
  free[placeOf(columns.get(name) ?? name, free)] ?? null;

function columnFits(own: Extract<OwnShape, { kind: 'table' }>, task: TableTask, accepted: Accepted): ColumnFit[] {
  const free = own.titles.filter((title) => title !== own.label);
  const taken = task.columns.map(({ name }) => columnTaken(name, free, accepted));
  const left = free.filter((title) => !taken.includes(title));
  return task.columns.map(({ name }, k) => ({ name, taken: taken[k] ?? null, near: taken[k] ? null : nearest(name, left) }));
}

const imagesText = ({ width, height, channels }: Pick<ImageTask, 'width' | 'height' | 'channels'>) =>
  `${width} × ${height} pixels in ${channels === 3 ? 'colour' : 'grey'}`;

/** What keeps the data as a whole from fitting. */
function formProblem(own: OwnShape, task: Task): string | null {
  if (task.kind === 'images') {
    if (own.kind === 'table') return 'This room learns from pictures, and yours is a table; give it pictures.';
    if (own.width === task.width && own.height === task.height && own.channels === task.channels) return null;
    return `Your pictures were read as ${imagesText(own)}, and this room learns from ${imagesText(task)}; give them again, and they are read so.`;
  }
  if (own.kind === 'images') return 'This room learns from a table, and yours are pictures; give it a table.';
  if (own.named === task.names) return null;
  return task.names
    ? `Your table does not name its columns; give it a first line that does, with ${listed(task.columns.map(({ name }) => name))}.`
    : 'Your table names its columns, and the others of this room do not; delete its first line, with the columns in their order.';
}

const counted = (rows: number, { kind }: Task) => `${rows} ${kind === 'images' ? 'picture' : 'row'}${rows === 1 ? '' : 's'}`;

function partsProblem(classes: readonly ClassFit[], columns: readonly ColumnFit[], rows: number, task: Task): string | null {
  const missing = columns.flatMap(({ name, taken }) => (taken === null ? [name] : []));
  if (missing.length === 1) return `Your table has no column ${listed(missing)}; choose which of yours it is, or add it.`;
  if (missing.length > 1) return `Your table has no columns ${listed(missing)}; choose which of yours they are, or add them.`;
  const brought = classes.filter(({ taken }) => taken !== null);
  if (brought.length === 0) {
    return `None of your classes is learned here: those are ${inWords(task.classNames)}; say which of yours are these, or give others.`;
  }
  if (rows < LEAST_ROWS) {
    return `Only ${counted(rows, task)} of yours ${rows === 1 ? 'is' : 'are'} of what is learned here; give ${LEAST_ROWS} or more, so that no sum tells one of them.`;
  }
  if (brought.every((ofClass) => ofClass.rows < 2))
    return 'None of your classes has two of them, so that one could be held out; give more of a class.';
  return null;
}

/** How data fit a task with what a person has accepted. */
export function fitOf(own: OwnShape, task: Task, accepted: Accepted): Fit {
  const classes = classFits(own, task, accepted);
  const columns = own.kind === 'table' && task.kind === 'table' ? columnFits(own, task, accepted) : [];
  const rows = classes.reduce((sum, ofClass) => sum + (ofClass.taken === null ? 0 : ofClass.rows), 0);
  const used = new Set(columns.map(({ taken }) => taken));
  const titles = own.kind === 'table' ? own.titles : [];
  const ofForm = formProblem(own, task);
  return {
    classes,
    columns,
    unused: titles.filter((title) => !used.has(title) && !(own.kind === 'table' && title === own.label)),
    isOfForm: ofForm === null,
    rows,
    problem: ofForm ?? partsProblem(classes, columns, rows, task),
  };
}

/** How a table is read for a task: its label and categories by the task's names, and where all columns are there, those alone. */
export function formFor(task: TableTask, titles: readonly string[], form: CsvForm): CsvForm {
  const own = (name: string) => titles[placeOf(name, titles)];
  const label = own(task.label) ?? form.label;
  const columns = task.columns.map(({ name }) => own(name));
  const isWhole = label !== null && columns.every((title) => title !== undefined);
  return {
    ...form,
    label,
    categories: task.columns.flatMap(({ kind, name }) => (kind === 'category' ? (own(name) ?? []) : [])),
    leftOut: isWhole ? titles.filter((title) => title !== label && !columns.includes(title)) : [],
  };
}

/** A task's columns under the titles that an own table has for them. */
export function columnsIn(task: TableTask, label: string, titles: readonly string[], accepted: Accepted): TableColumns {
  const free = titles.filter((title) => title !== label);
  const columns = task.columns.map((column) => ({ ...column, name: columnTaken(column.name, free, accepted) ?? column.name }));
  return { ...task, label, columns };
}

/** The rows of the task's classes alone, labelled as the task calls them. */
export function rowsTaken(rows: LabelledRows, task: Task, accepted: Accepted): LabelledRows {
  const { values, labels } = rows;
  const width = labels.length === 0 ? 0 : values.length / labels.length;
  const names = new Map([...new Set(labels)].map((label) => [label, classTaken(label, task, accepted)]));
  const kept = labels.flatMap((label, row) => (names.get(label) ? [row] : []));
  const taken = values.slice(0, kept.length * width);
  kept.forEach((row, to) => taken.set(values.subarray(row * width, (row + 1) * width), to * width));
  return { ...rows, values: taken, labels: kept.map((row) => names.get(labels[row]!)!) };
}
