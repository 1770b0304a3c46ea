/** The model of a finished run, as files on this machine; and back from them. */

import { readFile, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { LearnedModel } from '../client/learned.ts';
import { toSavedModel } from '../client/toSavedModel.ts';
import { emptyView, type ClientView } from '../client/view.ts';
import { parseTable } from '../data/columns.ts';
import type { DatasetInfo } from '../data/dataset.ts';
import { modelFiles, readModel } from '../export/modelFiles.ts';
import type { SavedModel, Task } from '../export/savedModel.ts';
import { taskOf } from '../export/taskOf.ts';
import { dataRoot } from '../datasets/paths.ts';
import { readWholeFile } from '../datasets/wholeFile.ts';

/** What a model of a dataset is given. @throws {ModelFileError} of a table that was packed before its columns were kept. */
export async function packedTask(info: DatasetInfo, root = dataRoot): Promise<Task> {
  if (info.kind === 'images') return taskOf(info, null);
  const path = join(root, info.name, 'columns.json');
  const text = await readFile(path, 'utf8').catch(() => null);
  return taskOf(info, text === null ? null : parseTable(text, path));
}

/** What a run has brought, and what is known of it. */
export interface Outcome {
  readonly model: LearnedModel | null;
  readonly views: readonly ClientView[];
  readonly versions: Readonly<Record<string, string>>;
}

/** The model with its card. @throws {ModelFileError} when no round has ended. */
export function savedModelOf({ model, views, versions }: Outcome, task: Task, classes: readonly string[]): SavedModel {
  const [first] = views;
  return toSavedModel(first ? model : null, { ...(first ?? emptyView), task, classes, versions });
}

/** Writes a model in the format that the path ends with. @throws {ModelFileError} */
export async function writeModel(model: SavedModel, path: string): Promise<void> {
  for (const { name, bytes } of modelFiles(model, basename(path))) await writeFile(join(dirname(path), name), bytes);
}

/** @throws {ModelFileError} when the file is none of this project's models. @throws {DatasetError} when it cannot be read. */
export async function openModel(path: string): Promise<SavedModel> {
  return readModel(await readWholeFile(path), path);
}
