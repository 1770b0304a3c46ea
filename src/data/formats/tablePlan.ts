/** What the columns of a table mean: told once from the rows that are learned from, then the same for any other rows. */

import { widthOf, type TaskColumn } from '../../settings/task.ts';
import { DatasetError, MAX_ROW_VALUES, rowWidth, UnclearDataError } from '../dataset.ts';
import { cellOf, ColumnSurvey, isCommaNumber, MAX_DISTINCT, nameOf } from './cells.ts';
import { probableClass } from './classColumn.ts';
import type { CsvForm, TableText } from './csvForm.ts';
import { forEachRecord } from './csvRecords.ts';
import { namesColumns } from './header.ts';
import { LeftOutList, type LeftOut } from './reading.ts';

/** How a column's fields become numbers. A column is called by its name, or by its number from 1. */
export type ColumnPlan = TaskColumn;

export interface TablePlan {
  /** If the first line names the columns, so that others' columns are found by name. */
  readonly names: boolean;
  /** Columns of a row. */
  readonly count: number;
  readonly label: string;
  readonly columns: readonly ColumnPlan[];
  /** Where the label and the columns are in the file that the plan was made of. */
  readonly places: { readonly label: number; readonly columns: readonly number[] };
  /** Columns that are passed over, as a person asked or because nothing can be learned from them. */
  readonly passed: readonly string[];
  /** Those that nothing can be learned from. */
  readonly leftOut: readonly LeftOut[];
}

/** What a column without a name is called where others have one, counted from 0. */
export const unnamedColumn = (column: number) => `column ${column + 1}`;

/** Of a column of words at most; one that has more, or where every second row has its own, names rows. */
const MAX_CATEGORIES = 100;

/** Words among numbers that are fewer than this part are mistakes. */
const FEW_WORDS = 0.1;

const quoteLine = (first: readonly string[]) => first.slice(0, 8).join(', ') + (first.length > 8 ? ', ..' : '');

/** The position of a column that a person calls by name or number. @throws {DatasetError} when there is none, or several. */
function position(called: string, first: readonly string[], where: string): number {
  const number = /^\d+$/.test(called) ? Number(called) : NaN;
  if (number >= 1 && number <= first.length) return number - 1;
  const name = nameOf(called);
  const at = first.indexOf(name);
  if (at < 0) {
    throw new DatasetError(
      `${where} has no column "${called}": its first line is ${quoteLine(first)}; choose a name of these, or a number from 1.`,
    );
  }
  if (first.includes(name, at + 1)) {
    throw new DatasetError(`${where} has several columns "${called}"; choose by number, the first column is 1.`);
  }
  return at;
}

interface Survey {
  readonly first: { readonly fields: readonly string[]; readonly line: number };
  readonly label: number;
  readonly features: readonly number[];
  readonly columns: readonly ColumnSurvey[];
}

/** A form of which the label's column is known. */
interface LabelledForm extends CsvForm {
  readonly label: string;
}

/** The form with the column that is probably the class, by its number, where it says none. @returns null of a text without rows. */
function withLabel(text: TableText, form: CsvForm): LabelledForm | null {
  const { utf8, delimiter, where } = text;
  const { label } = form;
  if (label !== null) return { ...form, label };
  let first: readonly string[] | null = null;
  forEachRecord(utf8, delimiter, where, (fields) => (first = fields.map((field) => nameOf(field))), 1);
  if (first === null) return null;
  const names: readonly string[] = first;
  const leftOut = new Set(form.leftOut.map((name) => position(name, names, where)));
  const candidates = [...names.keys()].filter((column) => !leftOut.has(column));
  return { ...form, label: String(probableClass(text, form, candidates) + 1) };
}

/** Where the columns that a person calls are. */
function rolesOf(
  first: readonly string[],
  { label: called, leftOut, categories, image }: LabelledForm,
  mixed: readonly number[],
  where: string,
) {
  const label = position(called, first, where);
  const unused = new Set([label, ...leftOut.map((name) => position(name, first, where))]);
  const features = first.flatMap((_, column) => (unused.has(column) ? [] : [column]));
  if (features.length === 0) {
    throw new DatasetError(`${where} has no columns beside the label; separate them by a comma, a semicolon or a tab.`);
  }
  if (features.length > MAX_ROW_VALUES) {
    throw new DatasetError(`${where} has ${features.length} columns; leave some out, down to ${MAX_ROW_VALUES}.`);
  }
  if (image && features.length !== rowWidth(image)) {
    throw new DatasetError(
      `${where} has ${features.length} columns beside the label, and an image of ${image.width}x${image.height} has ` +
        `${rowWidth(image)}; choose another --size.`,
    );
  }
  return { label, features, named: new Set([label, ...mixed, ...categories.map((name) => position(name, first, where))]) };
}

/** Rows of images that are looked at: all that is asked of them is if the first line has names. */
const IMAGE_ROWS = 1000;

/** Looks at the rows. @param mixed columns of words and numbers, whose numbers are names too. */
function survey({ utf8, delimiter, where, watch }: TableText, form: LabelledForm, mixed: readonly number[]): Survey | null {
  const commas = delimiter !== ',';
  let found: Survey | null = null;
  forEachRecord(
    utf8,
    delimiter,
    where,
    (fields, line) => {
      if (found === null) {
        const first = fields.map((field) => nameOf(field));
        const { label, features, named } = rolesOf(first, form, mixed, where);
        found = { first: { fields: first, line }, label, features, columns: first.map((_, column) => new ColumnSurvey(named.has(column))) };
      } else {
        found.columns.forEach((column, i) => {
          const field = fields[i];
          if (field !== undefined) column.add(field, cellOf(field, commas), line);
        });
      }
    },
    form.image ? IMAGE_ROWS : undefined,
    watch,
  );
  return found;
}

