/** A person's files on their whole way: packed, found, checked, and learned from. */

import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DatasetProblems } from '../client/datasetProblems.ts';
import { parseCatalogue } from '../data/catalogue.ts';
import { fileSource } from '../datasets/fileSource.ts';
import { randomStream } from '../math/random.ts';
import { defaultSettings, type Settings } from '../settings/settings.ts';
import { InProcessNetwork } from '../transport/inProcess.ts';
import { checkData } from './checkData.ts';
import { UsageError } from './commandLine.ts';
import { Conductor, isDone } from '../runner/conductor.ts';
import { describeReading } from '../datasets/describeReading.ts';
import { importData } from '../datasets/importData.ts';
import { parseImport } from './importOptions.ts';
import { openClients } from '../runner/inProcess.ts';

let folder = '';
const root = () => join(folder, 'data');

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sparkmesh-import-'));
  await writeFile(join(folder, 'measures.csv'), measures());
  await writeImages();
});
afterAll(() => rm(folder, { recursive: true }));

const random = randomStream(1, 'own data');

/** Three kinds in two columns of very different size, each around a place of its own. */
function measures(): string {
  const centres = [
    [0, 1e6],
    [3, 1e6],
    [0, 1.3e6],
  ] as const;
  const lines = Array.from({ length: 240 }, (_, i) => {
    const [x, y] = centres[i % 3]!;
    return `${i},${x + 0.4 * random.normal()},kind ${i % 3},${y + 4e4 * random.normal()}`;
  });
  return ['id,length,"kind, as seen",weight', ...lines].join('\r\n');
}

/** Noise of 12 x 10 with a brighter half. */
async function writeImages(): Promise<void> {
  for (const half of ['left', 'right']) {
    await mkdir(join(folder, 'halves', half), { recursive: true });
    for (let k = 0; k < 60; k++) {
      const grey = Uint8Array.from(
        { length: 120 },
        (_, i) => random.integer(200) + (half === 'left' && i % 12 < 6 ? 40 : 0) + (half === 'right' && i % 12 >= 6 ? 40 : 0),
      );
      const image = sharp(grey, { raw: { width: 12, height: 10, channels: 1 } });
      await image.png().toFile(join(folder, 'halves', half, `${k}.png`));
    }
  }
}

async function pack(...argv: string[]) {
  const request = parseImport(argv);
  if (!request) throw new Error('no request');
  const { entry, ...readings } = await importData(request, root());
  return { ...entry, readings };
}

/** The averaged model's accuracy, round by round. */
async function learn(changes: Partial<Settings>): Promise<number[]> {
  const settings: Settings = { ...defaultSettings(), samples: 30, rounds: 4, hidden: [16], partition: { kind: 'iid' }, ...changes };
  const clients = 3;
  await checkData({ settings, clients }, '--clients', root());
  const network = new InProcessNetwork();
  const conductor = new Conductor({ clients, isDone, command: (k, command) => opened[k]?.command(command) });
  const opened = openClients(
    Array.from({ length: clients }, () => network.join()),
    {
      settings,
      backend: 'cpu',
      source: new DatasetProblems((dataset) => fileSource(join(root(), dataset))),
      onView: (k) => (view) => conductor.update(k, view),
    },
  );
  try {
    const [view] = await conductor.run();
    return view?.summaries.map(({ averaged }) => averaged.accuracy) ?? [];
  } finally {
    await Promise.all(opened.map((client) => client.close()));
  }
}

const csvOptions = () => ['--csv', join(folder, 'measures.csv'), '--label-column', 'kind, as seen', '--leave-out', 'id'];

