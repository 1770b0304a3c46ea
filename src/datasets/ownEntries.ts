/** A folder of several people's data on this machine, an entry each: a folder of images by class, or a CSV file. */

import { readdirSync, type Dirent } from 'node:fs';
import { join } from 'node:path';
import { DatasetError } from '../data/dataset.ts';
import { parseCsv } from '../data/formats/csv.ts';
import { openCsv, type CsvForm, type TableText } from '../data/formats/csvForm.ts';
import type { ReadRows, Size } from '../data/formats/labelledRows.ts';
import { isLitter } from '../data/formats/litter.ts';
import type { Task } from '../settings/task.ts';
import { imageTask, tableColumns, tableTask } from '../task/makeTask.ts';
import { ownRowsOf, readTable } from '../task/match.ts';
import type { OwnRows } from '../task/ownRows.ts';
import { readImageFolder, type FolderForm } from './imageFolder.ts';
import { readWholeFile } from './wholeFile.ts';

/** How entries of each kind are read. */
export interface EntryForm {
  readonly csv: CsvForm;
  readonly images: FolderForm;
}

/** Where a client's own data are. */
export interface Entry {
  readonly kind: 'folder' | 'csv';
  readonly path: string;
}

/** A task, and what each client brings to it. */
export interface OwnFederation {
  readonly task: Task;
  /** By the clients' numbers. */
  readonly own: readonly OwnRows[];
  /** What was understood of each entry. */
  readonly readings: readonly { readonly from: string; readonly reading: ReadRows['reading'] }[];
}

function childrenOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    throw new DatasetError(`${folder} is not a folder that can be read; check its name.`, { cause: error });
  }
}

/**
 * The entries of a folder, in the order of their names; what operating systems leave there is none.
 * @throws {DatasetError} when there are fewer than two, or they are of different kinds.
 */
export function entriesOf(folder: string): readonly Entry[] {
  const own = childrenOf(folder).filter(({ name }) => !isLitter(name));
  const entries = own
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map((child): Entry => ({ kind: child.isDirectory() ? 'folder' : 'csv', path: join(folder, child.name) }));
  if (entries.length < 2) {
    throw new DatasetError(
      `${folder} has ${entries.length === 1 ? 'one entry' : 'no entries'}; give it two or more, a folder of classes or a CSV file for each client.`,
    );
  }
  const odd = entries.find(({ kind }) => kind !== entries[0]!.kind);
  if (odd) {
    throw new DatasetError(
      `${odd.path} is a ${odd.kind === 'csv' ? 'file' : 'folder'} and ${entries[0]!.path} is not; give folders of classes alone, or CSV files alone.`,
    );
  }
  return entries;
}

interface Sourced extends ReadRows {
  readonly where: string;
}

function federationOf(task: Task, read: readonly Sourced[]): OwnFederation {
  return {
    task,
    own: read.map(({ rows, where }) => ownRowsOf(task, rows, where)),
    readings: read.map(({ reading, where }) => ({ from: where, reading })),
  };
}

const labelsOf = (read: readonly Sourced[]) => read.map(({ rows }) => rows.labels);

async function imagesOf(read: readonly Promise<Sourced>[], { width, height }: Size): Promise<OwnFederation> {
  const all = await Promise.all(read);
  return federationOf(imageTask({ width, height, channels: 1 }, labelsOf(all)), all);
}

async function tablesOf(texts: readonly TableText[], form: CsvForm): Promise<OwnFederation> {
  const columns = tableColumns(texts, form);
  const all = texts.map((text): Sourced => ({ ...readTable(text, columns), where: text.where }));
  return federationOf(tableTask(columns, labelsOf(all)), all);
}

/**
 * Reads every entry, and makes the task that they have together: classes and columns go by name.
 * @throws {DatasetError} @throws {TaskError} saying which entry does not fit, and what to do.
 */
export async function readEntries(entries: readonly Entry[], form: EntryForm): Promise<OwnFederation> {
  if (entries[0]?.kind === 'folder') {
    const folders = entries.map(async ({ path }) => ({ ...(await readImageFolder(path, form.images)), where: path }));
    return imagesOf(folders, form.images.size);
  }
  const files = await Promise.all(entries.map(async ({ path }) => ({ path, bytes: await readWholeFile(path) })));
  const { image } = form.csv;
  if (!image)
    return tablesOf(
      files.map(({ path, bytes }) => openCsv(bytes, form.csv, path)),
      form.csv,
    );
  const pixels = files.map(async ({ path, bytes }): Promise<Sourced> => ({ ...parseCsv(bytes, form.csv, path), where: path }));
  return imagesOf(pixels, image);
}
