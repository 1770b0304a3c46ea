/** A folder of images on this machine, a subfolder a class. */

import { readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { DatasetError, MAX_FILE_BYTES, rowWidth } from '../data/dataset.ts';
import { sortByClass, type PlacedFile } from '../data/formats/classFolders.ts';
import type { ColourImage, ImageForm } from '../data/formats/formedImage.ts';
import { ImageError } from '../data/formats/image.ts';
import type { ReadRows } from '../data/formats/labelledRows.ts';
import { isLitter } from '../data/formats/litter.ts';
import { MAX_IMAGE_BYTES, readImages } from '../data/formats/readImages.ts';
import { classCounts, LeftOutList } from '../data/formats/reading.ts';
import { decodeImage } from './decodeImage.ts';
import { readWholeFile } from './wholeFile.ts';

/** Images that cannot be read are named one by one up to here. */
const MAX_NAMED = 20;

export interface FolderForm extends ImageForm {
  /** If images that cannot be read are left out; else they are refused, all of them at once. */
  readonly skipBroken: boolean;
}

/** What lies in a folder, by paths with slashes: a folder of an operating system as one, and folders without anything. */
async function pathsIn(folder: string, within = ''): Promise<{ files: PlacedFile[]; empty: string[] }> {
  const here = join(folder, within);
  const entries = await readdir(here, { withFileTypes: true }).catch((error: unknown) => {
    throw new DatasetError(`${here} is not a folder that can be read; check its name.`, { cause: error });
  });
  const found: { files: PlacedFile[]; empty: string[] } = { files: [], empty: [] };
  for (const entry of entries) {
    const path = within === '' ? entry.name : `${within}/${entry.name}`;
    if (!entry.isDirectory() || isLitter(entry.name)) {
      found.files.push({ path });
      continue;
    }
    const inner = await pathsIn(folder, path);
    found.files.push(...inner.files);
    found.empty.push(...inner.empty);
    if (inner.files.every(({ path: file }) => isLitter(file.slice(path.length + 1)))) found.empty.push(path);
  }
  return found;
}

/** The images of a folder and what systems left there. @throws {DatasetError} at anything that has no class, or a class that has nothing. */
async function imagesIn(folder: string) {
  const { files, empty } = await pathsIn(folder);
  const { images, beside, inside, litter } = sortByClass(files);
  const [stray] = beside;
  if (stray) throw new DatasetError(`${join(folder, stray.path)} lies beside the classes' folders; move it into one of them, or away.`);
  const [deep] = [...inside.map(({ path }) => dirname(path)), ...empty.filter((path) => path.includes('/'))];
  if (deep !== undefined) {
    throw new DatasetError(`${join(folder, deep)} is a folder inside a class; move its images up, or it away.`);
  }
  const [hollow] = empty;
  if (hollow !== undefined) throw new DatasetError(`${join(folder, hollow)} is an empty class; put images in, or delete it.`);
  return { images: images.map(({ file, label }) => ({ path: join(folder, file.path), label })), litter };
}

/** @throws {ImageError} also where the file cannot be opened. */
async function decodeFile({ path }: { readonly path: string }): Promise<ColourImage> {
  const bytes = await readWholeFile(path, MAX_IMAGE_BYTES).catch((error: unknown) => {
    // Its sentence begins with the name, which stands before the reason already.
    if (error instanceof DatasetError) throw new ImageError(error.message.slice(path.length).split(';', 1)[0]!.trim(), { cause: error });
    throw error;
  });
  return decodeImage(bytes);
}

function refusalOf(broken: readonly { path: string; why: string }[], total: number): DatasetError {
  const named = broken.slice(0, MAX_NAMED).map(({ path, why }) => `${path} (${why})`);
  const more = broken.length > MAX_NAMED ? ` and ${broken.length - MAX_NAMED} more` : '';
  return new DatasetError(
    `${broken.length} of ${total} images cannot be read: ${named.join(', ')}${more}; save them again or move them away, or go on without ` +
      'them with --skip-broken.',
  );
}

/**
 * Reads a folder's images by the names of its subfolders. Every image becomes of one size, and grey or of three colours.
 * @throws {DatasetError} at anything that is no image, so that none is left out unseen.
 */
export async function readImageFolder(folder: string, { size, channels, skipBroken }: FolderForm): Promise<ReadRows> {
  const leftOut = new LeftOutList();
  const { images: files, litter } = await imagesIn(folder);
  for (const path of litter) leftOut.add('system file', join(folder, path), 'an operating system left it there');
  const width = rowWidth(size) * channels;
  if (files.length * width > MAX_FILE_BYTES) {
    throw new DatasetError(`${folder} has ${files.length} images, too many of this size to fit into memory; choose a smaller --size.`);
  }
  const values = new Uint8Array(files.length * width);
  const problems = new Map<number, string>();
  await readImages(files, decodeFile, { size, channels }, (_, outcome, i) => {
    if (outcome.kind === 'image') values.set(outcome.values, i * width);
    else problems.set(i, outcome.why);
  });
  const broken = files.flatMap(({ path }, i) => (problems.has(i) ? [{ path, why: problems.get(i)! }] : []));
  if (broken.length > 0 && !skipBroken) throw refusalOf(broken, files.length);
  for (const { path, why } of broken) leftOut.add('file', path, why);
  const whole = [...files.keys()].filter((i) => !problems.has(i));
  whole.forEach((from, to) => values.copyWithin(to * width, from * width, (from + 1) * width));
  const labels = whole.map((i) => files[i]!.label);
  const lost = files.find(({ label }) => broken.length > 0 && !labels.includes(label));
  if (lost) throw new DatasetError(`${join(folder, lost.label)} has no image that can be read; put some in, or delete it.`);
  return {
    rows: { kind: 'images', ...size, values: values.subarray(0, whole.length * width), labels },
    reading: {
      kind: 'images',
      rows: labels.length,
      classes: classCounts(labels),
      columns: [],
      dialect: null,
      leftOut: leftOut.all(),
      notes: [],
    },
  };
}
