import * as v from 'valibot';
import { parseOptions, runCommand } from './commandLine.ts';
import { prepareData } from './prepareData.ts';

const command = { call: 'npm run prepare-data', summary: 'Packs the datasets for the page, once.', options: v.strictObject({}) };

await runCommand(async (argv) => {
  parseOptions(command, argv);
  await prepareData();
});
