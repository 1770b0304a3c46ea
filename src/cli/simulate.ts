/** `npm run simulate`: a federation in this process, on all cores. */

import { checkData } from './checkData.ts';
import { Checkpoint } from '../runner/checkpoint.ts';
import { runCommand } from './commandLine.ts';
import { parseSimulation } from './options.ts';
import { prepareData } from '../datasets/prepareData.ts';
import { ProgressLine } from '../runner/progress.ts';
import { makeReport, roundsTable, settledLine, workLine, writeReport } from '../runner/report.ts';
import { runInThreads } from '../runner/threads.ts';

/** `npm run simulate`: a federation inside one process. */
await runCommand(async (argv, stop) => {
  const { settings, clients, backend, json, log, fresh } = parseSimulation(argv);
  await prepareData();
  const { digest } = await checkData({ settings, clients }, '--clients');
  const checkpoint = new Checkpoint(settings, clients, digest);
  const progress = new ProgressLine();
  if (fresh) await checkpoint.remove();
  const views = await runInThreads({ settings, clients, backend, log, stop, checkpoint, onProgress: (view) => progress.show(view) });
  progress.end();
  const report = await makeReport({ views, runner: 'in-process', versions: {} });
  const lines = [roundsTable(report), settledLine(report), workLine(report)].filter((line) => line !== null);
  process.stdout.write(`${lines.join('\n')}\n`);
  if (json !== null) await writeReport(report, json);
});
