/** `npm run build`: the page for a static host. */

import * as v from 'valibot';
import { parseOptions, runCommand } from './commandLine.ts';
import { buildPage } from '../runner/pageServer.ts';
import { prepareData } from '../datasets/prepareData.ts';

const command = { call: 'npm run build', summary: 'Builds the page with its data into dist/.', options: v.strictObject({}) };

await runCommand(async (argv) => {
  parseOptions(command, argv);
  await prepareData();
  await buildPage();
});
