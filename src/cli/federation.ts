/** `npm run federation`: a federation of real tabs on this machine. */

import { checkData } from './checkData.ts';
import { runCommand } from './commandLine.ts';
import { parseFederation } from './options.ts';
import { prepareData } from '../datasets/prepareData.ts';
import { makeReport, roundsTable, settledLine, writeReport } from '../runner/report.ts';
import { runTabFederation } from '../runner/tabFederation.ts';

/** `npm run federation`: a federation of real tabs. */
await runCommand(async (argv, stop) => {
  const options = parseFederation(argv);
  await prepareData();
  await checkData(options, '--tabs');
  const { views, browserVersion } = await runTabFederation(options, stop);
  const report = await makeReport({ views, runner: 'tabs', versions: { chromium: browserVersion } });
  const lines = [roundsTable(report), settledLine(report)].filter((line) => line !== null);
  process.stdout.write(`${lines.join('\n')}\n`);
  if (options.json !== null) await writeReport(report, options.json);
});
