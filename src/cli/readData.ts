/** What a run learns from, and what a person is told of own data before anything is shared. */

import { describeReading } from '../datasets/describeReading.ts';
import { readEntries, type OwnFederation } from '../datasets/ownEntries.ts';
import { disclosure } from '../settings/disclosure.ts';
import { taskWidth } from '../settings/task.ts';
import { describeTask } from '../task/describe.ts';
import { OwnShare } from '../task/ownRows.ts';
import { checkData } from './checkData.ts';
import type { RunOptions } from './options.ts';

/** Entries that are described one by one. */
const MAX_SHOWN = 12;

function describeFederation({ task, own, readings }: OwnFederation, { settings }: Pick<RunOptions, 'settings'>): string[] {
  const shares = own.map((rows) => new OwnShare(task, rows, settings).contribution);
  const sum = (counts: readonly number[]) => counts.reduce((total, count) => total + count, 0);
  const shown = readings.slice(0, MAX_SHOWN).flatMap(({ from, reading }, k) => {
    const { train, heldOut } = shares[k]!;
    const [first, ...details] = describeReading(reading, from);
    const about = details.filter((line) => !line.startsWith('  '));
    return [`${first} Learns from ${sum(train)}, holds ${sum(heldOut)} out to be scored on.`, ...about];
  });
  const more = readings.length > MAX_SHOWN ? [`And ${readings.length - MAX_SHOWN} more.`] : [];
  const people = `${own.length} clients, ${sum(shares.flatMap(({ train, heldOut }) => [...train, ...heldOut]))} ${task.kind === 'images' ? 'images' : 'rows'}`;
  return [`This federation ${describeTask(task)}; ${people}.`, ...shown, ...more, disclosure(settings, taskWidth(task))];
}

/** A run's options with what it learns from. */
type WithData<O> = O & Pick<OwnFederation, 'own'> & { readonly digest: string };

const toStderr = (line: string) => void process.stderr.write(`${line}\n`);

/**
 * Finds what a run learns from: a packed dataset that is there and fits it, or each client's own data, of which stderr is told what
 * was understood, and what others will see.
 * @param clientsFlag the option that counts the clients, e.g. `--tabs`.
 * @throws {UsageError} where a dataset is not there, or too small.
 * @throws {DatasetError} @throws {TaskError} saying which entry does not fit, and what to do.
 */
export async function withData<O extends RunOptions>(options: O, clientsFlag: string): Promise<WithData<O>> {
  const { data } = options;
  if (!data) {
    const { digest } = await checkData(options, clientsFlag);
    return { ...options, own: [], digest };
  }
  const federation = await readEntries(data.entries, data.form);
  const settings = { ...options.settings, task: federation.task };
  for (const line of describeFederation(federation, { settings })) toStderr(line);
  return { ...options, settings, own: federation.own, digest: '' };
}
