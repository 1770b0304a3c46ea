import { randomStream } from '../math/random.ts';
import { rowBytes, type DatasetInfo, type RowSource } from './dataset.ts';
import type { Share } from './partition.ts';

/** Images in memory. */
export interface Samples {
  readonly count: number;
  /** Values a row: image width times height, 784 for MNIST. */
  readonly width: number;
  /** count x width, row-major, grey bytes; 0 is the background. */
  readonly pixels: Uint8Array;
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
    if (last && last.start + last.count === span.start)
      merged[merged.length - 1] = { start: last.start, count: last.count + span.count };
    else merged.push(span);
  }
  return merged;
}

/** The rows of all spans, one after the other. */
async function readSpans(source: RowSource, spans: readonly Span[], width: number): Promise<Uint8Array> {
  const total = spans.reduce((sum, span) => sum + span.count, 0);
  const pixels = new Uint8Array(total * width);
  let row = 0;
  const placed = spans.map((span) => ({ ...span, offset: (row += span.count) - span.count }));
  const queue = placed.values();
  const readInTurn = async () => {
    for (const { start, count, offset } of queue) pixels.set(await source.rows('train', start, count), offset * width);
  };
  await Promise.all(Array.from({ length: MAX_PARALLEL_READS }, readInTurn));
  return pixels;
}

/** Reads a client's training samples, and nothing else, in a fixed random order. @throws {DatasetError} */
export async function loadShare(source: RowSource, share: Share): Promise<Samples> {
  const info = await source.info();
  const width = rowBytes(info);
  let rowsBefore = 0;
  const firstRows = info.trainCounts.map((rows) => (rowsBefore += rows) - rows);
  const spans = share
    .map(({ classIndex, start, count }) => ({ start: firstRows[classIndex]! + start, count, label: classIndex }))
    .sort((a, b) => a.start - b.start);
  const sortedLabels = spans.flatMap(({ count, label }) => Array<number>(count).fill(label));
  const sorted = await readSpans(source, mergeTouching(spans), width);

  const count = sortedLabels.length;
  const pixels = new Uint8Array(count * width);
  const labels = new Uint8Array(count);
  const order = randomStream(0, 'order of a share').shuffle(Array.from({ length: count }, (_, row) => row));
  order.forEach((from, to) => {
    pixels.set(sorted.subarray(from * width, (from + 1) * width), to * width);
    labels[to] = sortedLabels[from]!;
  });
  return { count, width, pixels, labels };
}

/** Reads the first `count` test samples. @throws {DatasetError} */
export async function loadTest(source: RowSource, count: number): Promise<Samples> {
  const [info, pixels, labels] = await Promise.all([source.info(), source.rows('test', 0, count), source.testLabels(count)]);
  return { count, width: rowBytes(info), pixels, labels };
}

/** (x / 255 - mean) / std of every pixel, in the same order. */
export function standardise(pixels: Uint8Array, { mean, std }: Pick<DatasetInfo, 'mean' | 'std'>): Float32Array {
  const byValue = Float32Array.from({ length: 256 }, (_, value) => (value / 255 - mean) / std);
  return Float32Array.from(pixels, (value) => byValue[value]!);
}

/** Samples of each of `classes` classes. */
export function histogram(labels: Uint8Array, classes: number): number[] {
  const counts = Array<number>(classes).fill(0);
  for (const label of labels) counts[label]!++;
  return counts;
}

/** At most `count` of the images, of as many classes as possible: the first of each class, then the second of each, and so on. */
export function previews(
  { count: available, width, pixels, labels }: Samples,
  count: number,
): { label: number; pixels: Uint8Array }[] {
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
    .map(({ row, label }) => ({ label, pixels: pixels.slice(row * width, (row + 1) * width) }));
}
