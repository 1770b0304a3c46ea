import { join } from 'node:path';
import { DatasetProblems } from '../client/datasetProblems.ts';
import { fileSource } from '../data/fileSource.ts';
import { runCommand } from './commandLine.ts';
import { runInProcess } from './inProcess.ts';
import { parseSimulation } from './options.ts';
import { projectRoot } from './paths.ts';
import { prepareData } from './prepareData.ts';
import { ProgressLine } from './progress.ts';
import { makeReport, roundsTable, writeReport } from './report.ts';

/** `npm run simulate`: a federation inside this process. */
await runCommand(async (argv, stop) => {
  const { settings, clients, backend, json } = parseSimulation(argv);
  const progress = new ProgressLine();
  await prepareData();
  const source = new DatasetProblems((dataset) => fileSource(join(projectRoot, 'public', 'data', dataset)));
  const views = await runInProcess({ settings, clients, backend, source, stop, onProgress: (view) => progress.show(view) });
  progress.end();
  const report = await makeReport({ views, runner: 'in-process', versions: {} });
  process.stdout.write(`${roundsTable(report)}\n`);
  if (json !== null) await writeReport(report, json);
});
