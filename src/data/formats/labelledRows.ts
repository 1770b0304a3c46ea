/** Labelled rows as a person's file has them, in memory, before they are packed. */
export interface LabelledRows {
  /** Grey images, or a table of columns that mean something each. */
  readonly kind: 'images' | 'table';
  /** Image size, pixels; of a table the columns, and 1. */
  readonly width: number;
  readonly height: number;
  /** n x (width * height), row-major: grey bytes of images, or finite numbers as they stand in the file. */
  readonly values: Uint8Array | Float64Array;
  /** n names of classes. */
  readonly labels: readonly string[];
}

/** Image size, pixels. */
export interface Size {
  readonly width: number;
  readonly height: number;
}
