/** Reads what a person gives into this browser's store, telling how far it is. */

import { DatasetError, MAX_CLASSES, UnclearDataError } from '../data/dataset.ts';
import { parseCsv } from '../data/formats/csv.ts';
import { openCsv, type CsvForm } from '../data/formats/csvForm.ts';
import { forEachRecord } from '../data/formats/csvRecords.ts';
import type { ClassFolders } from '../data/formats/classFolders.ts';
import { labelledIdx } from '../data/formats/idx.ts';
import type { LabelledRows } from '../data/formats/labelledRows.ts';
import { LeftOutList, type Reading } from '../data/formats/reading.ts';
import { unnamedColumn } from '../data/formats/tablePlan.ts';
import { formFor } from '../task/fit.ts';
import { wholeFile } from './files.ts';
import type { FromReader, GivenFile, OwnData, OwnForm, Preview, Refusal } from './ownData.ts';
import type { OwnStore } from './ownStore.ts';
import { inClass, readImageFiles } from './readOwnImages.ts';
import { sourceOf, type Source } from './sources.ts';

export type Tell = (message: FromReader) => void;

/** A table that cannot be read as it is meant. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError';

  constructor(readonly refusal: Refusal) {
    super(refusal.message);
  }
}

/** What the columns of a table are called. */
function titlesOf(bytes: Uint8Array, { encoding, names }: Pick<CsvForm, 'encoding' | 'names'>): readonly string[] {
  const { utf8, delimiter } = openCsv(bytes, { encoding }, '');
  let first: readonly string[] = [];
  forEachRecord(utf8, delimiter, '', (fields) => (first = fields), 1);
  return first.map((name, i) => (names === false ? String(i + 1) : name || unnamedColumn(i)));
}

/** The same, or nothing of what is no table at all. */
function titlesIfAny(bytes: Uint8Array, form: CsvForm): readonly string[] {
  try {
    return titlesOf(bytes, form);
  } catch (error) {
    if (error instanceof DatasetError) return [];
    throw error;
  }
}

/** The error as what a person is told and asked of a table. */
function refusedTable(error: unknown, bytes: Uint8Array, form: CsvForm): unknown {
  if (!(error instanceof DatasetError)) return error;
  const titles = titlesIfAny(bytes, form);
  if (error instanceof UnclearDataError) return new RefusedError({ message: error.problem, saying: error.saying, titles });
  return new RefusedError({ message: error.message, saying: null, titles });
}

/** More classes than that are none: measurements, or names. @throws {DatasetError} */
function checkClasses({ classes }: Reading, label: string): void {
  if (classes.length <= MAX_CLASSES) return;
  throw new DatasetError(
    `The column ${label} has ${classes.length} different values, and ${MAX_CLASSES} classes are the most; choose another column as the class.`,
  );
}

async function readTable(file: GivenFile, { table, task }: OwnForm, store: OwnStore, tell: Tell): Promise<OwnData> {
  const bytes = await wholeFile(file);
  const form = task?.kind === 'table' ? formFor(task, titlesIfAny(bytes, table), table) : table;
  // Two passes, or three where a column has words and numbers.
  const total = 3 * bytes.length;
  let before = 0;
  let last = 0;
  const watch = (at: number) => {
    if (at < last) before += bytes.length;
    last = at;
    tell({ type: 'progress', progress: { unit: 'bytes', done: Math.min(total, before + at), total }, data: null });
  };
  try {
    const { reading, plan } = parseCsv(bytes, form, file.path, watch);
    checkClasses(reading, `"${plan.label}"`);
    const titles = titlesOf(bytes, { encoding: form.encoding, names: plan.names });
    const data: OwnData = { kind: 'table', name: file.path, form: { ...form, label: plan.label, names: plan.names }, titles, reading };
    await store.replace({ data, stoppedAt: null }, [file]);
    return data;
  } catch (error) {
    throw refusedTable(error, bytes, form);
  }
}

/** Images of IDX files that are shown. */
const IDX_PREVIEWS = 24;

function previewsOf({ values, labels, width, height }: LabelledRows): Preview[] {
  if (!(values instanceof Uint8Array)) return [];
  const stride = width * height;
  return labels.slice(0, IDX_PREVIEWS).map((label, i) => ({ label, values: values.slice(i * stride, (i + 1) * stride) }));
}

async function readIdx({ images, labels, others }: Extract<Source, { kind: 'idx' }>, store: OwnStore): Promise<OwnData> {
  const { rows, reading: read } = labelledIdx(
    { bytes: await wholeFile(images), where: images.path },
    { bytes: await wholeFile(labels), where: labels.path },
  );
  checkClasses(read, `of ${labels.path}`);
  const leftOut = new LeftOutList();
  for (const { path } of others) leftOut.add('file', path, 'it does not belong to the rows for training; give it by itself');
  const reading = { ...read, leftOut: leftOut.all() };
  const size = { width: rows.width, height: rows.height };
  const data: OwnData =
    rows.kind === 'images'
      ? { kind: 'images', from: 'idx', form: { size, channels: 1 }, reading, previews: previewsOf(rows) }
      : { kind: 'table', name: images.path, form: null, titles: read.columns.map(({ name }) => name), reading };
  await store.replace({ data, stoppedAt: null }, [images, labels]);
  return data;
}

/**
 * Reads files, or the table that is kept in another way.
 * @returns what there is to tell at the end.
 * @throws {RefusedError} when a table cannot be read as it is meant.
 * @throws {DatasetError} when nothing can be read of them, saying why.
 */
export async function readOwn(files: readonly GivenFile[], form: OwnForm, store: OwnStore, tell: Tell): Promise<FromReader> {
  const source = await sourceOf(files.length > 0 ? files : ((await store.kept())?.sources ?? []));
  const images = async (folders: ClassFolders<GivenFile>) =>
    readImageFiles(folders, form.image, store, (progress, data) => tell({ type: 'progress', progress, data }));
  switch (source.kind) {
    case 'csv':
      return { type: 'read', data: await readTable(source.file, form, store, tell) };
    case 'idx':
      return { type: 'read', data: await readIdx(source, store) };
    case 'images':
      return { type: 'read', data: await images(source.folders) };
    case 'loose':
      if (form.looseClass === null) return { type: 'asked', images: source.files.length };
      return { type: 'read', data: await images(await inClass(source.files, form.looseClass, store)) };
  }
}
