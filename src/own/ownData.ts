/** A person's own data as it lies in this browser, described as plain data; and what is said between the page and the reader's worker. */

import type { Saying } from '../data/dataset.ts';
import type { CsvForm } from '../data/formats/csvForm.ts';
import type { ImageForm } from '../data/formats/formedImage.ts';
import type { Reading } from '../data/formats/reading.ts';
import type { Task } from '../settings/task.ts';
import type { Accepted, OwnShape } from '../task/fit.ts';
import type { OwnRows } from '../task/ownRows.ts';

/** A file that a person gives, by its path in what was given, with slashes. */
export interface GivenFile {
  readonly path: string;
  readonly file: File;
}

/** Some of the images of a class. */
export interface Preview {
  readonly label: string;
  /** height x width x channels bytes, row-major. */
  readonly values: Uint8Array;
}

export interface OwnImages {
  readonly kind: 'images';
  /** Image files can be brought to another form when they are given again; IDX files have theirs. */
  readonly from: 'files' | 'idx';
  readonly form: ImageForm;
  readonly reading: Reading;
  readonly previews: readonly Preview[];
}

export interface OwnTable {
  readonly kind: 'table';
  readonly name: string;
  /** How a CSV file is meant; null of IDX files. */
  readonly form: CsvForm | null;
  /** What every column is called, in the order of the file. */
  readonly titles: readonly string[];
  readonly reading: Reading;
}

export type OwnData = OwnImages | OwnTable;

/** What of it decides if it fits a task. */
export function shapeOf(data: OwnData): OwnShape {
  const { classes, dialect } = data.reading;
  if (data.kind === 'images') return { kind: 'images', ...data.form.size, channels: data.form.channels, classes };
  const { titles } = data;
  // The labels of IDX files stand in a file of their own, as if behind the columns.
  return { kind: 'table', named: dialect?.names ?? false, titles, label: data.form?.label ?? String(titles.length + 1), classes };
}

/** How much of what was given has been read: files of images, or bytes of a table. */
export interface ReadingProgress {
  readonly unit: 'images' | 'bytes';
  readonly done: number;
  readonly total: number;
}

/** What is kept in this browser. */
export interface KeptData {
  readonly data: OwnData;
  /** Null where all that was given has been read; else reading ended before that, by a person or by the tab's end. */
  readonly stoppedAt: ReadingProgress | null;
}

/** How files are meant, whatever they turn out to be. */
export interface OwnForm {
  readonly image: ImageForm;
  readonly table: CsvForm;
  /** The class of images that lie in no folder; null where nobody has said it. */
  readonly looseClass: string | null;
  /** The task that they are given for, by whose columns a table is read; null where there is none yet. */
  readonly task: Task | null;
}

export const defaultForm: OwnForm = {
  image: { size: { width: 32, height: 32 }, channels: 3 },
  table: { label: null, leftOut: [], categories: [], names: null, empty: 'impute', encoding: null, image: null },
  looseClass: null,
  task: null,
};

/** The part of each class that is set aside for testing. */
export const TEST_FRACTION = 0.15;

/** Why files were not read. */
export interface Refusal {
  /** What is wrong, and what to do unless `saying` tells. */
  readonly message: string;
  /** What a person could say so that they can be read. */
  readonly saying: Saying | null;
  /** What the columns of a table are called, whose first line could be read. */
  readonly titles: readonly string[];
}

export type ToReader =
  /** Some of those that are to be read. */
  | { readonly type: 'files'; readonly files: readonly GivenFile[] }
  /** Asks for them to be read: of none, those that are kept, a table or IDX files, meant in another way. */
  | { readonly type: 'read'; readonly form: OwnForm }
  /** Asks for the task that what is kept makes, with the names of classes that only others have. */
  | { readonly type: 'define'; readonly others: readonly string[] }
  /** Asks for the rows of what is kept, as a task understands them. */
  | { readonly type: 'take'; readonly task: Task; readonly accepted: Accepted };

/** What is said while files are read, and at the end of it. */
export type FromReader =
  /** `data` is what has been read up to here, null where nothing can be told yet. */
  | { readonly type: 'progress'; readonly progress: ReadingProgress; readonly data: OwnData | null }
  | { readonly type: 'read'; readonly data: OwnData }
  /** Images in no folder, of which nobody has said the class. */
  | { readonly type: 'asked'; readonly images: number }
  | { readonly type: 'refused'; readonly refusal: Refusal };

/** What the two other requests are answered with. */
export type Answer =
  | { readonly type: 'task'; readonly task: Task }
  | { readonly type: 'rows'; readonly rows: OwnRows }
  | Extract<FromReader, { type: 'refused' }>;
