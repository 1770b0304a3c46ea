/** What a run learns from, and what a person is told of own data before anything is shared. */

import { createHash } from 'node:crypto';
import { describeReading } from '../datasets/describeReading.ts';
import { readEntries, type OwnFederation } from '../datasets/ownEntries.ts';
import type { Task } from '../export/savedModel.ts';
import { ownTask } from '../export/taskOf.ts';
import { packedTask } from '../runner/takeHome.ts';
import { disclosure } from '../settings/disclosure.ts';
import type { Settings } from '../settings/settings.ts';
import { taskWidth } from '../settings/task.ts';
import { describeTask } from '../task/describe.ts';
import { scaleOf } from '../task/moments.ts';
import { OwnShare, type Contribution, type OwnRows } from '../task/ownRows.ts';
import { checkData } from './checkData.ts';
import type { OwnData, RunOptions } from './options.ts';

/** Entries that are described one by one. */
const MAX_SHOWN = 12;

function describeFederation({ task, readings }: OwnFederation, shares: readonly Contribution[], settings: Settings): string[] {
  const sum = (counts: readonly number[]) => counts.reduce((total, count) => total + count, 0);
  const shown = readings.slice(0, MAX_SHOWN).flatMap(({ from, reading }, k) => {
    const { train, heldOut } = shares[k]!;
    const [first, ...details] = describeReading(reading, from);
    const about = details.filter((line) => !line.startsWith('  '));
    return [`${first} Learns from ${sum(train)}, holds ${sum(heldOut)} out to be scored on.`, ...about];
  });
  const more = readings.length > MAX_SHOWN ? [`And ${readings.length - MAX_SHOWN} more.`] : [];
  const people = `${shares.length} clients, ${sum(shares.flatMap(({ train, heldOut }) => [...train, ...heldOut]))} ${task.kind === 'images' ? 'images' : 'rows'}`;
  return [`This federation ${describeTask(task)}; ${people}.`, ...shown, ...more, disclosure(settings, taskWidth(task))];
}

/** What a run learns from. */
export interface RunData {
  readonly settings: Settings;
  /** Each client's own data, by number; none of a dataset. */
  readonly own: readonly OwnRows[];
  /** As errors call the data, and the option that chooses others. */
  readonly name: string;
  readonly option: '--dataset' | '--data';
  /** Of the dataset, or of everyone's own rows together. */
  readonly digest: string;
  readonly classNames: readonly string[];
  /** What a model of it is given. @throws {ModelFileError} where that is not known. */
  readonly inputs: () => Promise<Task>;
}

/** SHA-256 of everyone's rows and labels, in hex: the same command may find others the next time. */
function digestOf(own: readonly OwnRows[]): string {
  const hash = createHash('sha256');
  for (const { values, labels } of own) hash.update(`${labels.length} `).update(labels).update(values);
  return hash.digest('hex');
}

const toStderr = (line: string) => void process.stderr.write(`${line}\n`);

async function ownData({ entries, form }: OwnData, base: Settings): Promise<RunData> {
  const federation = await readEntries(entries, form);
  const { task, own } = federation;
  const settings = { ...base, task };
  const shares = own.map((rows) => new OwnShare(task, rows, settings).contribution);
  for (const line of describeFederation(federation, shares, settings)) toStderr(line);
  // The constants that the run comes to from the same sums.
  const scale = scaleOf(shares.map(({ moments }) => moments));
  const inputs = () => Promise.resolve(ownTask(task, scale));
  return { settings, own, name: 'your data', option: '--data', digest: digestOf(own), classNames: task.classNames, inputs };
}

/**
 * Finds what a run learns from: a packed dataset that is there and fits it, or each client's own data, of which stderr is told what
 * was understood, and what others will see.
 * @param clientsFlag the option that counts the clients, e.g. `--tabs`.
 * @throws {UsageError} where a dataset is not there, or too small.
 * @throws {DatasetError} @throws {TaskError} saying which entry does not fit, and what to do.
 */
export async function readData(options: Pick<RunOptions, 'settings' | 'clients' | 'data'>, clientsFlag: string): Promise<RunData> {
  const { settings, data } = options;
  if (data) return ownData(data, settings);
  const info = await checkData(options, clientsFlag);
  const { name, digest, classNames } = info;
  return { settings, own: [], name, option: '--dataset', digest, classNames, inputs: () => packedTask(info) };
}
