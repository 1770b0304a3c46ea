import { availableParallelism } from 'node:os';
import { runCommand } from '../cli/commandLine.ts';
import { parseFederation } from '../cli/options.ts';
import { makeReport, writeReport } from '../cli/report.ts';
import { runTabFederation } from '../cli/tabFederation.ts';
import { roundSummary, roundTables } from './roundReport.ts';

/** `npm run bench:round`: a federation of real tabs as `npm run federation`, for where its time and its bytes go. */
await runCommand(async (argv, stop) => {
  const options = parseFederation(argv);
  const { views, browserVersion } = await runTabFederation(options, stop);
  const report = await makeReport({ views, runner: 'tabs', versions: { chromium: browserVersion } });
  process.stdout.write(`${roundTables(report)}\n\n${roundSummary(report, availableParallelism())}\n`);
  if (options.json !== null) await writeReport(report, options.json);
});
