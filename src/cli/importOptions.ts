/** The options of `prepare-data`: none for the built-in datasets, or whose data to pack under which name. */

import * as v from 'valibot';
import { MAX_ROW_VALUES, rowWidth } from '../data/dataset.ts';
import { isEncoding } from '../data/formats/text.ts';
import type { Size } from '../data/formats/formedImage.ts';
import { settingsSchema } from '../settings/settings.ts';
import { builtInNames } from '../datasets/builtIn.ts';
import type { DataPlace, ImportRequest } from '../datasets/importData.ts';
import type { EntryForm } from '../datasets/ownEntries.ts';
import { numberText, option, parseOptions, refuse, toggle, UsageError } from './commandLine.ts';

const DEFAULT_SIZE: Size = { width: 28, height: 28 };
const DEFAULT_FRACTION = 0.15;

export const path = v.pipe(v.string(), v.minLength(1, 'a name'));

const SIZE_SHAPE = `width x height such as 28x28, at most ${MAX_ROW_VALUES} pixels`;

const sizeText = v.pipe(
  v.string(),
  v.regex(/^[1-9]\d{0,4}x[1-9]\d{0,4}$/, SIZE_SHAPE),
  v.transform((text): Size => {
    const [width = 0, height = 0] = text.split('x').map(Number);
    return { width, height };
  }),
  v.check((size) => rowWidth(size) <= MAX_ROW_VALUES, SIZE_SHAPE),
);

const listText = v.pipe(
  v.string(),
  v.transform((text) => text.split(',').map((name) => name.trim())),
);

/** How a person means the rows of a CSV file. */
const tableOptions = {
  labelColumn: option('COLUMN', "the label's column, by name or number from 1 (default the likeliest)", path),
  leaveOut: option('COLUMNS', 'columns of the CSV file not to learn from, e.g. id,date', listText),
  categories: option('COLUMNS', 'columns of the CSV file whose values are names, also where they look like numbers', listText),
  names: option(
    'YES|NO',
    'if the first line of the CSV file names the columns (default: as it looks)',
    v.pipe(
      v.picklist(['yes', 'no']),
      v.transform((word) => word === 'yes'),
    ),
  ),
  empty: option(
    'WHAT',
    'empty cells of the CSV file: impute (default), skip their rows, or refuse',
    v.picklist(['impute', 'skip', 'refuse']),
  ),
  encoding: option(
    'NAME',
    'what the CSV file is written in, e.g. windows-1251 (default: as it looks)',
    v.pipe(v.string(), v.check(isEncoding, 'an encoding such as utf-8 or windows-1252')),
  ),
};

/** And images. */
const imageOptions = {
  skipBroken: toggle('go on without images that cannot be read'),
  size: option('WxH', 'resize images to this (default 28x28), or take rows of a CSV file for such images', sizeText),
};

/** What is said of data wherever they are read: by `prepare-data`, and with `--data`. */
export const readerOptions = { ...tableOptions, ...imageOptions };

export type GivenForm = v.InferOutput<v.StrictObjectSchema<typeof readerOptions, undefined>>;

/** How entries are to be read. */
export function formsOf(given: GivenForm & { readonly colour?: boolean | undefined }): EntryForm {
  const { labelColumn: label = null, leaveOut: leftOut = [], categories = [], names = null, empty = 'impute', encoding = null } = given;
  const { size, colour = false, skipBroken = false } = given;
  return {
    csv: { label, leftOut, categories, names, empty, encoding, image: size ?? null },
    images: { size: size ?? DEFAULT_SIZE, channels: colour ? 3 : 1, skipBroken },
  };
}

