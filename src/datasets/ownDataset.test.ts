import { describe, expect, test } from 'vitest';
import { DatasetError, trainRowCount } from '../data/dataset.ts';
import type { LabelledRows } from '../data/formats/labelledRows.ts';
import { packOwn, type SourcedRows } from './ownDataset.ts';
import type { PackedDataset } from './pack.ts';
import { packedSource } from '../data/packedSource.ts';
import { loadTest, standardise } from '../data/samples.ts';

const open = ({ info, files }: PackedDataset) =>
  packedSource({
    where: 'memory:',
    meta: async () => JSON.stringify(info),
    bytes: async (file, start, end) => files[file].slice(start, end),
  });

const table = (labels: readonly string[], width: number, value: (row: number, column: number) => number): SourcedRows => ({
  where: 'data.csv',
  rows: {
    kind: 'table',
    width,
    height: 1,
    values: Float64Array.from({ length: labels.length * width }, (_, i) => value(Math.floor(i / width), i % width)),
    labels,
  },
});

const images = (labels: readonly string[], values: LabelledRows['values']): SourcedRows => ({
  where: 'pictures',
  rows: { kind: 'images', width: 2, height: 1, values, labels },
});

const times = (count: number, label: string) => Array<string>(count).fill(label);

describe('packOwn', () => {
  const labels = [...times(20, 'b'), ...times(40, 'a'), 'c'];

  test('standardises each column of a table by its training rows', async () => {
    const own = table(labels, 3, (row, column) => (column === 2 ? 7 : 1e9 + 10 ** column * row));
    const packed = packOwn('mine', own, 0.15);
    expect(packed.info).toMatchObject({
      name: 'mine',
      kind: 'table',
      element: 'f32',
      width: 3,
      height: 1,
      classNames: ['a', 'b', 'c'],
      trainCounts: [34, 17, 1],
      testCount: 9,
      mean: 0,
      std: 1,
    });
    expect(packed.info.digest).toMatch(/^[0-9a-f]{64}$/);
    const rows = await open(packed).rows('train', 0, 52);
    for (const [column, variance] of [1, 1, 0].entries()) {
      const values = [...rows].filter((_, i) => i % 3 === column);
      const mean = values.reduce((sum, value) => sum + value, 0) / 52;
      expect(mean).toBeCloseTo(0, 6);
      expect(values.reduce((sum, value) => sum + value ** 2, 0) / 52).toBeCloseTo(variance, 6);
    }
    // Column 1 is ten times column 0, so both are the same in units of their own deviation, in tests too.
    const { values, labels: testLabels } = await loadTest(open(packed), 9);
    for (let i = 0; i < 9; i++) expect(values[3 * i]).toBeCloseTo(values[3 * i + 1]!, 5);
    expect([...testLabels].sort()).toEqual([0, 0, 0, 0, 0, 0, 1, 1, 1]);
  });

  test('keeps every row with its label', async () => {
    const packed = packOwn(
      'mine',
      table(labels, 1, (row) => row),
      table(labels, 1, (row) => row),
    );
    const source = open(packed);
    const rows = await source.rows('train', 0, 61);
    const [mean, std] = [30, Math.sqrt((61 ** 2 - 1) / 12)];
    const classOf = packed.info.trainCounts.flatMap((count, c) => times(count, packed.info.classNames[c]!));
    const pairs = [...rows].map((value, i) => [Math.abs(Math.round(value * std + mean)), classOf[i]] as const).sort(([a], [b]) => a - b);
    expect(pairs).toEqual(labels.map((label, row) => [row, label]));
    expect(packed.info.testCount).toBe(61);
  });

  test('keeps bytes, and says their moments', async () => {
    const values = Uint8Array.of(0, 255, 51, 102, 0, 255, 51, 102);
    const packed = packOwn('mine', images(['x', 'x', 'y', 'y'], values), 0.5);
    expect(packed.info).toMatchObject({ kind: 'images', element: 'u8', width: 2, height: 1, trainCounts: [1, 1] });
    const rows = await open(packed).rows('train', 0, 2);
    const scaled = [...rows].map((value) => value / 255);
    const mean = scaled.reduce((a, b) => a + b) / 4;
    expect(packed.info.mean).toBeCloseTo(mean, 12);
    expect(packed.info.std).toBeCloseTo(Math.sqrt(scaled.reduce((sum, x) => sum + (x - mean) ** 2, 0) / 4), 12);
    expect(standardise(rows, packed.info).reduce((a, b) => a + b)).toBeCloseTo(0, 5);
  });

  test('gives a value that is not there the mean of its column, and leaves indicators as they are', async () => {
    const own = table(
      times(4, 'x').concat(times(4, 'y')),
      3,
      (row, column) => [row % 4 === 3 ? NaN : row, row % 4 === 3 ? 1 : 0, NaN][column]!,
    );
    const packed = packOwn('mine', { ...own, rows: { ...own.rows, indicators: new Set([1]) } }, 0.25);
    const source = open(packed);
    const values = [...(await source.rows('train', 0, 6)), ...(await source.rows('test', 0, 2))];
    const rows = Array.from({ length: 8 }, (_, i) => values.slice(3 * i, 3 * i + 3));
    expect(rows.filter(([, isEmpty]) => isEmpty === 1)).toEqual([
      [0, 1, 0],
      [0, 1, 0],
    ]);
    const there = rows.slice(0, 6).filter(([, isEmpty]) => isEmpty === 0);
    expect(there.reduce((sum, [value]) => sum + value!, 0)).toBeCloseTo(0, 5);
    expect(there.reduce((sum, [value]) => sum + value! ** 2, 0) / there.length).toBeCloseTo(1, 5);
  });

  test('standardises images of other numbers as a whole', async () => {
    const packed = packOwn('mine', images(['x', 'y', 'x', 'y'], Float64Array.of(0, 4, 0, 4, 0, 4, 0, 4)), 0.5);
    expect(packed.info).toMatchObject({ kind: 'images', element: 'f32', mean: 0, std: 1 });
    expect(await open(packed).rows('train', 0, 2)).toEqual(Float32Array.of(-1, 1, -1, 1));
  });

  test('orders classes as numbers where all are, else by their letters', () => {
    const classesOf = (...names: string[]) =>
      packOwn(
        'mine',
        table([...names, ...names], 1, (row) => row),
        0.5,
      ).info.classNames;
    expect(classesOf('10', '9', '-1', '2.5')).toEqual(['-1', '2.5', '9', '10']);
    expect(classesOf('10', '9', 'b', 'B')).toEqual(['10', '9', 'B', 'b']);
  });

  test('takes as many classes as a byte can name but one', () => {
    const names = Array.from({ length: 255 }, (_, c) => String(c));
    const { info } = packOwn(
      'mine',
      table([...names, ...names], 1, (row) => row),
      0.15,
    );
    expect(info.classNames).toEqual(names);
    expect(trainRowCount(info)).toBe(255);
  });

  test('packs other data under another digest, and the same under the same', () => {
    const digest = (scale: number) =>
      packOwn(
        'mine',
        table(labels, 1, (row) => (row % 7) ** scale),
        0.15,
      ).info.digest;
    expect(digest(1)).toBe(digest(1));
    expect(digest(1)).not.toBe(digest(2));
  });

  const value = (row: number) => row;
  const elsewhere = (rows: SourcedRows): SourcedRows => ({ ...rows, where: 'test.csv' });
  test.each<[string, SourcedRows, SourcedRows | number, string]>([
    ['no rows', table([], 1, value), 0.15, 'data.csv has no rows; learning needs two classes or more.'],
    ['one class', table(['a', 'a'], 1, value), 0.15, 'data.csv has one class; learning needs two classes or more.'],
    [
      'a label as fine as a measurement',
      table(
        Array.from({ length: 256 }, (_, c) => `${c / 7}`),
        1,
        value,
      ),
      0.15,
      'data.csv has 256 classes, and 255 is the most; check that the labels are the right ones, or merge classes.',
    ],
    [
      'a class of a long name',
      table(['a', 'b'.repeat(101)], 1, value),
      0.15,
      'data.csv has a class "bbbbbbbbbbbbbbbbbbbb..", longer than 100 characters; shorten it.',
    ],
    ['single rows', table(['a', 'b'], 1, value), 0.15, 'data.csv leaves no row for testing; give more rows.'],
    [
      'numbers that overflow',
      table(['a', 'a', 'b', 'b'], 1, () => 1e308),
      0.5,
      'data.csv has numbers too large to average; scale them down.',
    ],
    [
      'tests of another class',
      table(['a', 'b'], 1, value),
      elsewhere(table(['c'], 1, value)),
      'test.csv has a row of class "c", which no training row has; leave it out.',
    ],
    [
      'tests of another width',
      table(['a', 'b'], 1, value),
      elsewhere(table(['a'], 2, value)),
      'test.csv has a table of 2 columns in numbers and data.csv a table of 1 columns in numbers; give two that fit.',
    ],
    [
      'tests of another type',
      images(['a', 'b'], new Uint8Array(4)),
      elsewhere(images(['a'], new Float64Array(2))),
      'test.csv has images of 2x1 in numbers and pictures images of 2x1 in bytes; give two that fit.',
    ],
    ['no tests', table(['a', 'b'], 1, value), elsewhere(table([], 1, value)), 'test.csv leaves no row for testing; give more rows.'],
  ])('refuses %s', (_, train, held, sentence) => {
    expect(() => packOwn('mine', train, held)).toThrow(new DatasetError(sentence));
  });
});
