/** Images or rows and their labels in IDX files. */

import { DatasetError, MAX_ROW_VALUES } from '../dataset.ts';
import type { ReadRows } from './labelledRows.ts';
import { classCounts, type ColumnReading } from './reading.ts';

/**
 * The IDX form of arrays, as MNIST's authors describe it (http://yann.lecun.com/exdb/mnist/): two zeros, the type of the values,
 * the number of dimensions, their sizes as big-endian uint32, then the values, big-endian and row-major.
 */
export interface IdxArray {
  readonly sizes: readonly number[];
  /** Bytes where the file has unsigned bytes. */
  readonly values: Uint8Array | Float64Array;
}

interface ValueType {
  readonly bytes: number;
  read(view: DataView, offset: number): number;
}

const UNSIGNED_BYTES = 0x08;

const valueTypes: ReadonlyMap<number, ValueType> = new Map([
  [UNSIGNED_BYTES, { bytes: 1, read: (view: DataView, offset: number) => view.getUint8(offset) }],
  [0x09, { bytes: 1, read: (view: DataView, offset: number) => view.getInt8(offset) }],
  [0x0b, { bytes: 2, read: (view: DataView, offset: number) => view.getInt16(offset) }],
  [0x0c, { bytes: 4, read: (view: DataView, offset: number) => view.getInt32(offset) }],
  [0x0d, { bytes: 4, read: (view: DataView, offset: number) => view.getFloat32(offset) }],
  [0x0e, { bytes: 8, read: (view: DataView, offset: number) => view.getFloat64(offset) }],
]);

/** @param where its name for error messages. @throws {DatasetError} when the bytes are not one whole IDX array. */
export function parseIdx(bytes: Uint8Array, where: string): IdxArray {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const code = bytes[2] ?? 0;
  const type = valueTypes.get(code);
  const dimensions = bytes[3] ?? 0;
  const header = 4 * (1 + dimensions);
  if (bytes.length < 4 || view.getUint16(0) !== 0 || !type || dimensions === 0 || bytes.length < header) {
    throw new DatasetError(`${where} is not an IDX file; give one such as MNIST's train-images-idx3-ubyte, packed by gzip or not.`);
  }
  const sizes = Array.from({ length: dimensions }, (_, d) => view.getUint32(4 * (d + 1)));
  const total = sizes.reduce((product, size) => product * size, 1);
  if (bytes.length !== header + total * type.bytes) {
    throw new DatasetError(
      `${where} has ${bytes.length - header} bytes after its header, which says ${sizes.join(' x ')} values of ${type.bytes} ` +
        `${type.bytes === 1 ? 'byte' : 'bytes'}; download it again.`,
    );
  }
  if (code === UNSIGNED_BYTES) return { sizes, values: bytes.subarray(header) };
  return { sizes, values: Float64Array.from({ length: total }, (_, i) => type.read(view, header + i * type.bytes)) };
}

/** What QMNIST's labels tell of a digit: its class, and seven things of where it comes from. */
const QMNIST_FACTS = 8;

/** By their names, files of EMNIST (arXiv 1702.05373), whose images lie on their side: columns first. */
const isOnSide = (path: string) => /(?:^|[/\\])emnist[^/\\]*$/i.test(path);

/** Images of height x width, upright: row and column exchanged. */
function upright(values: IdxArray['values'], height: number, width: number): IdxArray['values'] {
  const turned = values instanceof Uint8Array ? new Uint8Array(values.length) : new Float64Array(values.length);
  const size = height * width;
  for (let i = 0; i < values.length; i++) {
    const [first, at] = [i - (i % size), i % size];
    turned[first + (at % width) * height + Math.floor(at / width)] = values[i]!;
  }
  return turned;
}

/** The bytes of a file, and its name for error messages. */
export interface NamedBytes {
  readonly bytes: Uint8Array;
  readonly where: string;
}

function columnsOf(values: IdxArray['values'], width: number): ColumnReading[] {
  return Array.from({ length: width }, (_, column) => {
    let least = Infinity;
    let greatest = -Infinity;
    for (let i = column; i < values.length; i += width) {
      least = Math.min(least, values[i]!);
      greatest = Math.max(greatest, values[i]!);
    }
    return { kind: 'number', name: String(column + 1), least, greatest, empty: 0 };
  });
}

/**
 * Images of three dimensions (n x height x width), or a table of two (n x columns), with labels of one (n whole numbers)
 * or of two (n x 8, the first the class: QMNIST's, https://github.com/facebookresearch/qmnist). EMNIST's images are turned upright.
 * @throws {DatasetError} when they are not that, or do not belong together.
 */
export function labelledIdx(imageFile: NamedBytes, labelFile: NamedBytes): ReadRows {
  const { where: imagesPath } = imageFile;
  const { where: labelsPath } = labelFile;
  const images = parseIdx(imageFile.bytes, imagesPath);
  const labels = parseIdx(labelFile.bytes, labelsPath);
  const [count = 0, ...shape] = images.sizes;
  const [height, width] = shape.length === 1 ? [1, ...shape] : shape;
  if (height === undefined || width === undefined || shape.length > 2) {
    throw new DatasetError(`${imagesPath} has ${images.sizes.length} dimensions; give 3 for grey images, or 2 for a table.`);
  }
  if (height * width === 0 || height * width > MAX_ROW_VALUES) {
    throw new DatasetError(`${imagesPath} has rows of ${height} x ${width} values; give rows of 1 to ${MAX_ROW_VALUES}.`);
  }
  const [labelled = 0, facts = 1] = labels.sizes;
  if (labels.sizes.length > 2 || (facts !== 1 && facts !== QMNIST_FACTS)) {
    throw new DatasetError(`${labelsPath} has ${labels.sizes.length} dimensions; labels have 1, so check the order of the files.`);
  }
  const classes = labels.values.filter((_, i) => i % facts === 0);
  if (labelled !== count) {
    throw new DatasetError(
      `${labelsPath} has ${labelled} labels for the ${count} rows of ${imagesPath}; give two files that belong together.`,
    );
  }
  const fraction = classes.find((label) => !Number.isInteger(label));
  if (fraction !== undefined) throw new DatasetError(`${labelsPath} has the label ${fraction}; labels must be whole numbers.`);
  const odd = images.values.findIndex((value) => !Number.isFinite(value));
  if (odd >= 0) {
    throw new DatasetError(
      `${imagesPath} has ${images.values[odd]} in row ${Math.floor(odd / (height * width)) + 1}; give finite numbers.`,
    );
  }
  const kind = shape.length === 1 ? 'table' : 'images';
  const names = Array.from(classes, String);
  const isTurned = kind === 'images' && isOnSide(imagesPath);
  const size = isTurned ? { width: height, height: width } : { width, height };
  const values = isTurned ? upright(images.values, height, width) : images.values;
  return {
    rows: { kind, ...size, values: kind === 'table' ? Float64Array.from(values) : values, labels: names },
    reading: {
      kind,
      rows: count,
      classes: classCounts(names),
      columns: kind === 'table' ? columnsOf(images.values, width) : [],
      dialect: null,
      leftOut: [],
      notes: [
        ...(facts === 1 ? [] : [`${labelsPath} tells ${facts} things of each row; the first is its class.`]),
        ...(isTurned ? ['EMNIST keeps its images on their side; they are turned upright.'] : []),
      ],
    },
  };
}
