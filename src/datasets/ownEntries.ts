/** A folder of several people's data on this machine, an entry each: a folder of images by class, one of two IDX files, or a CSV file. */

import { readdirSync, type Dirent } from 'node:fs';
import { join } from 'node:path';
import { DatasetError } from '../data/dataset.ts';
import { parseCsv } from '../data/formats/csv.ts';
import { openCsv, type CsvForm, type TableText } from '../data/formats/csvForm.ts';
import type { ImageForm } from '../data/formats/formedImage.ts';
import type { ReadRows } from '../data/formats/labelledRows.ts';
import { isLitter } from '../data/formats/litter.ts';
import type { Task } from '../settings/task.ts';
import { imageTask, tableColumns, tableTask, unnamedColumns } from '../task/makeTask.ts';
import { ownRowsOf, readTable } from '../task/match.ts';
import type { OwnRows } from '../task/ownRows.ts';
import { readImageFolder, type FolderForm } from './imageFolder.ts';
import { readIdx } from './idxFiles.ts';
import { readWholeFile } from './wholeFile.ts';

/** How entries of each kind are read. */
export interface EntryForm {
  readonly csv: CsvForm;
  readonly images: FolderForm;
}

/** Where a client's own data are. */
export type Entry =
  | { readonly kind: 'folder' | 'csv'; readonly path: string }
  /** Rows, and their labels. */
  | { readonly kind: 'idx'; readonly path: string; readonly rows: string; readonly labels: string };

const kindNames = { folder: 'a folder of classes', csv: 'a file', idx: 'a folder of IDX files' } as const satisfies Record<
  Entry['kind'],
  string
>;

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

/** Two files and no folder, of which one is called labels, are IDX files: images lie in a folder for each class. */
function folderEntry(path: string): Entry {
  const inside = childrenOf(path).filter(({ name }) => !isLitter(name));
  const labels = inside.find(({ name }) => /label/i.test(name));
  const rows = inside.find((child) => child !== labels);
  if (inside.length !== 2 || !labels || !rows || inside.some((child) => child.isDirectory())) return { kind: 'folder', path };
  return { kind: 'idx', path, rows: join(path, rows.name), labels: join(path, labels.name) };
}

/**
 * The entries of a folder, in the order of their names; what operating systems leave there is none.
 * @throws {DatasetError} when there are fewer than two, or they are of different kinds.
 */
export function entriesOf(folder: string): readonly Entry[] {
  const own = childrenOf(folder).filter(({ name }) => !isLitter(name));
  const entries = own
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map((child): Entry => {
      const path = join(folder, child.name);
      return child.isDirectory() ? folderEntry(path) : { kind: 'csv', path };
    });
  if (entries.length < 2) {
    throw new DatasetError(
      `${folder} has ${entries.length === 1 ? 'one entry' : 'no entries'}; give it two or more, a folder of classes, a CSV file or a folder of IDX files for each client.`,
    );
  }
  const odd = entries.find(({ kind }) => kind !== entries[0]!.kind);
  if (odd) {
    throw new DatasetError(
      `${odd.path} is ${kindNames[odd.kind]} and ${entries[0]!.path} is ${kindNames[entries[0]!.kind]}; give folders of classes alone, or ` +
        'CSV files alone, or folders of two IDX files alone.',
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

async function imagesOf(read: readonly Promise<Sourced>[], { size, channels }: ImageForm): Promise<OwnFederation> {
  const all = await Promise.all(read);
  return federationOf(imageTask({ ...size, channels }, labelsOf(all)), all);
}

async function idxOf(entries: readonly Extract<Entry, { kind: 'idx' }>[]): Promise<OwnFederation> {
  const all = await Promise.all(entries.map(async ({ path, rows, labels }) => ({ ...(await readIdx(rows, labels)), where: path })));
  const { kind, width, height } = all[0]!.rows;
  if (kind === 'images') return federationOf(imageTask({ width, height, channels: 1 }, labelsOf(all)), all);
  return federationOf(tableTask(unnamedColumns(width), labelsOf(all)), all);
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
  const pairs = entries.filter((entry) => entry.kind === 'idx');
  if (pairs.length > 0) return idxOf(pairs);
  if (entries[0]?.kind === 'folder') {
    const folders = entries.map(async ({ path }) => ({ ...(await readImageFolder(path, form.images)), where: path }));
    return imagesOf(folders, form.images);
  }
  const files = await Promise.all(entries.map(async ({ path }) => ({ path, bytes: await readWholeFile(path) })));
  const { image } = form.csv;
  if (!image)
    return tablesOf(
      files.map(({ path, bytes }) => openCsv(bytes, form.csv, path)),
      form.csv,
    );
  const pixels = files.map(async ({ path, bytes }): Promise<Sourced> => ({ ...parseCsv(bytes, form.csv, path), where: path }));
  return imagesOf(pixels, { size: image, channels: 1 });
}
