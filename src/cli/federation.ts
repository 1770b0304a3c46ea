/** `npm run federation`: a federation of real tabs on this machine. */

import { checkData } from './checkData.ts';
import { runCommand } from './commandLine.ts';
import { parseFederation } from './options.ts';
import { prepareData } from '../datasets/prepareData.ts';
import { makeReport, roundsTable, settledLine, writeReport } from '../runner/report.ts';
import { runTabFederation } from '../runner/tabFederation.ts';
import { packedTask, savedModelOf, writeModel } from '../runner/takeHome.ts';

/** `npm run federation`: a federation of real tabs. */
await runCommand(async (argv, stop) => {
  const options = parseFederation(argv);
  await prepareData();
  const info = await checkData(options, '--tabs');
  // Before the run: it would be a pity afterwards.
  const task = options.saveModel === null ? null : await packedTask(info);
  const { views, model, browserVersion } = await runTabFederation(options, stop);
  const report = await makeReport({ views, runner: 'tabs', versions: { chromium: browserVersion } });
  const lines = [roundsTable(report), settledLine(report)].filter((line) => line !== null);
  process.stdout.write(`${lines.join('\n')}\n`);
  if (options.json !== null) await writeReport(report, options.json);
  if (options.saveModel !== null && task) {
    await writeModel(savedModelOf({ model, views, versions: report.versions }, task, info.classNames), options.saveModel);
  }
});
