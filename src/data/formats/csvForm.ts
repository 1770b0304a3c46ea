/** How a person means a CSV file, and the file as text. */

import { delimiterOf } from './csvRecords.ts';
import type { Size } from './formedImage.ts';
import { readText } from './text.ts';

/** How the rows of a CSV file are meant. Columns go by their names, if the file gives names, or by their numbers from 1. */
export interface CsvForm {
  /** The column of the class; null to tell it from the file (`classColumn.ts`). */
  readonly label: string | null;
  /** Columns to leave out, such as an identifier. */
  readonly leftOut: readonly string[];
  /** Columns whose fields are names, also where they look like numbers. */
  readonly categories: readonly string[];
  /** If the first line names the columns; null to tell it from the file. */
  readonly names: boolean | null;
  /** What becomes of a row without a value: imputed is the column's mean or a category of its own, and a column marks it. */
  readonly empty: 'impute' | 'skip' | 'refuse';
  /** What the file is written in; null to tell it from the file. */
  readonly encoding: string | null;
  /** The other columns are the grey bytes of an image of this size, in reading order; null for a table. */
  readonly image: Size | null;
}

/** A CSV file in memory. */
export interface TableText {
  readonly utf8: Uint8Array;
  readonly encoding: string;
  readonly delimiter: string;
  /** Its name for error messages. */
  readonly where: string;
  /** Is told now and then how many bytes a pass over it has read. */
  readonly watch?: ((bytes: number) => void) | undefined;
}

/** @throws {DatasetError} when it is no text. */
export function openCsv(bytes: Uint8Array, form: Pick<CsvForm, 'encoding'>, where: string, watch?: TableText['watch']): TableText {
  const { utf8, encoding } = readText(bytes, where, form.encoding);
  return { utf8, encoding, delimiter: delimiterOf(utf8), where, watch };
}
