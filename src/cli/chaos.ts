/** `npm run chaos`: what must hold in a federation when everything around it goes wrong. */

import * as v from 'valibot';
import { decoders, fuzz } from '../chaos/fuzz.ts';
import type { Invariant } from '../chaos/invariant.ts';
import { inLongRun } from '../chaos/longTabs.ts';
import { inRealTabs } from '../chaos/realTabs.ts';
import { LONG_ROUNDS, longRun, scenarios } from '../chaos/scenarios.ts';
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
  const say = (line: string) => process.stdout.write(`${line}\n`);
  const held: boolean[] = [];
  const tell = (name: string, invariants: readonly Invariant[]) => {
    say(name);
    for (const { name: what, measured, holds } of invariants) {
      held.push(holds);
      say(`  ${holds ? 'holds ' : 'BROKEN'}  ${what}: ${measured}`);
    }
  };
  for (const used of quick ? [seed] : [seed, seed + 1, seed + 2]) {
    for (const { name, run } of scenarios) {
      stop.throwIfAborted();
      tell(`seed ${used}: ${name}`, await run(used));
    }
  }
  if (!inProcess) await inRealTabs(stop, tell);
  if (!quick) {
    tell(`three clients over ${LONG_ROUNDS.toLocaleString('en')} rounds`, await longRun(seed));
    if (!inProcess) tell(`three real tabs over ${LONG_ROUNDS.toLocaleString('en')} rounds`, await inLongRun(stop, LONG_ROUNDS));
  }
  const inputs = quick ? 2000 : 1_000_000;
  say(`${inputs.toLocaleString('en')} damaged inputs to each decoder`);
  for (const decoder of decoders) {
    stop.throwIfAborted();
    const broken = await fuzz(decoder, seed, inputs);
    tell(`  ${decoder.name}`, [{ name: 'each is understood, or refused in words', measured: broken ?? 'all', holds: broken === null }]);
  }
  const failures = held.filter((holds) => !holds).length;
  say(`chaos: ${held.length - failures} of ${held.length} invariants held, ${failures} broke (seed ${seed}${quick ? ', quick' : ''})`);
  if (failures > 0) process.exitCode = 1;
});
