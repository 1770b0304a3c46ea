/** A CSV file as labelled rows: numbers, categories and a label, or the grey bytes of images and a label. */

import { DatasetError } from '../dataset.ts';
import { openCsv, type CsvForm } from './csvForm.ts';
import type { ReadRows } from './labelledRows.ts';
import { planTable, type TablePlan } from './tablePlan.ts';
import { readPlanned } from './tableRows.ts';

/**
 * Reads a CSV file whose columns' meaning is told from itself.
 * @param watch is told now and then how many bytes a pass over it has read; there are two or three.
 * @throws {DatasetError} saying the line and what to do.
 */
export function parseCsv(
  bytes: Uint8Array,
  form: CsvForm,
  where: string,
  watch?: (bytes: number) => void,
): ReadRows & { readonly plan: TablePlan } {
  const text = openCsv(bytes, form, where, watch);
  const plan = planTable(text, form);
  if (!plan) throw new DatasetError(`${where} has no rows; give it some.`);
  return { ...readPlanned(text, plan, form, false), plan };
}

/** Reads rows of the same columns as those that `plan` was made of. @throws {DatasetError} also where the columns are others. */
export function parseCsvLike(bytes: Uint8Array, plan: TablePlan, form: CsvForm, where: string): ReadRows {
  return readPlanned(openCsv(bytes, form, where), plan, form, true);
}
