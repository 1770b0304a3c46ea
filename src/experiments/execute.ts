/** Runs one condition with one seed and keeps its record. */

import { Checkpoint } from '../runner/checkpoint.ts';
import { isDone } from '../runner/conductor.ts';
import { runInProcess } from '../runner/inProcess.ts';
import { packedProblems } from '../runner/packedProblems.ts';
import { runInThreads } from '../runner/threads.ts';
import { ProgressLine } from '../runner/progress.ts';
import { makeReport } from '../runner/report.ts';
import type { ClientView } from '../client/view.ts';
import { isCentralised } from '../settings/method.ts';
import { honestMean, runUnderAttack } from './attacks.ts';
import type { Condition } from './condition.ts';
import { kernelError } from './kernelError.ts';
import type { RunRecord } from './record.ts';
import type { Records } from './records.ts';

export interface Execution {
  readonly records: Records;
  readonly progress: ProgressLine;
  readonly stop: AbortSignal;
  /** Runs them in this thread: threads would take longer to start than tiny federations take. */
  readonly isQuick: boolean;
}

/** Runs a condition with this seed, unless that is on record. */
export async function runOf(condition: Condition, seed: number, { records, progress, stop, isQuick }: Execution): Promise<void> {
  if (await records.find(condition, seed)) return;
  const { study, name, clients, measuresKernel, attack } = condition;
  const settings = { ...condition.settings, seed };
  progress.begin(`${study}/${name}, seed ${seed}`);
  const since = performance.now();
  const members = isCentralised(settings.method) ? 1 : clients;
  const run = { settings, clients: members, backend: 'wasm', stop, onProgress: (view: ClientView) => progress.show(view) } as const;
  const views = attack
    ? await runUnderAttack({ ...run, source: packedProblems(), isDone }, attack)
    : isQuick
      ? await runInProcess({ ...run, source: packedProblems(), isDone })
      : (await runInThreads({ ...run, checkpoint: new Checkpoint(settings, members) })).views;
  const { versions, backend, rounds } = await makeReport({ views, runner: 'in-process', versions: {} });
  const { method } = settings;
  const record: RunRecord = {
    clients,
    settings,
    versions: { ...versions },
    backend,
    seconds: Math.round((performance.now() - since) / 1000),
    rounds: rounds.map(({ round, accuracy, loss, bytesSent }) => ({
      averaged: accuracy.averaged,
      mean: round4(attack ? honestMean(views[0]!, round - 1) : accuracy.mean),
      loss: round4(loss.averaged),
      bytes: bytesSent,
    })),
    ...(measuresKernel && method.kind === 'ntk' && { kernelError: round4(await kernelError(settings, method, clients)) }),
  };
  await records.keep(condition, record);
}

const round4 = (value: number) => Math.round(value * 1e4) / 1e4;
