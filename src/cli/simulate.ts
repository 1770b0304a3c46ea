/** `npm run simulate`: a federation in this process, on all cores. */

import { checkData } from './checkData.ts';
import { Checkpoint } from '../runner/checkpoint.ts';
import { runCommand } from './commandLine.ts';
import { parseSimulation } from './options.ts';
import { prepareData } from '../datasets/prepareData.ts';
import { ProgressLine } from '../runner/progress.ts';
import { makeReport, roundsTable, settledLine, workLine, writeReport } from '../runner/report.ts';
import { packedTask, savedModelOf, writeModel } from '../runner/takeHome.ts';
import { runInThreads } from '../runner/threads.ts';

/** `npm run simulate`: a federation inside one process. */
await runCommand(async (argv, stop) => {
  const { settings, clients, backend, json, saveModel, log, fresh } = parseSimulation(argv);
  await prepareData();
  const info = await checkData({ settings, clients }, '--clients');
  // Before the run: it would be a pity afterwards.
  const task = saveModel === null ? null : await packedTask(info);
  const checkpoint = new Checkpoint(settings, clients, info.digest);
  const progress = new ProgressLine();
  if (fresh) await checkpoint.remove();
  const { views, model } = await runInThreads({
    settings,
    clients,
    backend,
    log,
    stop,
    checkpoint,
    onProgress: (view) => progress.show(view),
  });
  progress.end();
  const report = await makeReport({ views, runner: 'in-process', versions: {} });
  const lines = [roundsTable(report), settledLine(report), workLine(report)].filter((line) => line !== null);
  process.stdout.write(`${lines.join('\n')}\n`);
  if (json !== null) await writeReport(report, json);
  if (saveModel !== null && task) {
    await writeModel(savedModelOf({ model, views, versions: report.versions }, task, info.classNames), saveModel);
  }
});
