/** `npm run simulate`: a federation in this process, on all cores. */

import { Checkpoint } from '../runner/checkpoint.ts';
import { runCommand } from './commandLine.ts';
import { parseSimulation } from './options.ts';
import { withData } from './readData.ts';
import { prepareData } from '../datasets/prepareData.ts';
import { ProgressLine } from '../runner/progress.ts';
import { makeReport, roundsTable, scoredLine, settledLine, workLine, writeReport } from '../runner/report.ts';
import { runInThreads } from '../runner/threads.ts';

/** `npm run simulate`: a federation inside one process. */
await runCommand(async (argv, stop) => {
  const parsed = parseSimulation(argv);
  await prepareData();
  const { settings, clients, own, digest, backend, json, log, fresh } = await withData(parsed, '--clients');
  // A checkpoint would outlive what it was made of.
  const checkpoint = parsed.data ? undefined : new Checkpoint(settings, clients, digest);
  const progress = new ProgressLine();
  if (fresh) await checkpoint?.remove();
  const views = await runInThreads({
    settings,
    clients,
    own,
    backend,
    log,
    stop,
    ...(checkpoint && { checkpoint }),
    onProgress: (view) => progress.show(view),
  });
  progress.end();
  const report = await makeReport({ views, runner: 'in-process', versions: {} });
  const lines = [roundsTable(report), scoredLine(report), settledLine(report), workLine(report)].filter((line) => line !== null);
  process.stdout.write(`${lines.join('\n')}\n`);
  if (json !== null) await writeReport(report, json);
});
