/** A sample as people know it, from what a model is given of it. */

import type { ImageForm } from '../../../src/data/formats/formedImage.ts';
import { momentsOf, type Task } from '../../../src/export/savedModel.ts';
import { widthOf } from '../../../src/settings/task.ts';

export interface Field {
  readonly name: string;
  /** Null where there is none. */
  readonly value: number | string | null;
}

export type Sample =
  /** height x width x channels bytes, row-major. */
  | { readonly kind: 'image'; readonly values: Uint8Array; readonly form: ImageForm }
  | { readonly kind: 'row'; readonly fields: readonly Field[] };

/** Bytes as they were; of numbers that were no bytes the range of the image. */
function bytesOf(values: readonly number[], isBytes: boolean): Uint8Array {
  if (isBytes) return Uint8Array.from(values, (value) => Math.max(0, Math.min(255, Math.round(value))));
  const least = Math.min(...values);
  const span = Math.max(...values) - least || 1;
  return Uint8Array.from(values, (value) => Math.round((255 * (value - least)) / span));
}

/** @param standardised the sample as a model of this task sees it. */
export function sampleOf(task: Task, standardised: Float32Array): Sample {
  const { mean, std } = momentsOf(task);
  const values = Array.from(standardised, (value, i) => value * std[i % std.length]! + mean[i % mean.length]!);
  if (task.kind === 'images') {
    const { width, height, channels } = task;
    return { kind: 'image', values: bytesOf(values, task.values === 'bytes'), form: { size: { width, height }, channels } };
  }
  let next = 0;
  const fields = task.table.columns.map((column): Field => {
    const own = values.slice(next, (next += widthOf(column)));
    const { name } = column;
    if (column.hasEmpty && own.at(-1) === 1) return { name, value: null };
    if (column.kind === 'category') return { name, value: column.categories[own.indexOf(1)] ?? null };
    // A model sees numbers with half the digits that a file has.
    return { name, value: Number(own[0]!.toPrecision(5)) };
  });
  return { kind: 'row', fields };
}
