/** What is right for the inputs in `cases/`, which people really have: the same wherever they are read. */

import type { ColumnReading, Reading } from '../data/formats/reading.ts';

/** Where they are, in the project. */
export const CASES_FOLDER = 'src/testing/cases';

interface TableCase {
  /** The column of the class; null where the reader tells it right. */
  readonly label: string | null;
  readonly right: Pick<Reading, 'rows' | 'classes' | 'columns' | 'leftOut'> & Pick<NonNullable<Reading['dialect']>, 'encoding' | 'decimal'>;
}

const number = (name: string, least: number, greatest: number, empty = 0): ColumnReading => ({
  kind: 'number',
  name,
  least,
  greatest,
  empty,
});

const classes = (rows: number, ...names: readonly string[]) => names.map((name) => ({ name, rows }));

const plain = { leftOut: [], encoding: 'utf-8', decimal: '.' } as const;

/** CSV files, by name. */
export const tableCases: Readonly<Record<string, TableCase>> = {
  'spectra.csv': {
    label: null,
    right: {
      ...plain,
      rows: 90,
      classes: classes(30, 'a', 'b', 'c'),
      columns: [number('400', -0.67, 2.483), number('402', -0.388, 2.824), number('404', -0.622, 2.787), number('406', -0.552, 2.565)],
    },
  },
  'order-train.csv': {
    label: null,
    right: {
      ...plain,
      rows: 120,
      classes: classes(60, 'small', 'big'),
      columns: [number('len', 4.558, 7.645), number('wid', 0.447, 2.515)],
    },
  },
  'order-test.csv': {
    label: null,
    right: {
      ...plain,
      rows: 40,
      classes: classes(20, 'small', 'big'),
      columns: [number('wid', 0.689, 2.236), number('len', 4.558, 7.273)],
    },
  },
  'latin1.csv': {
    label: null,
    right: {
      ...plain,
      encoding: 'windows-1252',
      rows: 60,
      classes: classes(20, 'Törn', 'Türn', 'Tarn'),
      columns: [number('x', 0, 6), number('y', 0, 4)],
    },
  },
  'decimal-comma.csv': {
    label: null,
    right: {
      ...plain,
      decimal: ',',
      rows: 40,
      classes: classes(20, 'x', 'y'),
      columns: [number('a', 0.5, 39.5), number('b', 0.25, 2.25)],
    },
  },
  'passengers.csv': {
    label: null,
    right: {
      ...plain,
      rows: 40,
      classes: classes(20, '0', '1'),
      columns: [
        number('Pclass', 1, 3),
        { kind: 'category', name: 'Sex', categories: ['female', 'male'], empty: 0 },
        number('Age', 21, 59, 8),
        number('Fare', 7.25, 46.25),
      ],
    },
  },
  'tiny.csv': {
    label: null,
    right: { ...plain, rows: 80, classes: classes(40, 'a', 'b'), columns: [number('x', -0.735, 1.556), number('y', -0.51, 1.756)] },
  },
};

interface FolderCase {
  readonly classes: Reading['classes'];
  /** What is left out, paths in the folder. */
  readonly leftOut: readonly { readonly what: 'file' | 'system file'; readonly why: string; readonly examples: readonly string[] }[];
}

const litter = 'an operating system left it there';

/** Folders of images, a subfolder a class, by name. */
export const folderCases: Readonly<Record<string, FolderCase>> = {
  tail: { classes: classes(4, 'a', 'b'), leftOut: [] },
  restart: { classes: classes(4, 'a', 'b'), leftOut: [] },
  padded: { classes: classes(4, 'a', 'b'), leftOut: [] },
  mac: {
    classes: classes(8, 'cats', 'dogs'),
    leftOut: [{ what: 'system file', why: litter, examples: ['__MACOSX', 'cats/thumbs.db'] }],
  },
  bad: {
    classes: classes(8, 'cats', 'dogs'),
    leftOut: [
      { what: 'file', why: 'broken', examples: ['cats/cut.png', 'cats/webp.jpg'] },
      { what: 'file', why: 'empty', examples: ['dogs/empty.png'] },
    ],
  },
};
