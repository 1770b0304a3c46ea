/** Rows of a table by the plan of its columns. */

import { widthOf } from '../../settings/task.ts';
import { DatasetError, MAX_FILE_BYTES } from '../dataset.ts';
import { cellOf, nameOf } from './cells.ts';
import type { CsvForm, TableText } from './csvForm.ts';
import { forEachRecord } from './csvRecords.ts';
import type { ReadRows } from './labelledRows.ts';
import { classCounts, LeftOutList, type ColumnReading } from './reading.ts';
import { unnamedColumn, type ColumnPlan, type TablePlan } from './tablePlan.ts';

/** Numbers that come one row after the other. */
class GrowingRows {
  #values: Uint8Array | Float64Array;
  #length = 0;

  constructor(private readonly make: (length: number) => Uint8Array | Float64Array) {
    this.#values = make(1024);
  }

  push(row: readonly number[]): void {
    if (this.#length + row.length > this.#values.length) {
      const grown = this.make(2 * (this.#values.length + row.length));
      grown.set(this.#values);
      this.#values = grown;
    }
    this.#values.set(row, this.#length);
    this.#length += row.length;
  }

  get byteLength(): number {
    return this.#length * this.#values.BYTES_PER_ELEMENT;
  }

  all(): Uint8Array | Float64Array {
    return this.#values.subarray(0, this.#length);
  }
}

const listed = (names: readonly string[]) =>
  names
    .slice(0, 8)
    .map((name) => `"${name}"`)
    .join(', ') + (names.length > 8 ? ', ..' : '');

/** Where columns are in a row. */
interface Places {
  readonly label: number;
  readonly columns: readonly number[];
}

/** Where a plan's columns are in another file: by name, or by position where there are no names. */
function placesIn(given: readonly string[], plan: TablePlan, where: string): Places {
  if (!plan.names) {
    if (given.length === plan.count) return plan.places;
    throw new DatasetError(`${where} has ${given.length} columns and the rows to train on ${plan.count}; give both the same.`);
  }
  const first = given.map((name) => nameOf(name));
  const passed = new Set(plan.passed);
  const wanted = [...plan.columns.map(({ name }) => name), plan.label];
  const missing = wanted.filter((name) => !first.includes(name));
  if (missing.length === wanted.length) {
    throw new DatasetError(`${where} does not name its columns as the rows to train on do (${listed(wanted)}); give it such a first line.`);
  }
  const unnamed = first.findIndex((name, i) => name === '' && !passed.has(unnamedColumn(i)));
  if (unnamed >= 0) throw new DatasetError(`${where} has no name for column ${unnamed + 1}; name it, or leave it out with --leave-out.`);
  if (missing.length > 0) throw new DatasetError(`${where} lacks the column ${listed(missing)} of the rows to train on; add it.`);
  const extra = first.filter((name) => name !== '' && !wanted.includes(name) && !passed.has(name));
  if (extra.length > 0) {
    throw new DatasetError(`${where} has the column ${listed(extra)}, which the rows to train on have not; delete it there.`);
  }
  const twice = wanted.find((name) => first.indexOf(name) !== first.lastIndexOf(name));
  if (twice !== undefined) throw new DatasetError(`${where} has several columns "${twice}"; give each a name of its own.`);
  return { label: first.indexOf(plan.label), columns: plan.columns.map(({ name }) => first.indexOf(name)) };
}

type CategoryPlan = Extract<ColumnPlan, { kind: 'category' }>;

/** Of words that are no category of the plan so many are told. */
const MAX_STRANGE = 8;

/** What was seen of a column while its rows were read. */
interface Seen {
  least: number;
  greatest: number;
  empty: number;
  /** Words that are no category of the plan. */
  readonly strange: Set<string>;
}

/** If a field has no value. */
const isEmpty = (field: string, kind: ColumnPlan['kind']) => (kind === 'number' ? cellOf(field, false).kind === 'missing' : field === '');

/** What of a form is asked when rows are read by a plan. */
type RowForm = Pick<CsvForm, 'empty' | 'image'>;

/** Reads rows by a plan, one after the other. */
class PlannedRows {
  readonly values: GrowingRows;
  readonly labels: string[] = [];
  readonly leftOut = new LeftOutList();
  readonly seen: readonly Seen[];
  decimal: '.' | ',' | null = null;
  /** One string a class, however often it stands in the file. */
  readonly #classes = new Map<string, string>();

  constructor(
    private readonly text: TableText,
    private readonly plan: TablePlan,
    private readonly form: RowForm,
  ) {
    this.values = new GrowingRows((length) => (form.image ? new Uint8Array(length) : new Float64Array(length)));
    this.seen = plan.columns.map(() => ({ least: Infinity, greatest: -Infinity, empty: 0, strange: new Set() }));
  }

  take(fields: readonly string[], places: Places, line: number): void {
    const at = `${this.text.where}, line ${line}`;
    const { columns } = this.plan;
    if (this.form.empty !== 'impute') {
      const empty = columns.find(({ kind }, i) => isEmpty(fields[places.columns[i]!]!, kind));
      if (empty && this.form.empty === 'refuse') {
        throw new DatasetError(
          `${at}: there is no value in column ${this.#called(empty.name)}; give it one, or leave out the row or the column.`,
        );
      }
      if (empty) {
        this.leftOut.add('row', `line ${line}`, 'a value is missing');
        return;
      }
    }
    const values: number[] = [];
    columns.forEach((column, i) => {
      const field = fields[places.columns[i]!]!;
      if (column.kind === 'number') this.#number(field, i, at, values);
      else this.#category(field, i, column, values);
      if (column.hasEmpty) values.push(isEmpty(field, column.kind) ? 1 : 0);
    });
    const label = nameOf(fields[places.label]!);
    if (label === '') throw new DatasetError(`${at}: the label is empty; give the row one, or leave it out.`);
    this.values.push(values);
    if (this.values.byteLength > MAX_FILE_BYTES) {
      throw new DatasetError(
        `${at}: the rows up to here fill the ${MAX_FILE_BYTES} bytes that there is room for; take a part of the file.`,
      );
    }
    if (!this.#classes.has(label)) this.#classes.set(label, label);
    this.labels.push(this.#classes.get(label)!);
  }

  #called(name: string): string {
    return this.plan.names ? `"${name}"` : name;
  }

  /** Appends the field's number, NaN of none. */
  #number(field: string, index: number, at: string, values: number[]): void {
    const cell = cellOf(field, this.text.delimiter !== ',');
    const seen = this.seen[index]!;
    const isPixel = !this.form.image || (cell.kind === 'number' && Number.isInteger(cell.value) && cell.value >= 0 && cell.value <= 255);
    if (cell.kind === 'word' || !isPixel) {
      throw new DatasetError(
        `${at}: "${field.slice(0, 40)}" in column ${this.#called(this.plan.columns[index]!.name)} is not ` +
          `${this.form.image ? 'a whole number from 0 to 255' : 'a number'}; correct it, or leave out the row or the column.`,
      );
    }
    if (cell.kind === 'missing') {
      seen.empty++;
      values.push(NaN);
      return;
    }
    if (cell.decimal !== null && cell.decimal !== (this.decimal ??= cell.decimal)) {
      throw new DatasetError(
        `${at}: "${field.slice(0, 40)}" has a decimal ${cell.decimal === ',' ? 'comma' : 'point'} and numbers before it a ` +
          `${cell.decimal === ',' ? 'point' : 'comma'}; write all of them alike.`,
      );
    }
    seen.least = Math.min(seen.least, cell.value);
    seen.greatest = Math.max(seen.greatest, cell.value);
    values.push(cell.value);
  }

  /** Appends a 1 for the field's category and zeros for the others. */
  #category(field: string, index: number, { categories }: CategoryPlan, values: number[]): void {
    const seen = this.seen[index]!;
    const name = nameOf(field);
    const at = field === '' ? -1 : categories.indexOf(name);
    categories.forEach((_, i) => values.push(i === at ? 1 : 0));
    if (field === '') seen.empty++;
    else if (at < 0 && seen.strange.size < MAX_STRANGE) seen.strange.add(name);
  }
}

function columnReading(plan: ColumnPlan, { least, greatest, empty }: Seen): ColumnReading {
  if (plan.kind === 'category') return { kind: 'category', name: plan.name, categories: plan.categories, empty };
  return { kind: 'number', name: plan.name, least, greatest, empty };
}

/** The columns of a row that say by 1 or 0 if something is so. */
function indicatorsOf(columns: readonly ColumnPlan[]): ReadonlySet<number> {
  const indicators = new Set<number>();
  let next = 0;
  for (const column of columns) {
    const width = widthOf(column);
    for (let i = column.kind === 'number' ? 1 : 0; i < width; i++) indicators.add(next + i);
    next += width;
  }
  return indicators;
}

/**
 * Reads a table's rows by a plan.
 * @param isOther if the plan was made of another file, so that the columns have to be found in this one.
 * @throws {DatasetError} saying the line and what to do.
 */
export function readPlanned(text: TableText, plan: TablePlan, form: RowForm, isOther: boolean): ReadRows {
  const { utf8, delimiter, encoding, where, watch } = text;
  const rows = new PlannedRows(text, plan, form);
  let places: Places | null = null;
  let count = 0;
  const take = (fields: readonly string[], line: number) => {
    if (places === null) {
      count = fields.length;
      places = isOther ? placesIn(fields, plan, where) : plan.places;
      if (plan.names) return;
    }
    if (fields.length !== count) {
      throw new DatasetError(
        `${where}, line ${line}: the row has ${fields.length} fields and the first one has ${count}; give every row the same.`,
      );
    }
    rows.take(fields, places, line);
  };
  forEachRecord(utf8, delimiter, where, take, Infinity, watch);
  const { image } = form;
  const size = image ?? { width: plan.columns.reduce((sum, column) => sum + widthOf(column), 0), height: 1 };
  const { labels } = rows;
  return {
    rows: {
      kind: image ? 'images' : 'table',
      ...size,
      values: rows.values.all(),
      labels,
      ...(!image && { indicators: indicatorsOf(plan.columns) }),
    },
    reading: {
      kind: image ? 'images' : 'table',
      rows: labels.length,
      classes: classCounts(labels),
      columns: image ? [] : plan.columns.map((column, i) => columnReading(column, rows.seen[i]!)),
      dialect: { encoding, delimiter, decimal: rows.decimal ?? '.', names: plan.names },
      leftOut: [...(isOther ? [] : plan.leftOut), ...rows.leftOut.all()],
      notes: plan.columns.flatMap(({ name }, i) => {
        const { strange } = rows.seen[i]!;
        if (strange.size === 0) return [];
        return [`Column "${name}" has ${listed([...strange])}, which no row to train on has: taken for none of its categories.`];
      }),
    },
  };
}
