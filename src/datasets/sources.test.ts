import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { entryOf } from '../data/catalogue.ts';
import { DatasetError, type RowSource } from '../data/dataset.ts';
import { fileSource } from './fileSource.ts';
import { fetchCatalogue, httpSource } from '../data/httpSource.ts';
import { tinyDataset } from '../testing/tinyDataset.ts';

const tiny = tinyDataset([3, 2], 4);

type Files = Record<string, Uint8Array>;
type Answer = (content: Uint8Array | undefined, request: IncomingMessage, response: ServerResponse) => void;

const withRanges: Answer = (content, request, response) => {
  const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '') ?? [];
  if (!content) response.writeHead(404).end();
  else if (first === undefined) response.end(content);
  else response.writeHead(206).end(content.subarray(Number(first), Number(last) + 1));
};

const withoutRanges: Answer = (content, _, response) => void (content ? response.end(content) : response.writeHead(404).end());

/** As a page server does: unknown paths are the page. */
const withFallback: Answer = (content, request, response) =>
  content ? withRanges(content, request, response) : void response.writeHead(200, { 'Content-Type': 'text/html' }).end('<html></html>');

let servers: Server[] = [];
let folder = '';
/** The data's address on the newest server. */
let root = '';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sparkmesh-data-'));
});

afterEach(async () => {
  for (const server of servers) server.close().closeAllConnections();
  servers = [];
  await rm(folder, { recursive: true });
});

async function overHttp(files: Files, answer: Answer): Promise<RowSource> {
  const server = createServer((request, response) =>
    answer(files[(request.url ?? '').replace(/^\/data\/(mnist\/)?/, '')], request, response),
  );
  servers.push(server);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = server.address();
  if (typeof address !== 'object' || !address) throw new Error('no port');
  root = `http://127.0.0.1:${address.port}/data/`;
  return httpSource(new URL(root), 'mnist');
}

async function onDisk(files: Files): Promise<RowSource> {
  await mkdir(folder, { recursive: true });
  for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content);
  return fileSource(folder);
}

describe.each<[string, (files: Files) => Promise<RowSource>]>([
  ['HTTP with ranges', (files) => overHttp(files, withRanges)],
  ['HTTP without ranges', (files) => overHttp(files, withoutRanges)],
  ['files', onDisk],
])('a packed dataset over %s', (_, open) => {
  test('gives its description, any rows and the first labels', async () => {
    const source = await open(tiny.files);
    expect(await source.info()).toEqual(tiny.info);
    expect(await source.rows('train', 0, 5)).toEqual(tiny.files['train.bin']);
    expect(await source.rows('train', 2, 2)).toEqual(Uint8Array.of(0, 2, 0, 255, 1, 3, 0, 255));
    expect(await source.rows('test', 3, 1)).toEqual(Uint8Array.of(1, 3, 1, 255));
    expect(await source.rows('train', 4, 0)).toEqual(new Uint8Array(0));
    expect(await source.testLabels(3)).toEqual(Uint8Array.of(0, 1, 0));
  });

  test('gives floats as they were packed, and no others', async () => {
    const floats = tinyDataset([3, 2], 4, 'f32');
    const source = await open(floats.files);
    expect(await source.info()).toEqual(floats.info);
    expect(await source.rows('train', 1, 2)).toEqual(Float32Array.of(0.25, 1.25, 0.25, 255.25, 0.25, 2.25, 0.25, 255.25));
    expect(await source.rows('test', 3, 1)).toEqual(Float32Array.of(1.25, 3.25, 1.25, 255.25));
    const broken = await open({ ...floats.files, 'train.bin': new Uint8Array(5 * 4 * 4).fill(0xff) });
    await expect(broken.rows('train', 0, 1)).rejects.toThrow(/train\.bin has values that are not numbers; pack it again/);
  });

  test('refuses rows that do not exist', async () => {
    const source = await open(tiny.files);
    await expect(source.rows('train', 4, 2)).rejects.toThrow(RangeError);
    await expect(source.rows('test', -1, 1)).rejects.toThrow('test.bin has rows 0 to 3; rows -1 to -1 are not in it.');
    await expect(source.testLabels(5)).rejects.toThrow(RangeError);
  });

  test('says how to prepare data that is missing', async () => {
    const source = await open({});
    await expect(source.info()).rejects.toThrow(DatasetError);
    await expect(source.info()).rejects.toThrow(/(meta\.json |no dataset "mnist").*`npm run prepare-data`/);
    const partly = await open({ 'meta.json': tiny.files['meta.json'] });
    await expect(partly.rows('train', 0, 1)).rejects.toThrow(/train\.bin .*`npm run prepare-data`/);
  });

  test.each([
    ['another format', { ...tiny.info, format: 0 }],
    ['a class without a count', { ...tiny.info, trainCounts: [5] }],
    ['negative counts', { ...tiny.info, trainCounts: [8, -3] }],
    ['no deviation', { ...tiny.info, std: 0 }],
    ['larger rows than there may be', { ...tiny.info, width: 1000, height: 66 }],
    ['more classes than a byte can name', { ...tiny.info, classNames: Array(256).fill('c'), trainCounts: Array(256).fill(1) }],
    ['unknown fields', { ...tiny.info, extra: 1 }],
    ['another type', []],
  ])('refuses a description with %s', async (_name, info) => {
    const source = await open({ ...tiny.files, 'meta.json': new TextEncoder().encode(JSON.stringify(info)) });
    await expect(source.info()).rejects.toThrow(/does not describe a dataset.*`npm run prepare-data`/);
  });

  test('refuses files that are too short for their description', async () => {
    const source = await open({ ...tiny.files, 'train.bin': tiny.files['train.bin'].subarray(0, 18) });
    await expect(source.rows('train', 4, 1)).rejects.toThrow(DatasetError);
  });

  test('refuses labels of classes that do not exist', async () => {
    const source = await open({ ...tiny.files, 'test-labels.bin': Uint8Array.of(0, 1, 2, 0) });
    await expect(source.testLabels(4)).rejects.toThrow('test-labels.bin has labels beyond its classes');
    expect(await source.testLabels(2)).toEqual(Uint8Array.of(0, 1));
  });
});