describe('a CSV file', () => {
  test('is packed, and learned from with every exchange', async () => {
    expect(await pack('--name', 'measures', ...csvOptions())).toMatchObject({
      name: 'measures',
      kind: 'table',
      width: 2,
      height: 1,
      classes: 3,
      trainSamples: 204,
      testSamples: 36,
    });
    for (const exchange of ['sketch', 'exact'] as const) {
      const accuracy = await learn({ dataset: 'measures', exchange });
      expect(accuracy.at(-1)).toBeGreaterThan(0.95);
    }
    const gradient = defaultSettings('dfedavgm');
    const accuracy = await learn({ dataset: 'measures', algorithm: 'dfedavgm', method: gradient.method });
    expect(accuracy.at(-1)).toBeGreaterThan(0.9);
  });

  test('is scored on validation rows too', async () => {
    const accuracy = await learn({ dataset: 'measures', scoreOn: 'validation' });
    expect(accuracy.at(-1)).toBeGreaterThan(0.95);
  });
});

describe('rows for testing', () => {
  const row = (i: number) => ({
    len: 4.5 + (i % 2) + random.integer(90) / 100,
    wid: 2 - (i % 2) + random.integer(60) / 100,
    kind: i % 2 ? 'big' : 'small',
  });

  test('of columns in another order are matched by name, and scored so', async () => {
    const rows = Array.from({ length: 160 }, (_, i) => row(i));
    const train = rows.slice(0, 120).map(({ len, wid, kind }) => `${len},${wid},${kind}`);
    const others = rows.slice(120).map(({ len, wid, kind }) => `${kind};${wid};${len}`);
    await writeFile(join(folder, 'train.csv'), ['len,wid,kind', ...train].join('\n'));
    await writeFile(join(folder, 'test.csv'), ['kind;wid;len', ...others].join('\n'));
    const { readings } = await pack('--name', 'order', '--csv', join(folder, 'train.csv'), '--test-csv', join(folder, 'test.csv'));
    expect(readings.test?.columns.map(({ name }) => name)).toEqual(['len', 'wid']);
    const accuracy = await learn({ dataset: 'order' });
    expect(accuracy.at(-1)).toBeGreaterThanOrEqual(0.97);
  });
});

describe('a table with words and empty fields', () => {
  test('is packed with a column a category and one for what is empty, and learned from', async () => {
    const people = Array.from({ length: 240 }, (_, i) => {
      const survived = i % 2;
      const sex = random.integer(10) === 0 ? ['male', 'female'][1 - survived] : ['male', 'female'][survived];
      return `${i + 1},${survived},${1 + random.integer(3)},"Doe, ${i}",${sex},${i % 5 ? 20 + random.integer(40) : ''},A/${i} ${i}`;
    });
    await writeFile(join(folder, 'people.csv'), ['Id,Survived,Class,Name,Sex,Age,Ticket', ...people].join('\n'));
    const packed = await pack('--name', 'people', '--csv', join(folder, 'people.csv'), '--label-column', 'Survived', '--leave-out', 'Id');
    expect(packed).toMatchObject({
      width: 5,
      classes: 2,
      readings: { train: { leftOut: [{ what: 'column', examples: ['Name', 'Ticket'] }] } },
    });
    expect(describeReading(packed.readings.train, 'Read')).toEqual([
      'Read: 240 rows of 2 classes: 0 120, 1 120.',
      'Text in utf-8, separated by commas, with a decimal point; the first line names the columns.',
      '  Class: numbers from 1 to 3',
      '  Sex: 2 categories (female, male), a column each',
      expect.stringMatching(
        /^ {2}Age: numbers from 2\d to 5\d; 48 empty, filled with the column's mean and marked in a column of their own \(--empty changes it\)$/,
      ),
      'Left out 2 columns (has a word of its own in many rows, as names and identifiers have): Name, Ticket.',
    ]);
    const accuracy = await learn({ dataset: 'people' });
    expect(accuracy.at(-1)).toBeGreaterThan(0.8);
  });
});

