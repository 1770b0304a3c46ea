import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DatasetError } from '../dataset.ts';
import { labelledIdx, parseIdx } from './idx.ts';

const writers = {
  0x08: {
    bytes: 1,
    write: (view: DataView, at: number, value: number) => view.setUint8(at, value),
    values: fc.integer({ min: 0, max: 255 }),
  },
  0x09: {
    bytes: 1,
    write: (view: DataView, at: number, value: number) => view.setInt8(at, value),
    values: fc.integer({ min: -128, max: 127 }),
  },
  0x0b: {
    bytes: 2,
    write: (view: DataView, at: number, value: number) => view.setInt16(at, value),
    values: fc.integer({ min: -32768, max: 32767 }),
  },
  0x0c: { bytes: 4, write: (view: DataView, at: number, value: number) => view.setInt32(at, value), values: fc.integer() },
  0x0d: { bytes: 4, write: (view: DataView, at: number, value: number) => view.setFloat32(at, value), values: fc.float({ noNaN: true }) },
  0x0e: { bytes: 8, write: (view: DataView, at: number, value: number) => view.setFloat64(at, value), values: fc.double({ noNaN: true }) },
};
const codes = [0x08, 0x09, 0x0b, 0x0c, 0x0d, 0x0e] as const;
type Code = (typeof codes)[number];

function idx(code: Code, sizes: readonly number[], values: readonly number[]): Buffer {
  const { bytes, write } = writers[code];
  const header = 4 * (1 + sizes.length);
  const file = Buffer.alloc(header + bytes * values.length);
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  file.set([0, 0, code, sizes.length]);
  sizes.forEach((size, d) => view.setUint32(4 * (d + 1), size));
  values.forEach((value, i) => write(view, header + i * bytes, value));
  return file;
}

const arrays = fc
  .record({ code: fc.constantFrom(...codes), sizes: fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 4 }) })
  .chain(({ code, sizes }) => {
    const length = sizes.reduce((product, size) => product * size, 1);
    const values = fc.array<number>(writers[code].values, { minLength: length, maxLength: length });
    return fc.record({ code: fc.constant(code), sizes: fc.constant(sizes), values });
  });

describe('parseIdx', () => {
  test('reads every type of value in any shape', () => {
    fc.assert(
      fc.property(arrays, ({ code, sizes, values }) => {
        const read = parseIdx(idx(code, sizes, values), 'file');
        expect(read.sizes).toEqual(sizes);
        expect([...read.values]).toEqual(values);
        expect(read.values instanceof Uint8Array).toBe(code === 0x08);
      }),
    );
  });

  test('refuses a file of any other length, and no prefix of one passes', () => {
    fc.assert(
      fc.property(arrays, fc.nat(), ({ code, sizes, values }, cut) => {
        const file = idx(code, sizes, values);
        expect(() => parseIdx(file.subarray(0, cut % file.length), 'file')).toThrow(DatasetError);
        expect(() => parseIdx(Buffer.concat([file, Buffer.of(0)]), 'file')).toThrow(/after its header, which says/);
      }),
    );
  });
});

describe('labelledIdx', () => {
  const read = (images: Uint8Array, labels: Uint8Array) =>
    labelledIdx({ bytes: images, where: 'images' }, { bytes: labels, where: 'labels' });

  const images = idx(0x08, [2, 2, 3], [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
  const labels = idx(0x08, [2], [7, 0]);

  test('makes images of three dimensions', () => {
    const { rows, reading } = read(images, labels);
    expect(rows).toMatchObject({ kind: 'images', width: 3, height: 2, labels: ['7', '0'] });
    expect([...rows.values]).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
    expect(reading).toMatchObject({
      kind: 'images',
      rows: 2,
      classes: [
        { name: '7', rows: 1 },
        { name: '0', rows: 1 },
      ],
    });
  });

  test('makes a table of two', () => {
    const { rows, reading } = read(idx(0x0d, [2, 3], [0.5, 1, 2, 3, 4, -5]), idx(0x0c, [2], [-1, 300]));
    expect(rows).toEqual({
      kind: 'table',
      width: 3,
      height: 1,
      values: Float64Array.of(0.5, 1, 2, 3, 4, -5),
      labels: ['-1', '300'],
    });
    expect(reading.columns[2]).toEqual({ kind: 'number', name: '3', least: -5, greatest: 2, empty: 0 });
  });

  test("takes the class of QMNIST's labels, and says what it passes over", () => {
    const { rows, reading } = read(images, idx(0x0c, [2, 8], [7, 1, 1, 1, 1, 1, 1, 1, 0, 2, 2, 2, 2, 2, 2, 2]));
    expect(rows.labels).toEqual(['7', '0']);
    expect(reading.notes).toEqual(['labels tells 8 things of each row; the first is its class.']);
  });

  test("turns EMNIST's images upright, and says so; a folder of that name turns nothing", () => {
    const named = (where: string) => labelledIdx({ bytes: images, where }, { bytes: labels, where: 'labels' });
    const { rows, reading } = named('data/emnist-letters-train-images-idx3-ubyte.gz');
    expect(rows).toMatchObject({ width: 2, height: 3 });
    expect([...rows.values]).toEqual([1, 4, 2, 5, 3, 6, 7, 10, 8, 11, 9, 12]);
    expect(reading.notes).toEqual(['EMNIST keeps its images on their side; they are turned upright.']);
    expect([...named('emnist/train-images').rows.values]).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
  });

  test.each<[string, Uint8Array, Uint8Array, RegExp]>([
    ['something else', Buffer.from('label,a,b\n'), labels, /images is not an IDX file; give one such as/],
    ['an unknown type', Buffer.of(0, 0, 0x0a, 1, 0, 0, 0, 0), labels, /images is not an IDX file/],
    [
      'a file cut short',
      images.subarray(0, 20),
      labels,
      /images has 4 bytes after its header, which says 2 x 2 x 3 values of 1 byte; download/,
    ],
    ['four dimensions', idx(0x08, [1, 1, 1, 1], [1]), labels, /images has 4 dimensions; give 3 for grey images, or 2 for a table\.$/],
    ['one dimension', labels, labels, /images has 1 dimensions/],
    ['empty rows', idx(0x08, [2, 0, 3], []), labels, /images has rows of 0 x 3 values; give rows of 1 to 65536\.$/],
    ['rows that are too long', idx(0x08, [2, 65537], Array(131074).fill(1)), labels, /images has rows of 1 x 65537 values/],
    ['the files in the wrong order', images, images, /labels has 3 dimensions; labels have 1, so check the order of the files\.$/],
    ['labels of other rows', images, idx(0x08, [3], [1, 2, 3]), /labels has 3 labels for the 2 rows of .*images; give two files/],
    ['labels between classes', images, idx(0x0d, [2], [1, 1.5]), /labels has the label 1\.5; labels must be whole numbers\.$/],
    ['rows that are not numbers', idx(0x0d, [2, 2], [1, 2, NaN, 4]), labels, /images has NaN in row 2; give finite numbers\.$/],
  ])('refuses %s', (_, imageFile, labelFile, sentence) => {
    expect(() => read(imageFile, labelFile)).toThrow(DatasetError);
    expect(() => read(imageFile, labelFile)).toThrow(sentence);
  });
});
