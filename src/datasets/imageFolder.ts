import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { DatasetError, rowWidth } from '../data/dataset.ts';
import { readGreyImage } from './greyImage.ts';
import type { LabelledRows, Size } from '../data/formats/labelledRows.ts';
import { MAX_FILE_BYTES, readWholeFile } from './wholeFile.ts';

const MAX_IMAGE_BYTES = 2 ** 26;

/** What operating systems leave in folders. */
const isLitter = (name: string) => name.startsWith('.') || name === 'Thumbs.db' || name === 'desktop.ini';

async function entriesOf(folder: string) {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
    throw new DatasetError(`${folder} is not a folder that can be read; check its name.`, { cause: error });
  });
  return entries.filter(({ name }) => !isLitter(name)).sort((a, b) => (a.name < b.name ? -1 : 1));
}

/**
 * A folder of images, a subfolder a class, called as the class. Every image becomes grey and of one size.
 * @throws {DatasetError} also at anything that is no image, so that none is left out unseen.
 */
export async function readImageFolder(folder: string, size: Size): Promise<LabelledRows> {
  const paths: { path: string; label: string }[] = [];
  for (const entry of await entriesOf(folder)) {
    const within = join(folder, entry.name);
    if (!entry.isDirectory()) throw new DatasetError(`${within} lies beside the classes' folders; move it into one of them, or away.`);
    const images = await entriesOf(within);
    if (images.length === 0) throw new DatasetError(`${within} is an empty class; put images in, or delete it.`);
    for (const inner of images) {
      const path = join(within, inner.name);
      if (inner.isDirectory()) throw new DatasetError(`${path} is a folder inside a class; move its images up, or it away.`);
      paths.push({ path, label: entry.name });
    }
  }
  const width = rowWidth(size);
  if (paths.length * width > MAX_FILE_BYTES) {
    throw new DatasetError(`${folder} has ${paths.length} images, too many of this size to fit into memory; choose a smaller --size.`);
  }
  const values = new Uint8Array(paths.length * width);
  for (const [i, { path }] of paths.entries()) {
    values.set(readGreyImage(await readWholeFile(path, MAX_IMAGE_BYTES), size, path), i * width);
  }
  return { kind: 'images', ...size, values, labels: paths.map(({ label }) => label) };
}
