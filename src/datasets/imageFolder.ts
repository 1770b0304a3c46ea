/** A folder of images on this machine, a subfolder a class. */

import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { DatasetError, MAX_FILE_BYTES, rowWidth } from '../data/dataset.ts';
import { greyImage } from '../data/formats/image.ts';
import type { ReadRows, Size } from '../data/formats/labelledRows.ts';
import { isLitter } from '../data/formats/litter.ts';
import { classCounts, LeftOutList } from '../data/formats/reading.ts';
import { decodeImage, ImageError } from './decodeImage.ts';
import { readWholeFile } from './wholeFile.ts';

const MAX_IMAGE_BYTES = 2 ** 26;

/** Images that are decoded at a time; none has more than MAX_PIXELS pixels of 4 bytes. */
const PARALLEL = 4;

/** Images that cannot be read are named one by one up to here. */
const MAX_NAMED = 20;

export interface FolderForm {
  readonly size: Size;
  /** If images that cannot be read are left out; else they are refused, all of them at once. */
  readonly skipBroken: boolean;
}

interface ImageFile {
  readonly path: string;
  readonly label: string;
}

async function entriesOf(folder: string, leftOut: LeftOutList) {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
    throw new DatasetError(`${folder} is not a folder that can be read; check its name.`, { cause: error });
  });
  const own = entries.filter(({ name }) => {
    if (isLitter(name)) leftOut.add('system file', join(folder, name), 'an operating system left it there');
    return !isLitter(name);
  });
  return own.sort((a, b) => (a.name < b.name ? -1 : 1));
}

async function filesOf(folder: string, leftOut: LeftOutList): Promise<ImageFile[]> {
  const files: ImageFile[] = [];
  for (const entry of await entriesOf(folder, leftOut)) {
    const within = join(folder, entry.name);
    if (!entry.isDirectory()) throw new DatasetError(`${within} lies beside the classes' folders; move it into one of them, or away.`);
    const images = await entriesOf(within, leftOut);
    if (images.length === 0) throw new DatasetError(`${within} is an empty class; put images in, or delete it.`);
    for (const inner of images) {
      const path = join(within, inner.name);
      if (inner.isDirectory()) throw new DatasetError(`${path} is a folder inside a class; move its images up, or it away.`);
      files.push({ path, label: entry.name.normalize('NFC') });
    }
  }
  return files;
}

/** The grey bytes of a file, or why it has none. */
async function readImage(path: string, size: Size): Promise<Uint8Array | string> {
  try {
    return greyImage(await decodeImage(await readWholeFile(path, MAX_IMAGE_BYTES)), size);
  } catch (error) {
    if (error instanceof ImageError) return error.message;
    // Its sentence begins with the name, which stands before the reason already.
    if (error instanceof DatasetError) return error.message.slice(path.length).split(';', 1)[0]!.trim();
    throw error;
  }
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
 * Reads a folder's images by the names of its subfolders. Every image becomes grey and of one size.
 * @throws {DatasetError} at anything that is no image, so that none is left out unseen.
 */
export async function readImageFolder(folder: string, { size, skipBroken }: FolderForm): Promise<ReadRows> {
  const leftOut = new LeftOutList();
  const files = await filesOf(folder, leftOut);
  const width = rowWidth(size);
  if (files.length * width > MAX_FILE_BYTES) {
    throw new DatasetError(`${folder} has ${files.length} images, too many of this size to fit into memory; choose a smaller --size.`);
  }
  const values = new Uint8Array(files.length * width);
  const problems = new Map<number, string>();
  const queue = files.entries();
  const readInTurn = async () => {
    for (const [i, { path }] of queue) {
      const read = await readImage(path, size);
      if (typeof read === 'string') problems.set(i, read);
      else values.set(read, i * width);
    }
  };
  await Promise.all(Array.from({ length: PARALLEL }, readInTurn));
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
