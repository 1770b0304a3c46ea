/** Models of people's own data, from the packed files to a saved model's answers. */

import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { emptyView, type ClientView } from '../client/view.ts';
import { rowBytes } from '../data/dataset.ts';
import { loadTest, standardise } from '../data/samples.ts';
import type { CsvForm } from '../data/formats/csvForm.ts';
import { fileSource } from '../datasets/fileSource.ts';
import { importData, type DataPlace } from '../datasets/importData.ts';
import { ModelFileError, specOf, type SavedModel } from '../export/savedModel.ts';
import { parameterCount } from '../model/model.ts';
import { randomStream } from '../math/random.ts';
import { defaultSettings } from '../settings/settings.ts';
import { linearise } from '../testing/reference.ts';
import { predict } from './predict.ts';
import { openModel, packedTask, savedModelOf, writeModel } from './takeHome.ts';

const form: CsvForm = { label: null, leftOut: [], categories: [], names: null, empty: 'impute', encoding: null, image: null };
/** Of the rows: nobody who has the model may find them in it. */
const planted = { number: 48_151.625, words: 'Zaphod Beeblebrox', file: 'my-passport-photo' };

let folder = '';
const inFolder = (name: string) => join(folder, name);
const root = () => inFolder('packed');

/** Numbers with empty cells, categories, words of a row's own, and a label in the middle. */
function tableText(rows: number): string {
  const random = randomStream(3, 'table');
  const lines = Array.from({ length: rows }, (_, i) => {
    const size = i === 4 ? planted.number : 40 * random.normal();
    const words = i === 4 ? planted.words : `person ${i}`;
    return [words, size, ['red', 'blue', ''][i % 3], i % 2 === 0 ? 'yes' : 'no', i % 5 === 1 ? '' : random.normal()].join(';');
  });
  return ['who;size;colour;label;weight', ...lines].join('\n');
}

async function writeImages(): Promise<void> {
  const random = randomStream(3, 'images');
  for (const label of ['cat', 'dog']) {
    await mkdir(inFolder(`pets/${label}`), { recursive: true });
    for (let k = 0; k < 8; k++) {
      const grey = Uint8Array.from({ length: 63 }, () => random.integer(256));
      await sharp(grey, { raw: { width: 9, height: 7, channels: 1 } })
        .png()
        .toFile(inFolder(`pets/${label}/${planted.file}-${k}.png`));
    }
  }
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sparkmesh-models-'));
  await writeFile(inFolder('table.csv'), tableText(60));
  await writeFile(inFolder('plain.csv'), Array.from({ length: 40 }, (_, i) => `${i % 2},${(i * 7) % 11},${i / 3}`).join('\n'));
  await writeImages();
});
afterAll(() => rm(folder, { recursive: true }));

/** Packs data and makes a model of it, with weights that nobody trained. */
async function modelOf(name: string, train: DataPlace, convolutions: number[] = []): Promise<SavedModel> {
  await importData({ name, train, test: 0.3 }, root());
  const info = await fileSource(join(root(), name)).info();
  const settings = { ...defaultSettings(), dataset: name, hidden: [6], convolutions };
  const summary = {
    round: 2,
    averaged: { accuracy: 0.75, loss: 0.5 },
    confusion: [2, 1, 0, 1],
    mean: { accuracy: 0, loss: 0 },
    clients: [],
    bytesSent: 0,
    seconds: 0,
  };
  const view: ClientView = { ...emptyView, settings, summaries: [summary] };
  const task = await packedTask(info, root());
  const outcome = { views: [view], versions: { sparkmesh: '0.1.0' } };
  const learned = { of: 'averaged', weights: new Float32Array(0), rounds: 3, participants: 2, settings } as const;
  const { card } = savedModelOf({ ...outcome, model: learned }, task, info.classNames);
  const random = randomStream(5, 'weights');
  const weights = Float32Array.from({ length: parameterCount(specOf(card)) }, () => 0.4 * random.normal());
  return savedModelOf({ ...outcome, model: { ...learned, weights } }, task, info.classNames);
}

const models = {
  table: () => modelOf('table', { kind: 'csv', file: inFolder('table.csv'), form: { ...form, label: 'label', names: true } }),
  plain: () => modelOf('plain', { kind: 'csv', file: inFolder('plain.csv'), form: { ...form, label: '1', names: false } }),
  pets: () =>
    modelOf(
      'pets',
      { kind: 'folder', folder: inFolder('pets'), form: { size: { width: 8, height: 6 }, channels: 1, skipBroken: false } },
      [3],
    ),
};

/** The probability of the first class for each packed test row, as training sees it. */
async function expected({ card, weights }: SavedModel, name: string): Promise<number[]> {
  const source = fileSource(join(root(), name));
  const info = await source.info();
  const { values, width, count } = await loadTest(source, info.testCount);
  const rows = standardise(values, info);
  return Array.from({ length: count }, (_, n) => {
    const { logits } = linearise(specOf(card), weights, rows.subarray(n * width, (n + 1) * width));
    return 1 / (1 + Math.exp(logits[1]! - logits[0]!));
  });
}

