import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { option, parseOptions, runCommand, toggle, UsageError } from '../cli/commandLine.ts';
import { projectRoot } from '../datasets/paths.ts';
import { prepareData } from '../datasets/prepareData.ts';
import { ProgressLine } from '../runner/progress.ts';
import { quick } from './condition.ts';
import { runOf } from './execute.ts';
import { candidates, TUNING_SEED } from './grids.ts';
import { studies } from './plan.ts';
import { Records } from './record.ts';
import { writeResults, type Findings } from './results.ts';

/** `npm run experiments`: runs what docs/RESULTS.md is made of, as far as it is not on record, and writes it. */

const names = ['tuning', ...studies.map(({ name }) => name)];

const command = {
  call: 'npm run experiments',
  summary: 'Runs the experiments that are not on record yet, then writes docs/RESULTS.md and its figures.',
  options: v.strictObject({
    quick: toggle('tiny federations, one seed, results in .cache/experiments: whether it works, not what the methods can do'),
    only: option(
      'STUDIES',
      'run only these, separated by commas',
      v.pipe(
        v.string(),
        v.transform((text) => text.split(',')),
        v.array(v.picklist(names)),
      ),
    ),
    tables: toggle('run nothing, write the document from what is on record'),
  }),
  notes: ['', `Studies: ${names.join(', ')}.`],
};

await runCommand(async (argv, stop) => {
  const { quick: isQuick = false, only = names, tables = false } = parseOptions(command, argv);
  if (tables && isQuick) throw new UsageError('--tables does not apply to --quick; leave one of them out.');
  const folder = isQuick ? join(projectRoot, '.cache', 'experiments') : join(projectRoot, 'docs');
  const records = new Records(join(folder, 'results'));
  const progress = new ProgressLine();
  const execution = { records, progress, stop, isQuick };
  const sized = isQuick ? quick : <T>(condition: T) => condition;
  if (!tables) await prepareData();

  // Seeds outermost: an interrupted study has some of every row.
  if (!tables && !isQuick && only.includes('tuning'))
    for (const { condition } of candidates) await runOf(condition, TUNING_SEED, execution);
  for (const { name, seeds, rows } of tables ? [] : studies) {
    if (!only.includes(name)) continue;
    for (const seed of isQuick ? seeds.slice(0, 1) : seeds) {
      for (const { condition } of rows) await runOf(sized(condition), seed, execution);
    }
  }
  progress.end();

  const found = async (condition: Parameters<typeof sized>[0], seeds: readonly number[]) => {
    const runs = await Promise.all(seeds.map((seed) => records.find(sized(condition), seed)));
    return runs.filter((run) => run !== null);
  };
  const findings: Findings = {
    isQuick,
    tuning: await Promise.all(
      candidates.map(async (candidate) => ({ candidate, records: await found(candidate.condition, [TUNING_SEED]) })),
    ),
    studies: new Map(
      await Promise.all(
        studies.map(async ({ name, seeds, rows }) => {
          const measured = await Promise.all(rows.map(async ({ label, condition }) => ({ label, records: await found(condition, seeds) })));
          return [name, measured] as const;
        }),
      ),
    ),
  };
  await mkdir(join(folder, 'figures'), { recursive: true });
  for (const [file, text] of writeResults(findings)) await writeFile(join(folder, file), text);
  process.stdout.write(`The results are in ${join(folder, 'RESULTS.md')}\n`);
});
