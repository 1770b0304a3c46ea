/** `npm run chaos`: what must hold in a federation when everything around it goes wrong. */

import * as v from 'valibot';
import { decoders, fuzz } from '../chaos/fuzz.ts';
import { inLongRun } from '../chaos/longTabs.ts';
import { inRealTabs } from '../chaos/realTabs.ts';
import { runChaos } from '../chaos/run.ts';
import { longRun, scenarios } from '../chaos/scenarios.ts';
import { settingsSchema } from '../settings/settings.ts';
import { numberText, option, parseOptions, runCommand, toggle } from './commandLine.ts';

const command = {
  call: 'npm run chaos',
  summary: 'Puts federations under faults, in this process in virtual time and in real tabs, and every decoder under damaged input.',
  options: v.strictObject({
    seed: option('N', 'seed of all that goes wrong (default 1)', v.pipe(numberText, settingsSchema.entries.seed)),
    inProcess: toggle('no real tabs'),
    quick: toggle('each scenario once and 2,000 inputs to each decoder, in place of thrice, 1,000,000 and runs of 2,000 rounds'),
  }),
  notes: ['Exit code 1 when an invariant broke; the last line is the summary.'],
};

await runCommand(async (argv, stop) => {
  const { seed = 1, quick = false, inProcess = false } = parseOptions(command, argv);
  const parts = { scenarios, inRealTabs, longRun, inLongRun, decoders, fuzz };
  process.exitCode = await runChaos({ seed, quick, inProcess }, parts, stop, (line) => process.stdout.write(`${line}\n`));
});
