/** Which rows of each class are for testing. */

import { randomStream } from '../math/random.ts';

/** The row numbers of each class. */
export type Rows = readonly (readonly number[])[];

/** How many of the rows of a class are for testing: at least one, and never all, so that a class of one row is for training. */
export const testRows = (rows: number, fraction: number): number => Math.min(rows - 1, Math.max(1, Math.round(fraction * rows)));

/** Takes `fraction` of each class's rows for testing, drawn at random in a fixed way. */
export function stratifiedSplit(rows: Rows, fraction: number): { train: Rows; test: Rows } {
  const shuffled = rows.map((ofClass, c) => randomStream(0, 'split', c).shuffle(ofClass));
  const taken = rows.map(({ length }) => testRows(length, fraction));
  return {
    train: shuffled.map((ofClass, c) => ofClass.slice(taken[c])),
    test: shuffled.map((ofClass, c) => ofClass.slice(0, taken[c])),
  };
}