test('a description of grey images need not say so', async () => {
  const { kind: _, element: __, ...info } = tiny.info;
  const source = await onDisk({ ...tiny.files, 'meta.json': new TextEncoder().encode(JSON.stringify(info)) });
  expect(await source.info()).toEqual(tiny.info);
});

describe('fetchCatalogue', () => {
  const entry = entryOf('tiny', tiny.info);
  const fetchFrom = (text: string | null) =>
    overHttp(text === null ? {} : { 'catalogue.json': new TextEncoder().encode(text) }, withFallback).then(() =>
      fetchCatalogue(new URL(root)),
    );

  test('brings what a place says it has', async () => {
    expect(await fetchFrom(JSON.stringify([entry]))).toEqual([entry]);
    const rows = { classes: 2, trainSamples: 5, testSamples: 4 };
    expect(entry).toEqual({ name: 'tiny', kind: 'images', width: 2, height: 2, ...rows, digest: tiny.info.digest });
  });

  test.each([
    ['no list', '{}'],
    ['no JSON', '['],
    ['a name that leads elsewhere', JSON.stringify([{ ...entry, name: '../secrets' }])],
    ['too many', JSON.stringify(Array(1001).fill(entry))],
  ])('refuses %s', async (_, text) => {
    await expect(fetchFrom(text)).rejects.toThrow(/catalogue\.json does not list datasets; run `npm start`/);
  });

  test('says what to do where there is none', async () => {
    await expect(fetchFrom(null)).rejects.toThrow(/catalogue\.json is missing; run `npm start`/);
  });
});

describe('httpSource', () => {
  test('takes an index page sent for an unknown path for what it is', async () => {
    await expect((await overHttp({}, withFallback)).info()).rejects.toThrow(/has no dataset "mnist" .*choose another/);
    const partly = await overHttp({ 'meta.json': tiny.files['meta.json'] }, withFallback);
    await expect(partly.rows('train', 0, 1)).rejects.toThrow(/train\.bin is not packed data; pack the dataset again/);
  });

  test('stops reading an answer that is longer than asked for', async () => {
    const source = await overHttp({ ...tiny.files, 'train.bin': new Uint8Array(1000) }, withoutRanges);
    await expect(source.rows('train', 0, 1)).rejects.toThrow('more than the 20 bytes expected');
    const endless = await overHttp({ 'meta.json': new Uint8Array(300_000) }, withRanges);
    await expect(endless.info()).rejects.toThrow('more than the 262144 bytes expected');
  });

  test('says what to do when the server is gone', async () => {
    const source = await overHttp(tiny.files, withRanges);
    servers[0]?.close().closeAllConnections();
    await expect(source.info()).rejects.toThrow(/out of reach; check that the server runs \(`npm start`\)/);
  });
});
