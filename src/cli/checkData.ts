/** Whether a run's settings fit the packed data, before anything starts. */

import { join } from 'node:path';
import type { DatasetInfo } from '../data/dataset.ts';
import { fileSource } from '../datasets/fileSource.ts';
import { clientsThatFit, rowsToHold, shareSize } from '../data/partition.ts';
import { ModelError } from '../model/model.ts';
import { isCentralised } from '../settings/method.ts';
import { modelOf } from '../settings/model.ts';
import type { Settings } from '../settings/settings.ts';
import { UsageError } from './commandLine.ts';
import { listDatasets } from '../datasets/dataFolder.ts';
import type { RunOptions } from './options.ts';
import { dataRoot } from '../datasets/paths.ts';

/**
 * The run's dataset, which has to be there, have rows for its clients and suit its model.
 * @param clientsFlag the option that counts the clients, e.g. `--tabs`.
 * @throws {UsageError} saying what there is.
 */
export async function checkData(
  { settings, clients }: Pick<RunOptions, 'settings' | 'clients'>,
  clientsFlag: string,
  root = dataRoot,
): Promise<DatasetInfo> {
  const { dataset, samples, scoreOn } = settings;
  const names = (await listDatasets(root)).map(({ name }) => name);
  if (!names.includes(dataset)) {
    throw new UsageError(
      `There is no dataset "${dataset}", only ${names.join(', ')}; choose one of these, or pack it with npm run prepare-data -- --name ${dataset}.`,
    );
  }
  const info = await fileSource(join(root, dataset)).info();
  const { trainCounts } = info;
  const sharing = sharersOf(settings, clients);
  const available = rowsToHold(settings, trainCounts).reduce((sum, rows) => sum + rows, 0);
  const fit = clientsThatFit(settings, available);
  if (sharing > fit) {
    const needed = Array.from({ length: sharing }, (_, k) => shareSize(k, settings)).reduce((sum, size) => sum + size, 0);
    throw new UsageError(
      `${clientsFlag} ${sharing} with --samples ${samples} needs ${needed} samples, and ${dataset} has ${available}; ` +
        (fit > 0 ? `choose at most ${fit} clients, or fewer samples.` : 'choose fewer samples.'),
    );
  }
  if (scoreOn === 'validation' && available === trainCounts.reduce((sum, rows) => sum + rows, 0)) {
    throw new UsageError(`--score-on validation needs 6 training rows of a class, and ${dataset} has fewer of every one; leave it out.`);
  }
  checkModel(settings, info, sharing);
  return info;
}

function checkModel(settings: Settings, info: DatasetInfo, clients: number): void {
  const most = Math.max(...Array.from({ length: clients }, (_, k) => shareSize(k, settings)));
  try {
    modelOf(settings, { ...info, classes: info.classNames.length }, most);
  } catch (error) {
    throw error instanceof ModelError ? new UsageError(error.message) : error;
  }
}

/** Clients whose samples are needed: with centralised training one client holds those of all. */
const sharersOf = ({ method, union }: Settings, clients: number) => (isCentralised(method) ? union : clients);
