/** What a dataset is, and how rows of it are asked for. */

import * as v from 'valibot';
import { MAX_CLASSES, MAX_NAME, MAX_ROW_VALUES } from '../settings/bounds.ts';

export { MAX_CLASSES, MAX_NAME as MAX_CLASS_NAME, MAX_ROW_VALUES } from '../settings/bounds.ts';

/** The version of the packed files' layout; files of another version are packed again. */
export const FORMAT_VERSION = 1;

/** Signals a packed dataset that is not as its description says. */
export class DatasetError extends Error {
  override readonly name = 'DatasetError';
}

/** What a person can say of a file that does not say it itself, by the option of `prepare-data` that says it. */
const sayings = {
  names: 'say it with --names yes or --names no',
  encoding: 'save it as CSV in UTF-8, or name its encoding with --encoding',
  categories: 'correct it, leave out the row or the column, or take its numbers for names with --categories',
} as const;

export type Saying = keyof typeof sayings;

/** Signals a file that can be read once a person has said something of it. */
export class UnclearDataError extends DatasetError {
  /**
   * @param problem what is unclear, a sentence without its end.
   * @param saying what would make it clear.
   */
  constructor(
    readonly problem: string,
    readonly saying: Saying,
    options?: ErrorOptions,
  ) {
    super(`${problem}; ${sayings[saying]}.`, options);
  }
}

const count = (max: number) => v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(max));

/** No split has more. */
export const MAX_ROWS = 10_000_000;
/** No file is larger, nor anything packed in one, bytes. */
export const MAX_FILE_BYTES = 2 ** 30;

/** Hexadecimal. */
export const digestSchema = v.pipe(v.string(), v.regex(/^[0-9a-f]{0,64}$/));

const infoSchema = v.pipe(
  v.strictObject({
    format: v.literal(FORMAT_VERSION),
    name: v.pipe(v.string(), v.minLength(1), v.maxLength(100)),
    /** Grey images, or a table: rows of `width` columns that mean something each, `height` 1. */
    kind: v.optional(v.picklist(['images', 'table']), 'images'),
    /** How a value is stored: as a byte, 0 .. 255, or as a 32-bit float, little-endian. */
    element: v.optional(v.picklist(['u8', 'f32']), 'u8'),
    /** Image size, pixels. */
    width: v.pipe(count(MAX_ROW_VALUES), v.minValue(1)),
    height: v.pipe(count(MAX_ROW_VALUES), v.minValue(1)),
    /** C names; a label is an index into them. */
    classNames: v.pipe(v.array(v.pipe(v.string(), v.maxLength(MAX_NAME))), v.minLength(2), v.maxLength(MAX_CLASSES)),
    /** Training rows of each class. */
    trainCounts: v.array(count(MAX_ROWS)),
    testCount: count(MAX_ROWS),
    /** SHA-256 of this description and of the files, by which other data of the same name is known; of older ones shorter or none. */
    digest: v.optional(digestSchema, ''),
    /** Mean and standard deviation of the training values, bytes scaled to 0 .. 1. */
    mean: v.pipe(v.number(), v.finite()),
    std: v.pipe(v.number(), v.finite(), v.gtValue(0)),
  }),
  v.check(({ classNames, trainCounts }) => classNames.length === trainCounts.length, 'one training count a class'),
  v.check(({ width, height }) => width * height <= MAX_ROW_VALUES, `at most ${MAX_ROW_VALUES} values a row`),
);

/** A packed dataset's description. */
export type DatasetInfo = v.InferOutput<typeof infoSchema>;

/** Reads the text of a packed dataset's `meta.json`. @throws {DatasetError} when it is not that. */
export function parseInfo(text: string, where: string): DatasetInfo {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new DatasetError(`${where} is not a dataset's description; run \`npm run prepare-data\`.`);
  }
  const result = v.safeParse(infoSchema, json);
  if (result.success) return result.output;
  const [issue] = result.issues;
  throw new DatasetError(
    `${where} does not describe a dataset of format ${FORMAT_VERSION} (${v.getDotPath(issue) ?? 'whole'}: ${issue.message}); ` +
      'pack it again with `npm run prepare-data`.',
  );
}

/** The rows to learn from, or to be scored on. */
export type Split = 'train' | 'test';

/** Values of rows as they are stored, row after row: bytes, or finite floats. */
export type Values = Uint8Array | Float32Array;

/** Where samples come from. Training rows are sorted by class, test rows are in an order whose prefixes are class-balanced. */
export interface RowSource {
  /** @throws {DatasetError} as do the others: when the data is not there or not what it should be. */
  info(): Promise<DatasetInfo>;
  /** Rows `start` .. `start + count - 1`: `count * width * height` values. @throws {RangeError} beyond the last row. */
  rows(split: Split, start: number, count: number): Promise<Values>;
  /** Labels of the first `count` test rows. @throws {RangeError} beyond the last row. */
  testLabels(count: number): Promise<Uint8Array>;
}

/** Values of one row: the input width of a model. */
export function rowWidth({ width, height }: Pick<DatasetInfo, 'width' | 'height'>): number {
  return width * height;
}

/** Bytes of one row. */
export function rowBytes(info: Pick<DatasetInfo, 'width' | 'height' | 'element'>): number {
  return rowWidth(info) * (info.element === 'u8' ? 1 : 4);
}

/** Rows of the training split. */
export function trainRowCount(info: DatasetInfo): number {
  return info.trainCounts.reduce((sum, rows) => sum + rows, 0);
}
