/** Constants of standardisation from sums alone: each client's, merged, are those of all rows together. */

import * as v from 'valibot';
import { amount, whole } from '../settings/bounds.ts';
import { MAX_COLUMNS, type Task } from '../settings/task.ts';

/**
 * What is contributed of a channel's or a numeric column's values: how many, their mean, and the sum of their squared deviations
 * from it. Count, sum and sum of squares follow from these, which lose nothing where the mean is far from 0.
 */
export const momentsSchema = v.strictObject({ count: whole, mean: v.pipe(v.number(), v.finite()), squares: amount });
export type Moments = Readonly<v.InferOutput<typeof momentsSchema>>;

const constants = <S extends v.GenericSchema>(schema: S) => v.pipe(v.array(schema), v.maxLength(MAX_COLUMNS));

/** (x - mean) / std of each channel or numeric column; std is not 0. */
export const scaleSchema = v.pipe(
  v.strictObject({
    mean: constants(v.pipe(v.number(), v.finite())),
    std: constants(v.pipe(v.number(), v.finite(), v.gtValue(0))),
  }),
  v.check(({ mean, std }) => mean.length === std.length, 'as many means as deviations'),
);
export type Scale = Readonly<v.InferOutput<typeof scaleSchema>>;

/** Which constant each value of a row is standardised by; -1 for one that says by 1 or 0 if something is so, and stays. */
export function constantOf(task: Task): Int16Array {
  if (task.kind === 'images') {
    return Int16Array.from({ length: task.width * task.height * task.channels }, (_, i) => i % task.channels);
  }
  let next = 0;
  return Int16Array.from(
    task.columns.flatMap((column) => {
      const values = column.kind === 'number' ? [next++] : column.categories.map(() => -1);
      return column.hasEmpty ? [...values, -1] : values;
    }),
  );
}

/** How many constants a task has. */
export const constantCount = (task: Task): number =>
  task.kind === 'images' ? task.channels : task.columns.filter(({ kind }) => kind === 'number').length;

/** Raw values, row after row: bytes of images, or numbers, NaN where there is none. */
export type RawValues = Uint8Array | Float64Array;

/** A value in the units of the moments: bytes scaled to 0 .. 1. */
const unitOf = (values: RawValues) => (values instanceof Uint8Array ? 1 / 255 : 1);

/** The moments of each constant's values in these rows, by Welford's updates (1962). */
export function momentsOf(task: Task, values: RawValues, rows: readonly number[]): Moments[] {
  const constant = constantOf(task);
  const unit = unitOf(values);
  const sums = Array.from({ length: constantCount(task) }, () => ({ count: 0, mean: 0, squares: 0 }));
  for (const row of rows) {
    for (let i = 0; i < constant.length; i++) {
      const sum = sums[constant[i]!];
      const value = values[row * constant.length + i]! * unit;
      if (!sum || Number.isNaN(value)) continue;
      const deviation = value - sum.mean;
      sum.mean += deviation / ++sum.count;
      sum.squares += deviation * (value - sum.mean);
    }
  }
  return sums;
}

/** The moments of both sets of values together (Chan, Golub, LeVeque 1979). */
function merged(a: Moments, b: Moments): Moments {
  const count = a.count + b.count;
  if (count === 0) return a;
  const deviation = b.mean - a.mean;
  return {
    count,
    mean: a.mean + (deviation * b.count) / count,
    squares: a.squares + b.squares + (deviation ** 2 * a.count * b.count) / count,
  };
}

/** The constants of everybody's rows together, from each one's moments in one order: 0 and 1 where nobody has a value. */
export function scaleOf(contributions: readonly (readonly Moments[])[]): Scale {
  const [first = [], ...others] = contributions;
  const total = others.reduce((sums, moments) => sums.map((sum, c) => merged(sum, moments[c]!)), first);
  return {
    mean: total.map(({ mean }) => mean),
    std: total.map(({ count, squares }) => Math.sqrt(squares / Math.max(1, count)) || 1),
  };
}

/** These rows as a model sees them, float32: standardised, and 0, which is the mean, where there is no value. */
export function standardised(task: Task, values: RawValues, rows: readonly number[], { mean, std }: Scale): Float32Array {
  const constant = constantOf(task);
  const unit = unitOf(values);
  const width = constant.length;
  const standard = new Float32Array(rows.length * width);
  rows.forEach((row, to) => {
    for (let i = 0; i < width; i++) {
      const c = constant[i]!;
      const value = values[row * width + i]! * unit;
      standard[to * width + i] = c < 0 ? value : Number.isNaN(value) ? 0 : (value - mean[c]!) / std[c]!;
    }
  });
  return standard;
}