describe('a folder of images', () => {
  test('is packed at the size asked for, and learned from', async () => {
    expect(await pack('--name', 'halves', '--images', join(folder, 'halves'), '--size', '12x10', '--test-fraction', '0.25')).toMatchObject({
      name: 'halves',
      kind: 'images',
      width: 12,
      height: 10,
      classes: 2,
      trainSamples: 90,
      testSamples: 30,
    });
    expect((await fileSource(join(root(), 'halves')).info()).classNames).toEqual(['left', 'right']);
    const accuracy = await learn({ dataset: 'halves' });
    expect(accuracy.at(-1)).toBeGreaterThan(0.9);
  });
});

describe('packing', () => {
  test('lists what there is, once and in order', async () => {
    await pack('--name', 'halves', '--images', join(folder, 'halves'), '--size', '3x2');
    await pack('--name', 'another', ...csvOptions());
    const path = join(root(), 'catalogue.json');
    const names = parseCatalogue(await readFile(path, 'utf8'), path).map(({ name }) => name);
    expect(names.filter((name) => name === 'halves')).toHaveLength(1);
    expect(names).toEqual([...names].sort());
    const before = await stat(path);
    await pack('--name', 'another', ...csvOptions());
    expect((await stat(path)).mtimeMs).toBe(before.mtimeMs);
  });

  test('leaves what was there when the new data is of no use', async () => {
    await pack('--name', 'kept', ...csvOptions());
    const info = await fileSource(join(root(), 'kept')).info();
    await writeFile(join(folder, 'bad.csv'), 'a,b\n1,x\n');
    await expect(pack('--name', 'kept', '--csv', join(folder, 'bad.csv'))).rejects.toThrow(/bad\.csv has one class/);
    expect(await fileSource(join(root(), 'kept')).info()).toEqual(info);
  });
});

describe('checkData', () => {
  const check = (changes: Partial<Settings>, clients = 3) =>
    checkData({ settings: { ...defaultSettings(), dataset: 'few', ...changes }, clients }, '--clients', root());

  beforeAll(async () => {
    await writeFile(join(folder, 'few.csv'), Array.from({ length: 10 }, (_, i) => `${i},${i % 2}`).join('\n'));
    await pack('--name', 'few', '--csv', join(folder, 'few.csv'));
  });

  test('brings the description of data that is enough', async () => {
    expect(await check({ samples: 2 })).toEqual(await fileSource(join(root(), 'few')).info());
  });

  test.each<[string, Partial<Settings>, number, RegExp]>([
    [
      'data that is not there',
      { dataset: 'none' },
      3,
      /^There is no dataset "none", only .*few.*; choose one of these, or pack it with npm run prepare-data -- --name none\.$/,
    ],
    [
      'more clients than there are rows for',
      { samples: 2 },
      5,
      /^--clients 5 with --samples 2 needs 10 samples, and few has 8; choose at most 4 clients, or fewer samples\.$/,
    ],
    [
      'a client of more rows than there are',
      { samples: 9 },
      3,
      /^--clients 3 with --samples 9 needs 27 samples, and few has 8; choose fewer samples\.$/,
    ],
    [
      'centralised training on too many',
      { ...defaultSettings('centralised'), dataset: 'few', samples: 2, union: 5 },
      1,
      /^--clients 5 with --samples 2 needs 10/,
    ],
    ['convolutions of a table', { samples: 2, convolutions: [4] }, 3, /^Convolution 1 would read an image of only 1 x 1 pixels; /],
    ['a model without hidden layers of sketches', { samples: 2, hidden: [] }, 3, /^A model of one layer needs more than sketches/],
    [
      'validation on nothing',
      { samples: 2, scoreOn: 'validation' },
      3,
      /^--score-on validation needs 6 training rows of a class, and few has fewer of every one; leave it out\.$/,
    ],
  ])('refuses %s', async (_, changes, clients, sentence) => {
    await expect(check(changes, clients)).rejects.toThrow(UsageError);
    await expect(check(changes, clients)).rejects.toThrow(sentence);
  });
});
