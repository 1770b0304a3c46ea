/** Brings rows into the order of the packed files. The orders are fixed: packing twice gives the same bytes. */

import { createHash } from 'node:crypto';
import { randomStream } from '../math/random.ts';
import type { Table } from '../data/columns.ts';
import { FORMAT_VERSION, rowBytes, type DatasetInfo } from '../data/dataset.ts';
import type { PackedFile } from '../data/packedSource.ts';

/** The rows of each class, one after the other, as bytes: class c has `byClass[c].length / rowBytes` rows. */
export type RowsByClass = readonly Uint8Array[];

export interface PackedDataset {
  readonly info: DatasetInfo;
  readonly files: Readonly<Record<PackedFile, Uint8Array>> & {
    /** Of a table, what its columns are. */
    readonly 'columns.json'?: Uint8Array;
  };
}

/** The row numbers of each class in a fixed random order. */
function shuffledRows(byClass: RowsByClass, bytes: number, split: string): number[][] {
  return byClass.map((rows, c) => randomStream(0, 'pack', split, c).shuffle(Array.from({ length: rows.length / bytes }, (_, row) => row)));
}

function concatenate(byClass: RowsByClass, bytes: number, order: readonly { label: number; row: number }[]): Uint8Array {
  const packed = new Uint8Array(order.length * bytes);
  order.forEach(({ label, row }, i) => packed.set(byClass[label]!.subarray(row * bytes, (row + 1) * bytes), i * bytes));
  return packed;
}

/** Sorted by class, shuffled within each. */
export function packTrain(byClass: RowsByClass, bytes: number): Uint8Array {
  const order = shuffledRows(byClass, bytes, 'train').flatMap((rows, label) => rows.map((row) => ({ label, row })));
  return concatenate(byClass, bytes, order);
}

/** One row of each class in turn while it has any, so that every prefix is as even as it can be. */
export function packTest(byClass: RowsByClass, bytes: number): { rows: Uint8Array; labels: Uint8Array } {
  const order = shuffledRows(byClass, bytes, 'test')
    .flatMap((rows, label) => rows.map((row, turn) => ({ label, row, turn })))
    .sort((a, b) => a.turn - b.turn || a.label - b.label);
  return { rows: concatenate(byClass, bytes, order), labels: Uint8Array.from(order, ({ label }) => label) };
}

type Described = Omit<DatasetInfo, 'name' | 'digest'>;

/**
 * The SHA-256 digest of what a dataset means, in hex: of its description but for its name, and of its files. Two datasets of one
 * digest are the same to those who train on them.
 */
function digestOf(described: Described, files: PackedDataset['files']): string {
  const { format, kind, element, width, height, classNames, trainCounts, testCount, mean, std } = described;
  const hash = createHash('sha256');
  hash.update(JSON.stringify([format, kind, element, width, height, classNames, trainCounts, testCount, mean, std]));
  for (const file of ['train.bin', 'test.bin', 'test-labels.bin', 'columns.json'] as const) hash.update(files[file] ?? '');
  return hash.digest('hex');
}

/** A dataset's files and its description, of which `about` is what the rows do not say. */
export function pack(
  about: Omit<DatasetInfo, 'format' | 'trainCounts' | 'testCount' | 'digest'>,
  train: RowsByClass,
  test: RowsByClass,
  table?: Table,
): PackedDataset {
  const bytes = rowBytes(about);
  const { rows, labels } = packTest(test, bytes);
  const files = {
    'train.bin': packTrain(train, bytes),
    'test.bin': rows,
    'test-labels.bin': labels,
    ...(table && { 'columns.json': new TextEncoder().encode(JSON.stringify(table)) }),
  };
  const trainCounts = train.map((ofClass) => ofClass.length / bytes);
  const described = { format: FORMAT_VERSION, ...about, trainCounts, testCount: labels.length } as const;
  return { info: { ...described, digest: digestOf(described, files) }, files };
}
