import { CsvError, parse } from 'csv-parse/sync';
import { DatasetError, MAX_ROW_VALUES, rowWidth } from '../dataset.ts';
import type { LabelledRows, Size } from './labelledRows.ts';
import { MAX_FILE_BYTES, readWholeFile } from '../../datasets/wholeFile.ts';

/** How the rows of a CSV file are meant. Columns go by their names, if the file gives names, or by their numbers from 1. */
export interface CsvForm {
  /** The column of the class; null is the last. */
  readonly label: string | null;
  /** Columns to leave out, such as an identifier. */
  readonly leftOut: readonly string[];
  /** The other columns are the grey bytes of an image of this size, in reading order; null for a table of any numbers. */
  readonly image: Size | null;
}

/** No line is longer, characters. */
const MAX_LINE = 16 * MAX_ROW_VALUES;

const numberForm = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const isNumber = (field: string) => numberForm.test(field);

/** The comma last, because it stands in numbers too. */
const delimiters = ['\t', ';', ','] as const;

/** The delimiter that stands most often in the first line outside of quotes. */
function delimiterOf(bytes: Uint8Array): string {
  const text = new TextDecoder().decode(bytes.subarray(0, MAX_LINE)).replaceAll(/"[^"]*"/g, '""');
  const [line = ''] = /\S.*/.exec(text) ?? [];
  const count = (delimiter: string) => line.split(delimiter).length;
  return delimiters.reduce((best, delimiter) => (count(delimiter) > count(best) ? delimiter : best));
}

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

interface Columns {
  readonly count: number;
  /** Null where the file gives none. */
  readonly names: readonly string[] | null;
  readonly label: number;
  readonly features: readonly number[];
}

/** The position of a column that a person calls by name or number. */
function position(called: string, first: readonly string[], where: string): number {
  const number = /^\d+$/.test(called) ? Number(called) : NaN;
  if (number >= 1 && number <= first.length) return number - 1;
  const at = first.indexOf(called);
  if (at < 0) {
    const shown = first.slice(0, 8).join(', ') + (first.length > 8 ? ', ..' : '');
    throw new DatasetError(`${where} has no column "${called}": its first line is ${shown}; choose a name of these, or a number from 1.`);
  }
  if (first.includes(called, at + 1)) {
    throw new DatasetError(`${where} has several columns "${called}"; choose by number, the first column is 1.`);
  }
  return at;
}

/** What the first line says: names if none of its features is a number, else it is a row already. */
function columnsOf(first: readonly string[], { label: called, leftOut, image }: CsvForm, where: string): Columns {
  const count = first.length;
  const label = called === null ? count - 1 : position(called, first, where);
  const unused = new Set([label, ...leftOut.map((name) => position(name, first, where))]);
  const features = first.flatMap((_, column) => (unused.has(column) ? [] : [column]));
  if (features.length === 0) {
    throw new DatasetError(`${where} has no columns beside the label; separate them by a comma, a semicolon or a tab.`);
  }
  if (features.length > MAX_ROW_VALUES) {
    throw new DatasetError(`${where} has ${features.length} columns of numbers; leave some out, down to ${MAX_ROW_VALUES}.`);
  }
  if (image && features.length !== rowWidth(image)) {
    throw new DatasetError(
      `${where} has ${features.length} columns beside the label, and an image of ${image.width}x${image.height} has ` +
        `${rowWidth(image)}; choose another --size.`,
    );
  }
  const words = features.filter((column) => !isNumber(first[column]!));
  if (words.length > 0 && words.length < features.length) {
    throw new DatasetError(
      `${where}, line 1: "${first[words[0]!]}" is not a number and other fields are; give every column a name that is not a number, or ` +
        'none, and leave out columns of text.',
    );
  }
  return { count, names: words.length > 0 ? first : null, label, features };
}

/** What is wrong with a file that the parser refuses, after "FILE, line N: ". */
function complaint({ code }: CsvError): string {
  switch (code) {
    case 'CSV_QUOTE_NOT_CLOSED':
      return 'the file ends inside a quoted field; close its quote.';
    case 'CSV_MAX_RECORD_SIZE':
      return `the row is longer than ${MAX_LINE} characters; close its quotes, or give it fewer columns.`;
    default:
      return 'a quote stands inside a field; put quotes around the whole field and double those inside it.';
  }
}

/** @param where the file's name for error messages. @throws {DatasetError} saying the line and what to do. */
export function parseCsv(bytes: Buffer, form: CsvForm, where: string): LabelledRows {
  let columns: Columns | null = null;
  const { image } = form;
  const rows = new GrowingRows((length) => (image ? new Uint8Array(length) : new Float64Array(length)));
  const labels: string[] = [];
  /** One string a class, however often it stands in the file. */
  const known = new Map<string, string>();

  const take = (fields: readonly string[], line: number) => {
    const at = `${where}, line ${line}`;
    if (columns === null) {
      columns = columnsOf(fields, form, where);
      if (columns.names) return;
    }
    const { count, names, label, features } = columns;
    if (fields.length !== count) {
      throw new DatasetError(`${at}: the row has ${fields.length} fields and the first one has ${count}; give every row the same.`);
    }
    const values = features.map((column) => {
      const field = fields[column]!;
      const value = isNumber(field) ? Number(field) : NaN;
      if (Number.isFinite(value) && (!image || (Number.isInteger(value) && value >= 0 && value <= 255))) return value;
      const kind = image ? 'a whole number from 0 to 255' : 'a number';
      const name = names ? `"${names[column]}"` : column + 1;
      throw new DatasetError(
        `${at}: "${field.slice(0, 40)}" in column ${name} is not ${kind}; correct it, or leave out the row or the column.`,
      );
    });
    const name = fields[label]!;
    if (name === '') throw new DatasetError(`${at}: the label is empty; give the row one, or leave it out.`);
    rows.push(values);
    if (rows.byteLength > MAX_FILE_BYTES) {
      throw new DatasetError(
        `${at}: the rows up to here fill the ${MAX_FILE_BYTES} bytes that there is room for; take a part of the file.`,
      );
    }
    if (!known.has(name)) known.set(name, name);
    labels.push(known.get(name)!);
  };

  try {
    parse(bytes, {
      bom: true,
      delimiter: delimiterOf(bytes),
      record_delimiter: ['\r\n', '\n', '\r'],
      trim: true,
      skip_empty_lines: true,
      relax_column_count: true,
      max_record_size: MAX_LINE,
      on_record(fields: string[], { lines }) {
        take(fields, lines);
        return null;
      },
    });
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const line = typeof error['lines'] === 'number' ? error['lines'] : 1;
    throw new DatasetError(`${where}, line ${line}: ${complaint(error)}`, { cause: error });
  }
  const size = image ?? { width: rows.all().length / Math.max(1, labels.length), height: 1 };
  return { kind: image ? 'images' : 'table', ...size, values: rows.all(), labels };
}

/** @throws {DatasetError} */
export async function readCsv(path: string, form: CsvForm): Promise<LabelledRows> {
  return parseCsv(await readWholeFile(path), form, path);
}
