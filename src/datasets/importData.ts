import { entryOf, type CatalogueEntry } from '../data/catalogue.ts';
import { readCsv } from '../data/formats/csv.ts';
import { readIdx } from '../data/formats/idx.ts';
import { readImageFolder } from './imageFolder.ts';
import { packOwn, type SourcedRows } from './ownDataset.ts';
import { updateCatalogue, writeDataset } from './dataFolder.ts';
import type { DataPlace, ImportRequest } from '../cli/importOptions.ts';
import { dataRoot } from './paths.ts';

async function read(place: DataPlace): Promise<SourcedRows> {
  switch (place.kind) {
    case 'csv':
      return { rows: await readCsv(place.file, place.form), where: place.file };
    case 'folder':
      return { rows: await readImageFolder(place.folder, place.size), where: place.folder };
    case 'idx':
      return { rows: await readIdx(place.images, place.labels), where: place.images };
  }
}

/** Packs a person's own data, in place of what had the name before. @throws {DatasetError} saying what is wrong with it, and where. */
export async function importData({ name, train, test }: ImportRequest, root = dataRoot): Promise<CatalogueEntry> {
  const packed = packOwn(name, await read(train), typeof test === 'number' ? test : await read(test));
  await writeDataset(root, packed);
  await updateCatalogue(root);
  return entryOf(name, packed.info);
}