describe('a saved model', () => {
  test('says of the files what it says of the packed rows', async () => {
    const images = ['cat', 'dog'].flatMap((label) =>
      Array.from({ length: 8 }, (_, k) => inFolder(`pets/${label}/${planted.file}-${k}.png`)),
    );
    for (const [name, files] of [
      ['table', [inFolder('table.csv')]],
      ['plain', [inFolder('plain.csv')]],
      ['pets', images],
    ] as const) {
      const model = await models[name]();
      await writeModel(model, inFolder(`${name}.safetensors`));
      const answers = await predict(await openModel(inFolder(`${name}.safetensors`)), files);
      const found = answers.map(({ probabilities }) => probabilities[0]!);
      for (const probability of await expected(model, name)) {
        expect(Math.min(...found.map((other) => Math.abs(other - probability)))).toBeLessThan(1e-5);
      }
      for (const { best, probabilities } of answers) expect(probabilities[best]).toBeGreaterThanOrEqual(0.5);
    }
  });

  test('says where it comes from', async () => {
    const { card } = await models.table();
    expect(card).toMatchObject({ weights: 'averaged', rounds: 3, participants: 2, classes: ['no', 'yes'], hidden: [6] });
    expect(card.scores).toEqual({ accuracy: 0.75, loss: 0.5, samples: 4, on: 'test' });
    expect(card.task.kind === 'table' && card.task.table.columns).toMatchObject([
      { kind: 'number', name: 'size', hasEmpty: false },
      { kind: 'category', name: 'colour', categories: ['blue', 'red'], hasEmpty: true },
      { kind: 'number', name: 'weight', hasEmpty: true },
    ]);
  });

  test.each(['safetensors', 'onnx', 'html', 'json', 'zip'])('has no row and no name of a file in it as .%s', async (ending) => {
    for (const name of ['table', 'pets'] as const) {
      const model = await models[name]();
      const path = inFolder(`leak-${name}.${ending}`);
      await writeModel(model, path);
      const parts = [await readFile(path), ...(ending === 'json' ? [await readFile(path.replace('json', 'weights.bin'))] : [])];
      const carried = /id="model">([^<]+)/.exec(parts[0]!.toString('latin1'))?.[1];
      if (ending === 'html') parts.push(Buffer.from(carried!, 'base64'));
      const train = await readFile(join(root(), name, 'train.bin'));
      const width = rowBytes(await fileSource(join(root(), name)).info());
      const secrets = [
        ...[...Object.values(planted).map(String), folder].map((text) => Buffer.from(text)),
        ...[Float32Array.of(planted.number), Float64Array.of(planted.number)].map(({ buffer }) => Buffer.from(buffer)),
        // Rows as they were packed, by their beginnings.
        ...Array.from({ length: 5 }, (_, row) => train.subarray(row * width, row * width + 12)),
      ];
      for (const part of parts) for (const secret of secrets) expect(part.includes(secret)).toBe(false);
    }
  });
});

describe('what does not fit', () => {
  const refusals: [string, keyof typeof models, string, RegExp][] = [
    ['a table that lacks a column', 'table', 'size;colour\n1;red\n', /has no column "weight"; add it: the columns are "size", /],
    [
      'a word among numbers',
      'table',
      'size;colour;weight\n1;red;heavy\n',
      /line 2: "heavy" in column "weight" is not a number; correct it/,
    ],
    ['a row that is too short', 'table', 'size;colour;weight\n1;red\n', /line 2: the row has 2 fields and the first one has 3;/],
    ['a column that is there twice', 'table', 'size;colour;weight;size\n1;red;2;3\n', /has several columns "size"; give each a name/],
    ['no rows', 'table', 'size;colour;weight\n', /has no rows; give it some/],
    ['other columns without names', 'plain', '1\n2\n', /has 1 columns, and the model reads 2; give it those/],
    ['a table where images are', 'pets', 'a,b\n1,2\n', /cannot be read as an image \(neither PNG, .+\), and the model knows images only;/],
  ];
  test.each(refusals)('%s is refused in a sentence', async (_, name, text, sentence) => {
    await writeFile(inFolder('asked.csv'), text);
    await expect(predict(await models[name](), [inFolder('asked.csv')])).rejects.toThrow(sentence);
  });

  test('an image where a table is', async () => {
    const image = inFolder(`pets/cat/${planted.file}-0.png`);
    await expect(predict(await models.table(), [image])).rejects.toThrow(/is an image, and the model knows rows of a table only;/);
  });

  test('a category that nobody had is none of them, and an empty number is the mean', async () => {
    const model = await models.table();
    if (model.card.task.kind !== 'table') throw new Error('a table is expected');
    const [size] = model.card.task.table.columns;
    await writeFile(inFolder('asked.csv'), `weight;colour;size\n1;green;\n1;green;${size?.kind === 'number' ? size.mean : 0}\n`);
    const [empty, mean] = await predict(model, [inFolder('asked.csv')]);
    expect(empty!.probabilities).toEqual(mean!.probabilities);
  });

  test('a table that was packed before its columns were kept', async () => {
    await models.table();
    await rm(join(root(), 'table', 'columns.json'));
    const info = await fileSource(join(root(), 'table')).info();
    await expect(packedTask(info, root())).rejects.toThrow(ModelFileError);
    await expect(packedTask(info, root())).rejects.toThrow(/pack it again with npm run prepare-data\.$/);
  });
});
