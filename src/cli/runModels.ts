/** The models that `federation` and `simulate` start from and save. */

import { weightsDigest } from '../export/digest.ts';
import { misfitOf } from '../export/misfit.ts';
import type { SavedModel, Task } from '../export/savedModel.ts';
import { openModel, savedModelOf, writeModel, type Outcome } from '../runner/takeHome.ts';
import { UsageError } from './commandLine.ts';
import type { RunOptions } from './options.ts';
import { readData, type RunData } from './readData.ts';

/** A run that can begin. */
export interface ReadyRun extends RunData {
  /** What its model will be given; null where no model is asked about. */
  readonly task: Task | null;
  /** The weights that everyone starts from, by their digest, if any. */
  readonly models: ReadonlyMap<string, Float32Array>;
}

/** @throws {UsageError} when the data has other classes or inputs than the model. */
function checkFit({ card }: SavedModel, path: string, task: Task, { name, option, classNames }: RunData): void {
  const misfit = misfitOf(card, path, { task, classNames, name });
  if (misfit) throw new UsageError(`${misfit.why}; choose data of ${misfit.need} with ${option}.`);
}

/**
 * Checks what can be checked before anything runs.
 * @param clientsFlag the option that counts the clients, e.g. `--tabs`.
 * @throws {UsageError} saying what there is. @throws {DatasetError} @throws {TaskError} of own data that do not fit.
 * @throws {ModelFileError} of a model that cannot be read or will not be writable.
 */
export async function readyRun(options: RunOptions, clientsFlag: string): Promise<ReadyRun> {
  const { fromModel, saveModel } = options;
  const start = fromModel === null ? null : await openModel(fromModel);
  const digest = start ? weightsDigest(start.weights) : '';
  const { hidden, convolutions } = start?.card ?? options.settings;
  const settings = { ...options.settings, hidden, convolutions, initialModel: digest };
  const data = await readData({ ...options, settings }, clientsFlag);
  const task = start || saveModel !== null ? await data.inputs() : null;
  if (start && fromModel !== null && task) checkFit(start, fromModel, task, data);
  return { ...data, task, models: new Map(start ? [[digest, start.weights]] : []) };
}

/** Saves what a run has brought, if that was asked for. @throws {ModelFileError} */
export async function saveOutcome({ task, classNames }: ReadyRun, outcome: Outcome, path: string | null): Promise<void> {
  if (path !== null && task) await writeModel(savedModelOf(outcome, task, classNames), path);
}
