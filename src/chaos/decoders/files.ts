/** Files, of a person's own or from a server: data, and models to go on from. Images themselves are decoded by the browser, or by sharp. */

import { parseCatalogue } from '../../data/catalogue.ts';
import { parseTable, type Table } from '../../data/columns.ts';
import { DatasetError, parseInfo } from '../../data/dataset.ts';
import { parseCsv } from '../../data/formats/csv.ts';
import { labelledIdx, parseIdx } from '../../data/formats/idx.ts';
import { headOf } from '../../data/formats/imageHead.ts';
import { packedSource } from '../../data/packedSource.ts';
import { readModel } from '../../export/modelFiles.ts';
import { toHtml } from '../../export/html.ts';
import { rowsIn } from '../../export/rowsIn.ts';
import { toSafetensors } from '../../export/safetensors.ts';
import { ModelFileError, type SavedModel } from '../../export/savedModel.ts';
import { utf8, type Decoder } from './decoder.ts';

const info = {
  format: 1,
  name: 'rows',
  kind: 'table',
  element: 'f32',
  width: 3,
  height: 1,
  classNames: ['a', 'b'],
  trainCounts: [2, 2],
  testCount: 2,
  digest: '0f',
  mean: 0,
  std: 1,
};
const table: Table = {
  named: true,
  columns: [
    { kind: 'number', name: 'length', mean: 1, std: 2, hasEmpty: true },
    { kind: 'category', name: 'kind', categories: ['a', 'b'], hasEmpty: false },
  ],
};
const csvForm = { label: null, leftOut: [], categories: [], names: null, empty: 'impute', encoding: null, image: null } as const;
const idxImages = Uint8Array.of(0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2, 1, 2, 3, 4);
const idxLabels = Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 2, 0, 1);

const model: SavedModel = {
  card: {
    format: 'sparkmesh-model/1',
    task: { kind: 'images', width: 2, height: 2, channels: 1, values: 'bytes', mean: [0.5], std: [1] },
    classes: ['a', 'b'],
    convolutions: [],
    hidden: [2],
    weights: 'averaged',
    rounds: 3,
    participants: 2,
    scores: { accuracy: 0.5, loss: 1, samples: 4, on: 'test' },
    settings: { rounds: 3 },
    versions: { sparkmesh: '1' },
  },
  weights: Float32Array.from({ length: 16 }, (_, i) => i / 8),
};
const safetensors = toSafetensors(model);
const headerEnd = 8 + Number(new DataView(safetensors.buffer).getBigUint64(0, true));
/** The page without its program, which is most of it. */
const page = new TextDecoder().decode(toHtml(model)).replace(/^(<!doctype html>).*(<script[^>]*id="model">[^<]*<\/script>).*$/is, '$1$2');

/** A file with this header and the model's tensors. */
function withHeader(header: string): Uint8Array<ArrayBuffer> {
  const text = utf8(header);
  const file = new Uint8Array(8 + text.length + safetensors.length - headerEnd);
  new DataView(file.buffer).setBigUint64(0, BigInt(text.length), true);
  file.set(text, 8);
  file.set(safetensors.subarray(headerEnd), 8 + text.length);
  return file;
}

const header = (file: Uint8Array): unknown => JSON.parse(new TextDecoder().decode(file.subarray(8, headerEnd)));

