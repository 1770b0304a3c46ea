import * as v from 'valibot';

/** What a dataset is, and how rows of it are asked for. */

/** The version of the packed files' layout; files of another version are packed again. */
export const FORMAT_VERSION = 1;

export class DatasetError extends Error {
  override readonly name = 'DatasetError';
}

const count = (max: number) => v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(max));

const MAX_ROWS = 10_000_000;

const infoSchema = v.pipe(
  v.strictObject({
    format: v.literal(FORMAT_VERSION),
    name: v.pipe(v.string(), v.minLength(1), v.maxLength(100)),
    /** Image size, pixels. One grey byte each. */
    width: v.pipe(count(1024), v.minValue(1)),
    height: v.pipe(count(1024), v.minValue(1)),
    /** C names; a label is an index into them. */
    classNames: v.pipe(v.array(v.pipe(v.string(), v.maxLength(100))), v.minLength(2), v.maxLength(256)),
    /** Training rows of each class. */
    trainCounts: v.array(count(MAX_ROWS)),
    testCount: count(MAX_ROWS),
    /** Mean and standard deviation of the training pixels scaled to 0 .. 1. */
    mean: v.pipe(v.number(), v.finite()),
    std: v.pipe(v.number(), v.finite(), v.gtValue(0)),
  }),
  v.check(({ classNames, trainCounts }) => classNames.length === trainCounts.length, 'one training count a class'),
);

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
      'run `npm run prepare-data`.',
  );
}

export type Split = 'train' | 'test';

/** Where samples come from. Training rows are sorted by class, test rows are in an order whose prefixes are class-balanced. */
export interface RowSource {
  /** @throws {DatasetError} as do the others: when the data is not there or not what it should be. */
  info(): Promise<DatasetInfo>;
  /** Rows `start` .. `start + count - 1`: `count * width * height` grey bytes. @throws {RangeError} beyond the last row. */
  rows(split: Split, start: number, count: number): Promise<Uint8Array>;
  /** Labels of the first `count` test rows. @throws {RangeError} beyond the last row. */
  testLabels(count: number): Promise<Uint8Array>;
}

/** Bytes of one row. */
export function rowBytes(info: DatasetInfo): number {
  return info.width * info.height;
}

export function trainRowCount(info: DatasetInfo): number {
  return info.trainCounts.reduce((sum, rows) => sum + rows, 0);
}
