import { expect, test } from 'vitest';
import { rowValues } from '../../../src/export/rowValues.ts';
import { momentsOf, type Task } from '../../../src/export/savedModel.ts';
import { sampleOf } from './samples.ts';

const standardised = (task: Task, values: readonly number[]) => {
  const { mean, std } = momentsOf(task);
  return Float32Array.from(values, (value, i) => (Number.isNaN(value) ? 0 : (value - mean[i % mean.length]!) / std[i % std.length]!));
};

test('an image has its bytes back, channel by channel', () => {
  const task: Task = { kind: 'images', width: 2, height: 1, channels: 3, values: 'bytes', mean: [90, 150, 200], std: [60, 70, 80] };
  expect(sampleOf(task, standardised(task, [0, 127, 255, 3, 4, 5]))).toEqual({
    kind: 'image',
    values: Uint8Array.of(0, 127, 255, 3, 4, 5),
    form: { size: { width: 2, height: 1 }, channels: 3 },
  });
});

test('an image whose numbers were no bytes is shown by its range', () => {
  const task: Task = { kind: 'images', width: 3, height: 1, channels: 1, values: 'standardised', mean: [2], std: [5] };
  expect(sampleOf(task, standardised(task, [-7, 5, 13]))).toMatchObject({ values: Uint8Array.of(0, 153, 255) });
});

test('a row has its cells back: numbers, categories, and what was empty', () => {
  const columns: Extract<Task, { kind: 'table' }>['table']['columns'] = [
    { kind: 'number', name: 'size', mean: 12, std: 3, hasEmpty: true },
    { kind: 'category', name: 'colour', categories: ['blue', 'red'], hasEmpty: false },
    { kind: 'number', name: 'weight', mean: -5, std: 40, hasEmpty: false },
  ];
  const task: Task = { kind: 'table', table: { named: true, columns } };
  const cells = (row: readonly (number | string | null)[]) => {
    const sample = sampleOf(task, standardised(task, rowValues(columns, row)));
    return sample.kind === 'row' && sample.fields.map(({ value }) => value);
  };
  expect(cells([1.25, 'red', 1000])).toEqual([1.25, 'red', 1000]);
  expect(cells([null, 'green', -0.5])).toEqual([null, null, -0.5]);
});