export const files: readonly Decoder[] = [
  {
    name: 'the catalogue',
    of: 'json',
    valid: [[{ name: 'mnist', kind: 'images', width: 28, height: 28, classes: 10, trainSamples: 60_000, testSamples: 10_000 }]],
    decode: (text) => parseCatalogue(text, 'catalogue.json'),
    refusals: [DatasetError],
  },
  {
    name: 'descriptions of datasets',
    of: 'json',
    valid: [info],
    decode: (text) => parseInfo(text, 'meta.json'),
    refusals: [DatasetError],
  },
  {
    name: 'descriptions of columns',
    of: 'json',
    valid: [table],
    decode: (text) => parseTable(text, 'columns.json'),
    refusals: [DatasetError],
  },
  {
    name: 'packed rows',
    of: 'bytes',
    valid: [new Uint8Array(Float32Array.of(1, 2, 3, 4, 5, 6).buffer)],
    decode: async (bytes) => {
      const source = packedSource({ where: 'rows/', meta: async () => JSON.stringify(info), bytes: async () => bytes });
      await source.rows('test', 0, 2);
    },
    refusals: [DatasetError],
  },
  {
    name: 'packed labels',
    of: 'bytes',
    valid: [Uint8Array.of(0, 1)],
    decode: (bytes) => packedSource({ where: 'rows/', meta: async () => JSON.stringify(info), bytes: async () => bytes }).testLabels(2),
    refusals: [DatasetError],
  },
  {
    name: 'IDX files',
    of: 'bytes',
    valid: [idxImages, idxLabels, Uint8Array.of(0, 0, 13, 1, 0, 0, 0, 1, 0, 0, 0, 0)],
    decode: (bytes) => parseIdx(bytes, 'file'),
    refusals: [DatasetError],
  },
  {
    name: 'IDX images with labels',
    of: 'bytes',
    valid: [idxImages],
    decode: (bytes) => labelledIdx({ bytes, where: 'images' }, { bytes: idxLabels, where: 'labels' }),
    refusals: [DatasetError],
  },
  {
    name: 'CSV files',
    of: 'bytes',
    valid: [
      utf8('length,width,"kind"\n1.5,2,a\n3,4,b\n,5,a\n'),
      utf8('1;2,5;x\r\n3;4,5;y\r\n'),
      Uint8Array.from(Buffer.from('\uFEFFa\tb\n1\tx\n2\ty\n', 'utf16le')),
    ],
    decode: (bytes) => parseCsv(bytes, csvForm, 'file'),
    refusals: [DatasetError],
  },
  {
    name: 'rows that a model is asked of',
    of: 'bytes',
    valid: [utf8('kind,length\na,1.5\nb,\n')],
    decode: (bytes) => rowsIn(bytes, table, 'file'),
    refusals: [DatasetError],
  },
  {
    name: "images' heads",
    of: 'bytes',
    valid: [
      Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52, 0, 0, 0, 4, 0, 0, 0, 4, 8, 6, 0, 0, 0),
      Uint8Array.of(0xff, 0xd8, 0xff, 0xe0, 0, 4, 0, 0, 0xff, 0xc0, 0, 11, 8, 0, 4, 0, 4, 1, 1, 0x11, 0, 0xff, 0xd9),
      utf8('GIF89a\u0004\u0000\u0004\u0000\u0000\u0000\u0000,\u0000\u0000;'),
      utf8('RIFF\u0016\u0000\u0000\u0000WEBPVP8X\n\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0003\u0000\u0000\u0003\u0000\u0000'),
      utf8('\u0000\u0000\u0000\u0014ftypavif\u0000\u0000\u0000\u0000mif1\u0000\u0000\u0000\bmdat'),
    ],
    decode: headOf,
    refusals: [],
  },
  {
    name: 'saved models',
    of: 'bytes',
    valid: [safetensors, utf8(page)],
    decode: (bytes) => readModel(bytes, 'file'),
    refusals: [ModelFileError],
  },
  {
    name: "saved models' headers",
    of: 'json',
    valid: [header(safetensors)],
    decode: (text) => readModel(withHeader(text), 'file'),
    refusals: [ModelFileError],
  },
  {
    name: "saved models' cards",
    of: 'json',
    valid: [model.card],
    decode: (card) => {
      const read = header(safetensors);
      return readModel(withHeader(JSON.stringify({ ...(typeof read === 'object' ? read : {}), __metadata__: { card } })), 'file');
    },
    refusals: [ModelFileError],
  },
];
