/** What datasets a place has, in its file `catalogue.json`: enough to choose between them. */

import * as v from 'valibot';
import { count } from '../settings/bounds.ts';
import { settingsSchema } from '../settings/settings.ts';
import { DatasetError, digestSchema, MAX_CLASSES, MAX_ROW_VALUES, MAX_ROWS, trainRowCount, type DatasetInfo } from './dataset.ts';

/** Where a server lists its datasets, beside them. */
export const CATALOGUE_FILE = 'catalogue.json';

const entrySchema = v.strictObject({
  name: settingsSchema.entries.dataset,
  kind: v.picklist(['images', 'table']),
  /** Image size, pixels; of a table the columns, and 1. */
  width: count(1, MAX_ROW_VALUES),
  height: count(1, MAX_ROW_VALUES),
  classes: count(2, MAX_CLASSES),
  trainSamples: count(0, MAX_ROWS),
  testSamples: count(0, MAX_ROWS),
  /** As in its description. */
  digest: v.exactOptional(digestSchema),
});

const catalogueSchema = v.pipe(v.array(entrySchema), v.maxLength(1000));

/** What a page knows of a dataset before it fetches it. */
export type CatalogueEntry = v.InferOutput<typeof entrySchema>;

/** The entry of the dataset that lies in the folder `name`. */
export function entryOf(name: string, info: DatasetInfo): CatalogueEntry {
  const { kind, width, height, classNames, testCount, digest } = info;
  return { name, kind, width, height, classes: classNames.length, trainSamples: trainRowCount(info), testSamples: testCount, digest };
}

/** Reads the text of a catalogue. @throws {DatasetError} when it is not that. */
export function parseCatalogue(text: string, where: string): readonly CatalogueEntry[] {
  try {
    return v.parse(catalogueSchema, JSON.parse(text));
  } catch (error) {
    throw new DatasetError(`${where} does not list datasets; run \`npm start\`, which does.`, { cause: error });
  }
}