const command = {
  call: 'npm run prepare-data',
  summary: 'Packs datasets for the page and the simulator: the built-in ones, or with --name one of your own.',
  options: v.strictObject({
    name: option('NAME', 'what to call it: small letters, digits and dashes', settingsSchema.entries.dataset),
    csv: option('FILE', 'rows of numbers, words and a label', path),
    ...tableOptions,
    images: option('FOLDER', 'PNG, JPEG, WebP, GIF and AVIF images, a subfolder a class', path),
    ...imageOptions,
    idxImages: option('FILE', 'images or rows in IDX form, packed by gzip or not', path),
    idxLabels: option('FILE', 'their labels', path),
    testCsv: option('FILE', 'rows for testing, as the other options', path),
    testImages: option('FOLDER', 'images for testing', path),
    testIdxImages: option('FILE', 'images or rows for testing', path),
    testIdxLabels: option('FILE', 'their labels', path),
    testFraction: option(
      'F',
      `without data for testing: the part of each class to take (default ${DEFAULT_FRACTION})`,
      v.pipe(numberText, v.number(), v.minValue(0.01), v.maxValue(0.9)),
    ),
  }),
  notes: [
    '',
    'Files may be packed by gzip. Everyone who can open the page can fetch the data that it serves.',
    'To remove a dataset delete its folder in public/data.',
  ],
};

type Given = v.InferOutput<typeof command.options>;

/** The place that an option of each format names, `test` or not; null without any. */
function placeOf(
  { images, csv, idxImages, idxLabels }: { [K in 'images' | 'csv' | 'idxImages' | 'idxLabels']: string | undefined },
  given: Given,
): DataPlace | null {
  const form = formsOf(given);
  if (csv !== undefined) return { kind: 'csv', file: csv, form: form.csv };
  if (images !== undefined) return { kind: 'folder', folder: images, form: form.images };
  if (idxImages === undefined && idxLabels === undefined) return null;
  if (idxImages === undefined || idxLabels === undefined) {
    throw new UsageError(
      'IDX data is two files; give images and labels, --idx-images with --idx-labels, --test-idx-images with --test-idx-labels.',
    );
  }
  return { kind: 'idx', images: idxImages, labels: idxLabels };
}

export const csvOnly = ['labelColumn', 'leaveOut', 'categories', 'names', 'empty', 'encoding'] as const;

/** What each format leaves no meaning. */
const foreign = {
  csv: ['images', 'idxImages', 'idxLabels', 'testImages', 'testIdxImages', 'testIdxLabels', 'skipBroken'],
  folder: ['csv', 'idxImages', 'idxLabels', 'testCsv', 'testIdxImages', 'testIdxLabels', ...csvOnly],
  idx: ['csv', 'images', 'testCsv', 'testImages', 'size', 'skipBroken', ...csvOnly],
} as const satisfies Record<DataPlace['kind'], readonly (keyof Given)[]>;

const flags = { csv: '--csv', folder: '--images', idx: '--idx-images' } as const;

/** @returns null when nothing is asked for but the built-in datasets. @throws {UsageError} @throws {HelpRequest} */
export function parseImport(argv: readonly string[]): ImportRequest | null {
  const given = parseOptions(command, argv);
  if (Object.values(given).every((value) => value === undefined)) return null;
  const { name, csv, images, idxImages, idxLabels, testFraction } = given;
  if (name === undefined) throw new UsageError('The dataset needs a name; add one, e.g. --name my-data.');
  if (builtInNames.some((builtIn) => builtIn === name)) throw new UsageError(`--name ${name} is a built-in dataset; choose another name.`);
  const train = placeOf({ csv, images, idxImages, idxLabels }, given);
  if (!train) throw new UsageError('There is no data to pack; add --csv FILE, --images FOLDER, or --idx-images FILE --idx-labels FILE.');
  refuse(given, foreign[train.kind], flags[train.kind]);
  const test = placeOf(
    { csv: given.testCsv, images: given.testImages, idxImages: given.testIdxImages, idxLabels: given.testIdxLabels },
    given,
  );
  if (test) refuse(given, ['testFraction'], 'data for testing');
  return { name, train, test: test ?? testFraction ?? DEFAULT_FRACTION };
}
