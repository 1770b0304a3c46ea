/** `npm run -s conformance -- CASE.json`: one case, its result as JSON on standard output. */

import { readFile } from 'node:fs/promises';
import * as v from 'valibot';
import type { BackendWish } from '../backend/backend.ts';
import { ConformanceCaseError, parseCase, type CaseRun, type ConformanceCase, type ConformanceResult } from '../client/conformance.ts';
import { exchanges, settingsSchema } from '../settings/settings.ts';
import { numberText, option, parseOptions, runCommand, UsageError } from './commandLine.ts';
import { CaseTabs, runCaseInProcess } from '../runner/runCase.ts';

const schemas = settingsSchema.entries;

const command = {
  call: 'npm run -s conformance',
  summary: 'Runs a conformance case and prints its result as JSON.',
  operands: ['CASE.json'],
  options: v.strictObject({
    runtime: option('NAME', 'node (in this process) or tabs (real ones; default node)', v.picklist(['node', 'tabs'])),
    backend: option('NAME', 'auto, webgpu, wasm or cpu (default auto)', v.picklist(['auto', 'webgpu', 'wasm', 'cpu'])),
    wire: option('FORM', 'f32, f16 or q8 numbers between clients (default f32)', schemas.wire),
    exchange: option('FORM', `${exchanges.join(', ')} (default exact)`, schemas.exchange),
    projection: option('FORM', 'of exchange projected: dense or khatri-rao (default khatri-rao)', schemas.projection),
    projectionSize: option('K', 'its dimensions (default 1000)', v.pipe(numberText, schemas.projectionSize)),
    seed: option('N', 'seed of what is random: projections, q8 (default 1)', v.pipe(numberText, schemas.seed)),
  }),
};

async function readCase(file: string): Promise<ConformanceCase> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch {
    throw new UsageError(`The case ${file} cannot be read; name a conformance case's JSON file.`);
  }
  try {
    return parseCase(JSON.parse(text));
  } catch (error) {
    const why = error instanceof ConformanceCaseError ? error.message : 'not JSON';
    throw new UsageError(`${file} cannot be run: it is ${why}; name a conformance case's JSON file.`);
  }
}

async function runInTabs(run: CaseRun, backend: BackendWish): Promise<ConformanceResult> {
  const tabs = await CaseTabs.open();
  return tabs.run(run, backend).finally(() => tabs.close());
}

await runCommand(async (argv) => {
  const { operands, runtime = 'node', backend = 'auto', ...choices } = parseOptions(command, argv);
  const run: CaseRun = { wire: 'f32', ...choices, given: await readCase(operands[0]!) };
  const result = runtime === 'tabs' ? await runInTabs(run, backend) : await runCaseInProcess(run, backend);
  process.stdout.write(`${JSON.stringify(result)}\n`);
});
