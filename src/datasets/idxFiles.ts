/** IDX files on this machine. */

import { labelledIdx } from '../data/formats/idx.ts';
import type { ReadRows } from '../data/formats/labelledRows.ts';
import { readWholeFile } from './wholeFile.ts';

/** Reads images or rows and their labels, packed by gzip or not. @throws {DatasetError} */
export async function readIdx(images: string, labels: string): Promise<ReadRows> {
  return labelledIdx({ bytes: await readWholeFile(images), where: images }, { bytes: await readWholeFile(labels), where: labels });
}
