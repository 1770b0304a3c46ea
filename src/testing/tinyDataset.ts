/** For tests: a packed dataset of 2 x 2 images whose pixels say which row they are. */

import { FORMAT_VERSION, rowBytes, type DatasetInfo, type RowSource } from '../data/dataset.ts';
import { packedSource, type PackedFile } from '../data/packedSource.ts';

export interface TinyDataset {
  readonly info: DatasetInfo;
  readonly files: Readonly<Record<PackedFile | 'meta.json', Uint8Array>>;
}

/**
 * Row `row` of the training file is [label, row, 0, 255], of the test file [label, row, 1, 255]; rows modulo 256. In floats all of it
 * is a quarter more.
 */
export function tinyDataset(trainCounts: readonly number[], testCount = 12, element: DatasetInfo['element'] = 'u8'): TinyDataset {
  const info: DatasetInfo = {
    format: FORMAT_VERSION,
    name: 'tiny',
    kind: 'images',
    element,
    width: 2,
    height: 2,
    classNames: trainCounts.map((_, c) => `class ${c}`),
    trainCounts: [...trainCounts],
    testCount,
    digest: '0123456789abcdef'.repeat(4),
    mean: 0.25,
    std: 0.5,
  };
  const trainLabels = trainCounts.flatMap((rows, c) => Array<number>(rows).fill(c));
  const testLabels = Array.from({ length: testCount }, (_, row) => row % trainCounts.length);
  const pixels = (labels: readonly number[], split: number) => {
    const bytes = Uint8Array.from(labels.flatMap((label, row) => [label, row, split, 255]));
    return element === 'u8' ? bytes : new Uint8Array(Float32Array.from(bytes, (value) => value + 0.25).buffer);
  };
  return {
    info,
    files: {
      'meta.json': new TextEncoder().encode(JSON.stringify(info)),
      'train.bin': pixels(trainLabels, 0),
      'test.bin': pixels(testLabels, 1),
      'test-labels.bin': Uint8Array.from(testLabels),
    },
  };
}

export interface CountingSource extends RowSource {
  /** Rows `start` .. `end - 1` of each read of the training file. */
  readonly reads: readonly { readonly start: number; readonly end: number }[];
  /** The most reads that were under way at once. */
  readonly mostAtOnce: () => number;
}

/** The dataset in memory; every read takes a turn of the event loop. */
export function memorySource({ info, files }: TinyDataset): CountingSource {
  const reads: { start: number; end: number }[] = [];
  let underWay = 0;
  let most = 0;
  const source = packedSource({
    where: 'memory:',
    meta: async () => new TextDecoder().decode(files['meta.json']),
    async bytes(file, start, end) {
      if (file === 'train.bin') reads.push({ start: start / rowBytes(info), end: end / rowBytes(info) });
      most = Math.max(most, ++underWay);
      await new Promise((resolve) => setTimeout(resolve));
      underWay--;
      return files[file].slice(start, end);
    },
  });
  return { ...source, reads, mostAtOnce: () => most };
}
