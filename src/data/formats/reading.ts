/** What was understood of a person's data, as plain data for those who show it: before anything is learned from it or shared. */

/** A column of a table that is learned from. */
export type ColumnReading =
  | {
      readonly kind: 'number';
      readonly name: string;
      readonly least: number;
      readonly greatest: number;
      /** Rows without a value: they get the column's mean, and a column of its own says which they are. */
      readonly empty: number;
    }
  | {
      readonly kind: 'category';
      readonly name: string;
      /** Each becomes a column of its own, 1 where a row is of it and else 0. */
      readonly categories: readonly string[];
      /** Rows without a value: as a category of their own. */
      readonly empty: number;
    };

/** How a table was written. */
export interface Dialect {
  readonly encoding: string;
  readonly delimiter: string;
  readonly decimal: '.' | ',';
  /** If the first line names the columns. */
  readonly names: boolean;
}

/** What is not learned from, for one reason. */
export interface LeftOut {
  readonly what: 'column' | 'row' | 'file' | 'system file';
  readonly why: string;
  readonly count: number;
  /** Which they are, at most MAX_EXAMPLES: columns by name, rows by line, files by path. */
  readonly examples: readonly string[];
}

/** No reason lists more, so that a reading stays small. */
const MAX_EXAMPLES = 1000;

export interface Reading {
  readonly kind: 'images' | 'table';
  readonly rows: number;
  /** In the order of their first row. */
  readonly classes: readonly { readonly name: string; readonly rows: number }[];
  /** Of a table; empty of images. */
  readonly columns: readonly ColumnReading[];
  /** Of a table in a text file. */
  readonly dialect: Dialect | null;
  readonly leftOut: readonly LeftOut[];
  /** Sentences on what is unlike the training rows, e.g. categories that only rows for testing have. */
  readonly notes: readonly string[];
}

/** Rows of each class, in the order of their first row. */
export function classCounts(labels: readonly string[]): Reading['classes'] {
  const counts = new Map<string, number>();
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  return Array.from(counts, ([name, rows]) => ({ name, rows }));
}

/** Collects what is left out, reason by reason. */
export class LeftOutList {
  readonly #byReason = new Map<string, { what: LeftOut['what']; why: string; count: number; examples: string[] }>();

  add(what: LeftOut['what'], name: string, why: string): void {
    const key = `${what} ${why}`;
    const entry = this.#byReason.get(key) ?? { what, why, count: 0, examples: [] };
    this.#byReason.set(key, entry);
    entry.count++;
    if (entry.examples.length < MAX_EXAMPLES) entry.examples.push(name);
  }

  all(): readonly LeftOut[] {
    return [...this.#byReason.values()];
  }
}
