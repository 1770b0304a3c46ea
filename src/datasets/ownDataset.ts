/** A person's rows as a packed dataset: which classes there are, what is for testing, and how numbers are stored. */

import type { Table, TableColumn } from '../data/columns.ts';
import { DatasetError, MAX_CLASS_NAME, MAX_CLASSES, MAX_ROWS, rowWidth, type DatasetInfo } from '../data/dataset.ts';
import type { LabelledRows } from '../data/formats/labelledRows.ts';
import type { ColumnPlan, TablePlan } from '../data/formats/tablePlan.ts';
import { stratifiedSplit, type RowsOfClasses } from '../data/split.ts';
import { randomStream } from '../math/random.ts';
import { widthOf } from '../settings/task.ts';
import { inOrder } from '../data/names.ts';
import { pack, type PackedDataset, type RowsByClass } from './pack.ts';

/** The names of classes among the labels, in their order. */
function classesOf(labels: readonly string[], where: string): string[] {
  const names = [...new Set(labels)];
  if (names.length < 2)
    throw new DatasetError(`${where} has ${names.length === 1 ? 'one class' : 'no rows'}; learning needs two classes or more.`);
  if (names.length > MAX_CLASSES) {
    throw new DatasetError(
      `${where} has ${names.length} classes, and ${MAX_CLASSES} is the most; check that the labels are the right ones, or merge classes.`,
    );
  }
  const long = names.find((name) => name.length > MAX_CLASS_NAME);
  if (long) throw new DatasetError(`${where} has a class "${long.slice(0, 20)}..", longer than ${MAX_CLASS_NAME} characters; shorten it.`);
  return inOrder(names);
}

function rowsByClass(labels: readonly string[], classNames: readonly string[], where: string): RowsOfClasses {
  if (labels.length > MAX_ROWS) throw new DatasetError(`${where} has ${labels.length} rows, more than ${MAX_ROWS}; take a part of it.`);
  const lists = new Map(classNames.map((name) => [name, new Array<number>()]));
  labels.forEach((label, row) => {
    const list = lists.get(label);
    if (!list) throw new DatasetError(`${where} has a row of class "${label.slice(0, 40)}", which no training row has; leave it out.`);
    list.push(row);
  });
  return [...lists.values()];
}

interface Moments {
  readonly mean: number;
  /** Not 0: 1 where all values are the same. */
  readonly std: number;
}

/** Of values `first`, `first + 1` .. `first + count - 1` of each of the rows that are there; of none 0 and 1. */
function momentsOf({ values, width, height }: LabelledRows, rows: RowsOfClasses, first: number, count: number): Moments {
  const stride = width * height;
  const total = (term: (value: number) => number) => {
    let sum = 0;
    for (const ofClass of rows) {
      for (const row of ofClass) {
        for (let i = row * stride + first; i < row * stride + first + count; i++) if (!Number.isNaN(values[i]!)) sum += term(values[i]!);
      }
    }
    return sum;
  };
  const n = total(() => 1) || 1;
  const mean = total((value) => value) / n;
  return { mean, std: Math.sqrt(total((value) => (value - mean) ** 2) / n) || 1 };
}

/** How values are stored, and one row of them brought into `into`. */
interface Storage {
  readonly about: Pick<DatasetInfo, 'element' | 'mean' | 'std'>;
  /** Of the values of a row as they stand in the source: those that they are standardised by. */
  readonly moments: readonly Moments[];
  readonly bytes: number;
  readonly store: (values: LabelledRows['values'], row: number, into: Uint8Array<ArrayBuffer>) => void;
}

/**
 * Bytes as they are, with their moments; other numbers standardised, of a table column by column, but for indicators; all by the
 * training rows. A value that is not there becomes 0, which is its column's mean.
 */
