/** What is kept in this browser as a room understands it: the task that it makes, and its rows for a task. */

import { DatasetError } from '../data/dataset.ts';
import { openCsv, type CsvForm } from '../data/formats/csvForm.ts';
import { labelledIdx } from '../data/formats/idx.ts';
import type { LabelledRows } from '../data/formats/labelledRows.ts';
import type { TableTask, Task } from '../settings/task.ts';
import { columnsIn, rowsTaken, type Accepted } from '../task/fit.ts';
import { imageTask, tableColumns, tableTask, unnamedColumns } from '../task/makeTask.ts';
import { ownRowsOf, readTable } from '../task/match.ts';
import type { OwnRows } from '../task/ownRows.ts';
import { wholeFile } from './files.ts';
import type { GivenFile, OwnImages } from './ownData.ts';
import type { Own, OwnStore } from './ownStore.ts';

/** @throws {DatasetError} where nothing is. */
async function keptIn(store: OwnStore): Promise<Own> {
  const own = await store.kept();
  if (!own) throw new DatasetError('Nothing of your own is kept in this browser; give it files.');
  return own;
}

const textOf = async (file: GivenFile, form: CsvForm) => openCsv(await wholeFile(file), form, file.path);

/** @param others names of classes that only others have. @throws {TaskError} where it makes no task, saying why. */
export async function taskOf(store: OwnStore, others: readonly string[]): Promise<Task> {
  const { data, sources } = await keptIn(store);
  const labels = [data.reading.classes.map(({ name }) => name), others];
  if (data.kind === 'images') return imageTask({ ...data.form.size, channels: data.form.channels }, labels);
  if (data.form) return tableTask(tableColumns([await textOf(sources[0]!, data.form)], data.form), labels);
  return tableTask(unnamedColumns(data.titles.length), labels);
}

async function imageRows({ form: { size } }: OwnImages, store: OwnStore): Promise<LabelledRows> {
  const images = await store.images();
  const stride = images[0]?.values.length ?? 0;
  const values = new Uint8Array(images.length * stride);
  images.forEach((image, i) => values.set(image.values, i * stride));
  return { kind: 'images', ...size, values, labels: images.map(({ label }) => label) };
}

async function rowsOf({ data, sources }: Own, task: Task, accepted: Accepted, store: OwnStore): Promise<LabelledRows> {
  if (data.kind === 'images' && data.from === 'files') return imageRows(data, store);
  const [first, second] = sources;
  if (data.kind === 'table' && data.form && task.kind === 'table') return tableRows(first!, data.form, task, data.titles, accepted);
  const named = async (file: GivenFile) => ({ bytes: await wholeFile(file), where: file.path });
  return labelledIdx(await named(first!), await named(second!)).rows;
}

async function tableRows(file: GivenFile, form: CsvForm, task: TableTask, titles: readonly string[], accepted: Accepted) {
  return readTable(await textOf(file, form), columnsIn(task, form.label ?? task.label, titles, accepted)).rows;
}

/**
 * The rows of the task's classes.
 * @throws {TaskError} @throws {DatasetError} saying what does not fit, where, and what to do.
 */
export async function takenRows(store: OwnStore, task: Task, accepted: Accepted): Promise<OwnRows> {
  const own = await keptIn(store);
  const rows = rowsTaken(await rowsOf(own, task, accepted, store), task, accepted);
  return ownRowsOf(task, rows, own.data.kind === 'table' ? own.data.name : 'What you gave');
}
