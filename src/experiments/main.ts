/** `npm run experiments`: runs what docs/RESULTS.md shows, as far as it is not on record, and fills the document's blocks. */

import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { option, parseOptions, runCommand, toggle, UsageError } from '../cli/commandLine.ts';
import { projectRoot } from '../datasets/paths.ts';
import { prepareData } from '../datasets/prepareData.ts';
import { ProgressLine } from '../runner/progress.ts';
import { blocks } from './blocks.ts';
import { quick, type Condition } from './condition.ts';
import { figures } from './figures.ts';
import { filled } from './document.ts';
import { runOf } from './execute.ts';
import { gather } from './findings.ts';
import { candidates, solverCandidates, TUNING_SEED } from './grids.ts';
import { studies } from './plan.ts';
import { Records } from './records.ts';

const names = ['tuning', ...studies.map(({ name }) => name)];

const command = {
  call: 'npm run experiments',
  summary: 'Runs the experiments that are not on record yet, then fills the tables and figures of docs/RESULTS.md.',
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
    tables: toggle('run nothing, fill the document from what is on record'),
  }),
  notes: ['', `Studies: ${names.join(', ')}.`],
};

interface Place {
  readonly records: string;
  /** Where the document and its folder of figures are written. */
  readonly documents: string;
  /** What is run of a condition. */
  readonly sized: (condition: Condition) => Condition;
}

const DOCUMENT = join(projectRoot, 'docs', 'RESULTS.md');

const whole: Place = {
  records: join(projectRoot, 'src', 'experiments', 'records'),
  documents: join(projectRoot, 'docs'),
  sized: (condition) => condition,
};

const cache = join(projectRoot, '.cache', 'experiments');
const small: Place = { records: join(cache, 'records'), documents: cache, sized: quick };

/** The runs asked for, in order: seeds outermost, so that an interrupted study has some of every row. */
function* planned(only: readonly string[], isQuick: boolean): Generator<readonly [Condition, seed: number]> {
  if (!isQuick && only.includes('tuning')) for (const { condition } of [...candidates, ...solverCandidates]) yield [condition, TUNING_SEED];
  for (const { name, seeds, rows } of studies) {
    if (!only.includes(name)) continue;
    for (const seed of isQuick ? seeds.slice(0, 1) : seeds) for (const { condition } of rows) yield [condition, seed];
  }
}

/** Writes the document, or its blocks alone where its sentences would be about other numbers, and its figures. */
async function write(records: Records, { sized, documents }: Place): Promise<string> {
  const findings = await gather(records, sized);
  const contents = blocks(findings);
  const document = filled(await readFile(DOCUMENT, 'utf8'), contents, DOCUMENT);
  const alone = [...contents].map(([name, text]) => `## ${name}\n\n${text}\n`).join('\n');
  const file = join(documents, 'RESULTS.md');
  await mkdir(join(documents, 'figures'), { recursive: true });
  await writeFile(file, file === DOCUMENT ? document : alone);
  for (const [name, svg] of figures(findings.studies)) await writeFile(join(documents, 'figures', `${name}.svg`), svg);
  return file;
}

await runCommand(async (argv, stop) => {
  const { quick: isQuick = false, only = names, tables = false } = parseOptions(command, argv);
  if (tables && isQuick) throw new UsageError('--tables does not apply to --quick; leave one of them out.');
  const place = isQuick ? small : whole;
  const records = new Records(place.records);
  if (!tables) {
    await prepareData();
    const progress = new ProgressLine();
    for (const [condition, seed] of planned(only, isQuick)) await runOf(place.sized(condition), seed, { records, progress, stop, isQuick });
    progress.end();
  }
  process.stdout.write(`The results are in ${await write(records, place)}\n`);
});