function storageOf(train: LabelledRows, rows: RowsOfClasses, where: string): Storage {
  const stride = rowWidth(train);
  if (train.values instanceof Uint8Array) {
    const { mean, std } = momentsOf(train, rows, 0, stride);
    return {
      about: { element: 'u8', mean: mean / 255, std: std / 255 },
      moments: Array.from({ length: stride }, () => ({ mean, std })),
      bytes: stride,
      store: (values, row, into) => into.set(values.subarray(row * stride, (row + 1) * stride)),
    };
  }
  const overall = train.kind === 'images' ? momentsOf(train, rows, 0, stride) : null;
  const moments = Array.from({ length: stride }, (_, column) => {
    if (train.indicators?.has(column)) return { mean: 0, std: 1 };
    return overall ?? momentsOf(train, rows, column, 1);
  });
  if (!moments.every(({ mean, std }) => Number.isFinite(mean) && Number.isFinite(std))) {
    throw new DatasetError(`${where} has numbers too large to average; scale them down.`);
  }
  return {
    about: { element: 'f32', mean: 0, std: 1 },
    moments,
    bytes: 4 * stride,
    store: (values, row, into) => {
      const floats = new Float32Array(into.buffer, into.byteOffset, stride);
      moments.forEach(({ mean, std }, i) => {
        const value = values[row * stride + i]!;
        floats[i] = Number.isNaN(value) ? 0 : (value - mean) / std;
      });
    },
  };
}

function stored({ values }: LabelledRows, rows: RowsOfClasses, { bytes, store }: Storage): RowsByClass {
  return rows.map((ofClass) => {
    const packed = new Uint8Array(ofClass.length * bytes);
    ofClass.forEach((row, i) => store(values, row, packed.subarray(i * bytes, (i + 1) * bytes)));
    return packed;
  });
}

/** What a table's columns are, by the plan that its file was read by; without one each value is a column of its own. */
function tableOf(plan: TablePlan | undefined, moments: readonly Moments[]): Table {
  if (!plan) return { named: false, columns: moments.map((own, i) => ({ kind: 'number', name: String(i + 1), ...own, hasEmpty: false })) };
  let next = 0;
  const columns = plan.columns.map((column: ColumnPlan): TableColumn => {
    const own = moments[next]!;
    next += widthOf(column);
    const { name, hasEmpty } = column;
    if (column.kind === 'category') return { kind: 'category', name, categories: [...column.categories], hasEmpty };
    return { kind: 'number', name, ...own, hasEmpty };
  });
  return { named: plan.names, columns };
}

const shapeOf = ({ kind, width, height, values }: LabelledRows) =>
  `${kind === 'images' ? `images of ${width}x${height}` : `a table of ${width} columns`} in ${values instanceof Uint8Array ? 'bytes' : 'numbers'}`;

/** Rows and their source's name for error messages. */
export interface SourcedRows {
  readonly rows: LabelledRows;
  readonly where: string;
  /** What the columns of a CSV file mean. */
  readonly plan?: TablePlan;
}

/**
 * Packs rows under a name.
 * @param test what is for testing: rows of their own, or the fraction of `train` to take.
 * @throws {DatasetError} when nothing can be learned from them.
 */
export function packOwn(name: string, train: SourcedRows, test: SourcedRows | number): PackedDataset {
  const { kind, width, height, labels } = train.rows;
  const classNames = classesOf(labels, train.where);
  const all = rowsByClass(labels, classNames, train.where);
  const testing = typeof test === 'number' ? train : test;
  if (shapeOf(testing.rows) !== shapeOf(train.rows)) {
    throw new DatasetError(`${testing.where} has ${shapeOf(testing.rows)} and ${train.where} ${shapeOf(train.rows)}; give two that fit.`);
  }
  const split =
    typeof test === 'number'
      ? stratifiedSplit(all, test, (c) => randomStream(0, 'split', c))
      : { train: all, test: rowsByClass(test.rows.labels, classNames, test.where) };
  if (split.test.every(({ length }) => length === 0)) throw new DatasetError(`${testing.where} leaves no row for testing; give more rows.`);
  const storage = storageOf(train.rows, split.train, train.where);
  return pack(
    { name, kind, width, height, classNames, ...storage.about },
    stored(train.rows, split.train, storage),
    stored(testing.rows, split.test, storage),
    kind === 'table' ? tableOf(train.plan, storage.moments) : undefined,
  );
}
