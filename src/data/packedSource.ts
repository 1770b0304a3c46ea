/** Rows of a packed dataset, wherever its files are. */

import { DatasetError, parseInfo, rowBytes, trainRowCount, type DatasetInfo, type RowSource } from './dataset.ts';

/** The files of a packed dataset, beside `meta.json`. */
export type PackedFile = 'train.bin' | 'test.bin' | 'test-labels.bin';

/** A place that holds a packed dataset. */
export interface PackedFiles {
  /** Its name for error messages. */
  readonly where: string;
  /** The text of `meta.json`. */
  meta(): Promise<string>;
  /** Bytes `start` .. `end - 1` of `file`, which has `size` bytes in all; `start < end`. */
  bytes(file: PackedFile, start: number, end: number, size: number): Promise<Uint8Array>;
}

const PACK_AGAIN = 'pack it again with `npm run prepare-data`.';

/** Rows of a packed dataset, wherever its files are. Reads `meta.json` once. */
export function packedSource(files: PackedFiles): RowSource {
  let info: Promise<DatasetInfo> | undefined;
  const readInfo = () => (info ??= files.meta().then((text) => parseInfo(text, `${files.where}meta.json`)));

  /** `count` records of `width` bytes from record `start` on, of a file with `total` records. */
  const records = async (file: PackedFile, width: number, start: number, count: number, total: number) => {
    if (start < 0 || count < 0 || start + count > total) {
      throw new RangeError(`${file} has rows 0 to ${total - 1}; rows ${start} to ${start + count - 1} are not in it.`);
    }
    if (count === 0) return new Uint8Array(0);
    const bytes = await files.bytes(file, start * width, (start + count) * width, total * width);
    if (bytes.length !== count * width) {
      throw new DatasetError(`${files.where}${file} does not fit its meta.json; ${PACK_AGAIN}`);
    }
    return bytes;
  };

  return {
    info: readInfo,
    async rows(split, start, count) {
      const known = await readInfo();
      const total = split === 'train' ? trainRowCount(known) : known.testCount;
      const bytes = await records(`${split}.bin`, rowBytes(known), start, count, total);
      if (known.element === 'u8') return bytes;
      // In a buffer of its own, which begins where a float may begin.
      const floats = new Float32Array(bytes.slice().buffer);
      if (floats.every(Number.isFinite)) return floats;
      throw new DatasetError(`${files.where}${split}.bin has values that are not numbers; ${PACK_AGAIN}`);
    },
    async testLabels(count) {
      const known = await readInfo();
      const labels = await records('test-labels.bin', 1, 0, count, known.testCount);
      if (labels.some((label) => label >= known.classNames.length)) {
        throw new DatasetError(`${files.where}test-labels.bin has labels beyond its classes; ${PACK_AGAIN}`);
      }
      return labels;
    },
  };
}
