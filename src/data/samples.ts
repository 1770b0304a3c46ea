/** Samples in memory: read, standardised, counted, shown. */

import { randomStream } from '../math/random.ts';
import { rowWidth, type DatasetInfo, type RowSource, type Values } from './dataset.ts';
import type { Share } from './partition.ts';

/** Samples in memory. */
export interface Samples {
  readonly count: number;
  /** Values a row: image width times height, 784 for MNIST. */
  readonly width: number;
  /** count x width, row-major, as stored. */
  readonly values: Values;
  /** count class indices. */
  readonly labels: Uint8Array;
}

/** Rows `start` .. `start + count - 1` of the training file. */
interface Span {
  readonly start: number;
  readonly count: number;
}

/** As many as a browser gives one host over HTTP/1.1. */
const MAX_PARALLEL_READS = 6;

function mergeTouching(spans: readonly Span[]): Span[] {
  const merged: Span[] = [];
  for (const span of spans) {
    const last = merged.at(-1);
    if (last && last.start + last.count === span.start) merged[merged.length - 1] = { start: last.start, count: last.count + span.count };
    else merged.push(span);
  }
  return merged;
}

const newValues = ({ element }: Pick<DatasetInfo, 'element'>, length: number): Values =>
  element === 'u8' ? new Uint8Array(length) : new Float32Array(length);

/** The rows of all spans, one after the other. */
async function readSpans(source: RowSource, spans: readonly Span[], info: DatasetInfo): Promise<Values> {
  const width = rowWidth(info);
  const total = spans.reduce((sum, span) => sum + span.count, 0);
  const values = newValues(info, total * width);
  let row = 0;
  const placed = spans.map((span) => ({ ...span, offset: (row += span.count) - span.count }));
  const queue = placed.values();
  const readInTurn = async () => {
    for (const { start, count, offset } of queue) values.set(await source.rows('train', start, count), offset * width);
  };
  await Promise.all(Array.from({ length: MAX_PARALLEL_READS }, readInTurn));
  return values;
}

/** Reads a client's training samples, and nothing else, in a fixed random order. @throws {DatasetError} */
export async function loadShare(source: RowSource, share: Share): Promise<Samples> {
  const info = await source.info();
  const width = rowWidth(info);
  let rowsBefore = 0;
  const firstRows = info.trainCounts.map((rows) => (rowsBefore += rows) - rows);
  const spans = share
    .map(({ classIndex, start, count }) => ({ start: firstRows[classIndex]! + start, count, label: classIndex }))
    .sort((a, b) => a.start - b.start);
  const sortedLabels = spans.flatMap(({ count, label }) => Array<number>(count).fill(label));
  const sorted = await readSpans(source, mergeTouching(spans), info);

  const count = sortedLabels.length;
  const values = newValues(info, count * width);
  const labels = new Uint8Array(count);
  const order = randomStream(0, 'order of a share').shuffle(Array.from({ length: count }, (_, row) => row));
  order.forEach((from, to) => {
    values.set(sorted.subarray(from * width, (from + 1) * width), to * width);
    labels[to] = sortedLabels[from]!;
  });
  return { count, width, values, labels };
}

/** Reads the first `count` test samples. @throws {DatasetError} */
export async function loadTest(source: RowSource, count: number): Promise<Samples> {
  const [info, values, labels] = await Promise.all([source.info(), source.rows('test', 0, count), source.testLabels(count)]);
  return { count, width: rowWidth(info), values, labels };
}

/** (x - mean) / std of every value, bytes scaled to 0 .. 1 before, in the same order. */
export function standardise(values: Values, { mean, std }: Pick<DatasetInfo, 'mean' | 'std'>): Float32Array {
  if (values instanceof Float32Array) return values.map((value) => (value - mean) / std);
  const byValue = Float32Array.from({ length: 256 }, (_, value) => (value / 255 - mean) / std);
  // Not `Float32Array.from`, which puts all values into an ordinary array first: 100 MB for a test set.
  const standard = new Float32Array(values.length);
  for (let i = 0; i < values.length; i++) standard[i] = byValue[values[i]!]!;
  return standard;
}

/** Samples of each of `classes` classes. */
export function histogram(labels: Uint8Array, classes: number): number[] {
  const counts = Array<number>(classes).fill(0);
  for (const label of labels) counts[label]!++;
  return counts;
}

/** Grey bytes as they are; floats by the range of their image. */
function greyBytes(image: Values): Uint8Array {
  if (image instanceof Uint8Array) return image.slice();
  const least = image.reduce((a, b) => Math.min(a, b));
  const span = image.reduce((a, b) => Math.max(a, b)) - least || 1;
  return Uint8Array.from(image, (value) => Math.round((255 * (value - least)) / span));
}

/** At most `count` of the images, of as many classes as possible: the first of each class, then the second of each, and so on. */
export function previews({ count: available, width, values, labels }: Samples, count: number): { label: number; pixels: Uint8Array }[] {
  const seen = new Map<number, number>();
  const ranked = Array.from({ length: available }, (_, row) => {
    const label = labels[row]!;
    const rank = seen.get(label) ?? 0;
    seen.set(label, rank + 1);
    return { row, label, rank };
  });
  return ranked
    .sort((a, b) => a.rank - b.rank || a.label - b.label)
    .slice(0, count)
    .map(({ row, label }) => ({ label, pixels: greyBytes(values.subarray(row * width, (row + 1) * width)) }));
}
