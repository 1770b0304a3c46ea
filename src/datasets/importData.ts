/** A person's own data on its whole way: read, packed, listed. */

import { entryOf, type CatalogueEntry } from '../data/catalogue.ts';
import type { CsvForm } from '../data/formats/csvForm.ts';
import { parseCsv, parseCsvLike } from '../data/formats/csv.ts';
import type { ReadRows } from '../data/formats/labelledRows.ts';
import type { Reading } from '../data/formats/reading.ts';
import type { TablePlan } from '../data/formats/tablePlan.ts';
import { updateCatalogue, writeDataset } from './dataFolder.ts';
import { readIdx } from './idxFiles.ts';
import { readImageFolder, type FolderForm } from './imageFolder.ts';
import { packOwn } from './ownDataset.ts';
import { dataRoot } from './paths.ts';
import { readWholeFile } from './wholeFile.ts';

/** Where rows are: IDX files of images and labels, a CSV file, or a folder with a subfolder of images a class. */
export type DataPlace =
  | { readonly kind: 'idx'; readonly images: string; readonly labels: string }
  | { readonly kind: 'csv'; readonly file: string; readonly form: CsvForm }
  | { readonly kind: 'folder'; readonly folder: string; readonly form: FolderForm };

export interface ImportRequest {
  readonly name: string;
  readonly train: DataPlace;
  /** Rows for testing, or the fraction of each class to take from the others. */
  readonly test: DataPlace | number;
}

/** What was packed, and what was understood of its sources. */
export interface Imported {
  readonly entry: CatalogueEntry;
  readonly train: Reading;
  /** Null where the rows for testing are of the others. */
  readonly test: Reading | null;
}

type SourcedRead = ReadRows & { readonly where: string; readonly plan?: TablePlan };

/** @param plan what the columns of a CSV file mean, if other rows have told it. */
async function read(place: DataPlace, plan?: TablePlan): Promise<SourcedRead> {
  switch (place.kind) {
    case 'csv': {
      const { file: where, form } = place;
      const bytes = await readWholeFile(where);
      return { ...(plan ? parseCsvLike(bytes, plan, form, where) : parseCsv(bytes, form, where)), where };
    }
    case 'folder':
      return { ...(await readImageFolder(place.folder, place.form)), where: place.folder };
    case 'idx':
      return { ...(await readIdx(place.images, place.labels)), where: place.images };
  }
}

/** Packs a person's own data, in place of what had the name before. @throws {DatasetError} saying what is wrong with it, and where. */
export async function importData({ name, train, test }: ImportRequest, root = dataRoot): Promise<Imported> {
  const forTraining = await read(train);
  const forTesting = typeof test === 'number' ? test : await read(test, forTraining.plan);
  const packed = packOwn(name, forTraining, forTesting);
  await writeDataset(root, packed);
  await updateCatalogue(root);
  return {
    entry: entryOf(name, packed.info),
    train: forTraining.reading,
    test: typeof forTesting === 'number' ? null : forTesting.reading,
  };
}
