/** `npm run simulate`: a federation in this process, on all cores. */

import { Checkpoint } from '../runner/checkpoint.ts';
import { runCommand } from './commandLine.ts';
import { parseSimulation } from './options.ts';
import { readyRun, saveOutcome } from './runModels.ts';
import { prepareData } from '../datasets/prepareData.ts';
import { ProgressLine } from '../runner/progress.ts';
import { makeReport, roundsTable, scoredLine, settledLine, workLine, writeReport } from '../runner/report.ts';
import { runInThreads } from '../runner/threads.ts';
import { sharesSamples } from '../settings/settings.ts';

/** `npm run simulate`: a federation inside one process. */
await runCommand(async (argv, stop) => {
  const options = parseSimulation(argv);
  const { clients, backend, log } = options;
  await prepareData();
  const ready = await readyRun(options, '--clients');
  const { settings, own, models } = ready;
  // Where neighbours get something of own rows, it would have to be kept or made again of everyone's, and neither is done.
  const checkpoint = own.length > 0 && sharesSamples(settings) ? undefined : new Checkpoint(settings, clients, ready.digest);
  const progress = new ProgressLine();
  if (options.fresh) await checkpoint?.remove();
  const onProgress = progress.show.bind(progress);
  const { views, model } = await runInThreads({
    settings,
    clients,
    own,
    backend,
    models,
    log,
    stop,
    ...(checkpoint && { checkpoint }),
    onProgress,
  });
  progress.end();
  const report = await makeReport({ views, runner: 'in-process', versions: {} });
  const lines = [roundsTable(report), scoredLine(report), settledLine(report), workLine(report)].filter((line) => line !== null);
  process.stdout.write(`${lines.join('\n')}\n`);
  if (options.json !== null) await writeReport(report, options.json);
  await saveOutcome(ready, { model, views, versions: report.versions }, options.saveModel);
});
