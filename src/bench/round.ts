/** `npm run bench:round`: a federation of real tabs as `npm run federation`, for where its time, its bytes and its memory go. */

import { availableParallelism } from 'node:os';
import { runCommand } from '../cli/commandLine.ts';
import { parseFederation } from '../cli/options.ts';
import { readData } from '../cli/readData.ts';
import { prepareData } from '../datasets/prepareData.ts';
import { makeReport, writeReport } from '../runner/report.ts';
import { runTabFederation } from '../runner/tabFederation.ts';
import { MemoryWatch } from './memory.ts';
import { roundSummary, roundTables, type RoundReport } from './roundReport.ts';

await runCommand(async (argv, stop) => {
  const options = parseFederation(argv);
  await prepareData();
  const { settings, own } = await readData(options, '--tabs');
  const watch = new MemoryWatch();
  const { views, browserVersion } = await runTabFederation({ ...options, settings, own }, stop, watch).finally(() => watch.end());
  const report: RoundReport = {
    ...(await makeReport({ views, runner: 'tabs', versions: { chromium: browserVersion } })),
    memory: watch.end(),
  };
  process.stdout.write(`${roundTables(report)}\n\n${roundSummary(report, availableParallelism())}\n`);
  if (options.json !== null) await writeReport(report, options.json);
});
