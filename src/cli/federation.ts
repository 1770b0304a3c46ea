/** `npm run federation`: a federation of real tabs on this machine. */

import { runCommand } from './commandLine.ts';
import { parseFederation } from './options.ts';
import { readyRun, saveOutcome } from './runModels.ts';
import { prepareData } from '../datasets/prepareData.ts';
import { makeReport, roundsTable, scoredLine, settledLine, writeReport } from '../runner/report.ts';
import { runTabFederation } from '../runner/tabFederation.ts';

/** `npm run federation`: a federation of real tabs. */
await runCommand(async (argv, stop) => {
  const options = parseFederation(argv);
  await prepareData();
  const ready = await readyRun(options, '--tabs');
  const { settings, own, models } = ready;
  const { views, crashes, failures, model, browserVersion } = await runTabFederation({ ...options, settings, own, models }, stop);
  const report = await makeReport({ views, runner: 'tabs', versions: { chromium: browserVersion } });
  const withoutThem = failures.length > 0 ? [...failures, 'The others went on without.'].join(' ') : null;
  const lines = [roundsTable(report), scoredLine(report), settledLine(report), ...crashes, withoutThem].filter((line) => line !== null);
  process.stdout.write(`${lines.join('\n')}\n`);
  if (options.json !== null) await writeReport(report, options.json);
  await saveOutcome(ready, { model, views, versions: report.versions }, options.saveModel);
});
