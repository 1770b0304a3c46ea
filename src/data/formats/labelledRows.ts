/** Labelled rows as a person's file has them, in memory, before they are packed. */

import type { Reading } from './reading.ts';

export interface LabelledRows {
  /** Grey images, or a table of columns that mean something each. */
  readonly kind: 'images' | 'table';
  /** Image size, pixels; of a table the columns, and 1. */
  readonly width: number;
  readonly height: number;
  /**
   * n x (width * height), row-major: grey bytes of images, or numbers as they stand in the file, finite, or NaN where a table has
   * no value.
   */
  readonly values: Uint8Array | Float64Array;
  /** n names of classes. */
  readonly labels: readonly string[];
  /** Columns of a table that say by 1 or 0 if something is so, and stay as they are. */
  readonly indicators?: ReadonlySet<number>;
}

/** Rows, and what was understood of their source. */
export interface ReadRows {
  readonly rows: LabelledRows;
  readonly reading: Reading;
}
