/** What of labelled rows is for testing. */

import type { RandomStream } from '../math/random.ts';

/** The row numbers of each class. */
export type RowsOfClasses = readonly (readonly number[])[];

/** How many of the rows of a class are for testing: at least one, and never all, so that a class of one row is for training. */
export const testRows = (rows: number, fraction: number): number =>
  Math.max(0, Math.min(rows - 1, Math.max(1, Math.round(fraction * rows))));

/**
 * Takes `fraction` of each class's rows for testing.
 * @param randomOf the stream that a class's rows are drawn from.
 */
export function stratifiedSplit(
  rows: RowsOfClasses,
  fraction: number,
  randomOf: (classIndex: number) => RandomStream,
): { train: RowsOfClasses; test: RowsOfClasses } {
  const shuffled = rows.map((ofClass, c) => randomOf(c).shuffle(ofClass));
  const taken = rows.map(({ length }) => testRows(length, fraction));
  return {
    train: shuffled.map((ofClass, c) => ofClass.slice(taken[c])),
    test: shuffled.map((ofClass, c) => ofClass.slice(0, taken[c])),
  };
}