/** If a person calls any column by a name that is in the first line and no number of a column. */
const callsNames = ({ label, leftOut, categories }: CsvForm, first: readonly string[]) =>
  [...(label === null ? [] : [label]), ...leftOut, ...categories].some(
    (called) => first.includes(nameOf(called)) && !(/^\d+$/.test(called) && Number(called) >= 1 && Number(called) <= first.length),
  );

function hasNames({ first: { fields }, label, features, columns }: Survey, form: CsvForm, { delimiter, where }: TableText): boolean {
  if (form.names !== null) return form.names;
  if (callsNames(form, fields)) return true;
  const place = (column: number) => ({ field: fields[column]!, below: columns[column]! });
  const told = namesColumns(place(label), features.map(place), delimiter !== ',');
  if (told !== null) return told;
  throw new UnclearDataError(
    `${where} has a first line (${quoteLine(fields)}) of which it cannot be told if it names the columns`,
    'names',
  );
}

/** What a column means, or why it is left out. @throws {DatasetError} when it cannot be told. */
function planColumn(name: string, column: ColumnSurvey, isCalled: boolean, where: string): ColumnPlan | string {
  const { numbers, words, missing, empty, distinct, firstWord } = column;
  if (words === 0 && numbers === 0) return 'empty';
  if (!column.named && words > 0 && words < FEW_WORDS * (numbers + words) && firstWord) {
    throw new UnclearDataError(
      `${where}, line ${firstWord.line}: "${firstWord.text.slice(0, 40)}" in column ${name} is not a number and most others are`,
      'categories',
    );
  }
  if (!column.named && firstWord && isCommaNumber(firstWord.text)) {
    throw new DatasetError(
      `${where}, line ${firstWord.line}: "${firstWord.text.slice(0, 40)}" in column ${name} has a comma in a number where commas separate ` +
        'fields; write a decimal point, or separate the fields by semicolons.',
    );
  }
  if (words === 0 && !column.named) {
    return { kind: 'number', name, hasEmpty: missing > 0 };
  }
  const isMany = column.isOverfull || distinct.size > MAX_CATEGORIES || (distinct.size > 20 && distinct.size > column.rows / 2);
  if (isCalled && column.isOverfull) {
    throw new DatasetError(`${where} has more than ${MAX_DISTINCT} categories in column ${name}; merge some, or leave the column out.`);
  }
  if (isMany && !isCalled) return 'has a word of its own in many rows, as names and identifiers have';
  return { kind: 'category', name, categories: ordered(distinct), hasEmpty: empty > 0 };
}

const ordered = (distinct: ReadonlyMap<string, number>) => [...distinct.keys()].sort((a, b) => (a < b ? -1 : 1));

/**
 * Tells from all rows of a text what its columns mean.
 * @param known columns in which words and numbers have been found.
 * @returns null of a text without rows.
 * @throws {DatasetError} where it cannot be told, or nothing is left to learn from.
 */
export function planTable(text: TableText, given: CsvForm, known: readonly number[] = []): TablePlan | null {
  const { where } = text;
  const form = withLabel(text, given);
  const found = form && survey(text, form, known);
  if (!form || !found) return null;
  const { first, label, features, columns } = found;
  const names = hasNames(found, form, text);
  const titleOf = (column: number) => (names ? first.fields[column] || unnamedColumn(column) : String(column + 1));
  const planned = (kept: readonly number[]) => ({
    names,
    count: first.fields.length,
    label: titleOf(label),
    places: { label, columns: kept },
    passed: columns.flatMap((_, column) => (column === label || kept.includes(column) ? [] : [titleOf(column)])),
  });
  if (form.image) {
    const whole = { kind: 'number', hasEmpty: false } as const;
    return { ...planned(features), columns: features.map((column) => ({ ...whole, name: titleOf(column) })), leftOut: [] };
  }
  if (!names) columns.forEach((column, i) => column.add(first.fields[i]!, cellOf(first.fields[i]!, text.delimiter !== ','), first.line));
  // Words beside numbers: the numbers are names too, and have to be looked at again as such.
  const mixed = features.filter((i) => {
    const { named, words, numbers } = columns[i]!;
    return !named && words >= FEW_WORDS * (words + numbers) && words > 0 && numbers > 0;
  });
  if (mixed.length > 0) return planTable(text, { ...form, names }, mixed);
  const leftOut = new LeftOutList();
  const called = new Set(form.categories.map((name) => position(name, first.fields, where)));
  const plans = features.flatMap((column) => {
    const name = titleOf(column);
    const plan = planColumn(names ? `"${name}"` : name, columns[column]!, called.has(column), where);
    if (typeof plan !== 'string') return [{ column, plan: { ...plan, name, hasEmpty: plan.hasEmpty && form.empty === 'impute' } }];
    leftOut.add('column', name, plan);
    return [];
  });
  if (plans.length === 0)
    throw new DatasetError(`${where} has no column that says anything of many rows; give it columns of numbers or categories.`);
  const width = plans.reduce((sum, { plan }) => sum + widthOf(plan), 0);
  if (width > MAX_ROW_VALUES) {
    throw new DatasetError(
      `${where} has ${width} values a row with a column for each category; leave columns out, down to ${MAX_ROW_VALUES}.`,
    );
  }
  return { ...planned(plans.map(({ column }) => column)), columns: plans.map(({ plan }) => plan), leftOut: leftOut.all() };
}
