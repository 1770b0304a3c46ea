/** The folder of packed datasets, a folder each, with the catalogue of them. */

import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { CATALOGUE_FILE, entryOf, type CatalogueEntry } from '../data/catalogue.ts';
import { parseInfo, rowBytes, trainRowCount } from '../data/dataset.ts';
import type { PackedDataset } from './pack.ts';
import { settingsSchema } from '../settings/settings.ts';

/** The dataset `name` under `root`, if it is there, whole and in the current format. */
async function findDataset(root: string, name: string): Promise<CatalogueEntry | null> {
  const folder = join(root, name);
  try {
    const info = parseInfo(await readFile(join(folder, 'meta.json'), 'utf8'), folder);
    const sizes = {
      'train.bin': trainRowCount(info) * rowBytes(info),
      'test.bin': info.testCount * rowBytes(info),
      'test-labels.bin': info.testCount,
    };
    const found = await Promise.all(Object.entries(sizes).map(async ([file, size]) => (await stat(join(folder, file))).size === size));
    return found.every(Boolean) ? entryOf(name, info) : null;
  } catch {
    return null;
  }
}

/** Every dataset under `root`, by name. */
export async function listDatasets(root: string): Promise<CatalogueEntry[]> {
  const names = await readdir(root).catch(() => []);
  const datasets = names.filter((name) => v.is(settingsSchema.entries.dataset, name)).sort();
  const found = await Promise.all(datasets.map((name) => findDataset(root, name)));
  return found.filter((entry) => entry !== null);
}

/** Writes beside the target and renames, so that a reader finds the old file or the new one, never a part. */
async function writeAtomically(path: string, content: Uint8Array | string): Promise<void> {
  const temporary = `${path}.${process.pid}.tmp`;
  await writeFile(temporary, content);
  await rename(temporary, path);
}

/** Writes a dataset into its folder, in place of what was there. */
export async function writeDataset(root: string, { info, files }: PackedDataset): Promise<void> {
  const folder = join(root, info.name);
  const description = join(folder, 'meta.json');
  await mkdir(folder, { recursive: true });
  await rm(description, { force: true });
  for (const [file, content] of Object.entries(files)) await writeAtomically(join(folder, file), content);
  // Last: it says that the others are there.
  await writeAtomically(description, `${JSON.stringify(info, null, 2)}\n`);
}

/** Lists what lies under `root` for those who cannot look: the page. Leaves a catalogue that is true as it is. */
export async function updateCatalogue(root: string): Promise<void> {
  const path = join(root, CATALOGUE_FILE);
  const text = `${JSON.stringify(await listDatasets(root), null, 2)}\n`;
  const known = await readFile(path, 'utf8').catch(() => null);
  if (known !== text) await writeAtomically(path, text);
}
