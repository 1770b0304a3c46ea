/** People's own data in a federation: read, made a task, learned from, and kept where they are. */

import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { Client } from '../client/client.ts';
import { DatasetProblems } from '../client/datasetProblems.ts';
import type { ClientView } from '../client/view.ts';
import { entriesOf, readEntries, type OwnFederation } from '../datasets/ownEntries.ts';
import { lineLog, logTopics } from '../log/log.ts';
import { encodeHalf } from '../math/half.ts';
import { randomStream } from '../math/random.ts';
import { Conductor, isDone } from '../runner/conductor.ts';
import { openClients } from '../runner/inProcess.ts';
import { makeReport, scoredLine } from '../runner/report.ts';
import { defaultSettings, type Settings } from '../settings/settings.ts';
import { momentsOf, scaleOf, standardised } from '../task/moments.ts';
import { divided } from '../task/ownRows.ts';
import { InProcessNetwork } from '../transport/inProcess.ts';
import { UsageError } from './commandLine.ts';
import { formsOf } from './importOptions.ts';
import { parseFederation, parseSimulation } from './options.ts';

let folder = '';
const SECRET = 'secret';
const KINDS = ['cats', 'dogs', 'foxes'];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sparkmesh-own-'));
  await Promise.all([0, 1, 2].map(writePerson));
});
afterAll(() => rm(folder, { recursive: true }));

/** Images of two of three kinds, bright above, below or on both sides, under noise. */
async function writePerson(person: number): Promise<void> {
  const random = randomStream(1, 'own images', person);
  for (const kind of [person, (person + 1) % 3]) {
    const within = join(folder, 'people', `${SECRET} person ${person}`, person === 2 ? KINDS[kind]!.toUpperCase() : KINDS[kind]!);
    await mkdir(within, { recursive: true });
    for (let i = 0; i < 8; i++) {
      const pixels = Uint8Array.from(
        { length: 64 },
        (_, p) => random.integer(90) + ((kind === 2 ? p % 8 < 4 : Math.floor(p / 32) === kind) ? 150 : 0),
      );
      await writeFile(
        join(within, `${SECRET}-${i}.png`),
        await sharp(pixels, { raw: { width: 8, height: 8, channels: 1 } })
          .png()
          .toBuffer(),
      );
    }
  }
}

interface Learnt {
  readonly views: readonly ClientView[];
  readonly settings: Settings;
  readonly frames: readonly Buffer[];
  readonly lines: readonly string[];
}

/** Has every client train alone, after the run. */
async function compared(clients: readonly Client[], rounds: number): Promise<ClientView[]> {
  for (const client of clients) client.command({ type: 'compare' });
  const views = () => clients.map((client) => client.view());
  await vi.waitFor(() => expect(views().every(({ alone }) => alone?.scores.length === rounds)).toBe(true), 30_000);
  return views();
}

/** A federation of these data in this process, with all that went over its channels and into its logs. */
async function learn(
  { task, own }: Pick<OwnFederation, 'task' | 'own'>,
  changes: Partial<Settings> = {},
  compares = false,
): Promise<Learnt> {
  const settings: Settings = { ...defaultSettings(), task, exchange: 'weights', rounds: 3, hidden: [16], samples: 30, ...changes };
  const frames: Buffer[] = [];
  const lines: string[] = [];
  const network = new InProcessNetwork((_from, _to, frame) => {
    frames.push(Buffer.from(frame));
    return 'deliver';
  });
  const source = new DatasetProblems(() => {
    throw new Error('own data are of no dataset');
  });
  own.forEach((rows, k) => source.bring(rows, k));
  const conductor = new Conductor({ clients: own.length, isDone, command: (k, command) => clients[k]?.command(command) });
  const clients = openClients(
    own.map(() => network.join()),
    {
      settings,
      backend: 'cpu',
      source,
      onView: (k) => (view) => conductor.update(k, view),
      log: () =>
        lineLog(
          new Set(logTopics),
          (line) => lines.push(line),
          () => 0,
        ),
    },
  );
  try {
    const views = await conductor.run();
    const before = frames.length;
    const last = compares ? await compared(clients, settings.rounds) : views;
    if (compares) expect(frames.length).toBe(before);
    return { views: last, settings, frames, lines };
  } finally {
    await Promise.all(clients.map((client) => client.close()));
  }
}

const people = (size = '8x8') => {
  const [width = 0, height = 0] = size.split('x').map(Number);
  return readEntries(entriesOf(join(folder, 'people')), formsOf({ size: { width, height } }));
};

describe('tables of columns in another order', () => {
  test('are learned from together, and scored on what each client holds out', async () => {
    const cases = join(import.meta.dirname, '..', 'testing', 'cases');
    const tables = join(folder, 'tables');
    await mkdir(tables);
    for (const name of ['order-train.csv', 'order-test.csv']) await copyFile(join(cases, name), join(tables, name));
    const federation = await readEntries(entriesOf(tables), formsOf({}));
    expect(federation.task).toMatchObject({ kind: 'table', label: 'species', classNames: ['big', 'small'] });
    const { views } = await learn(federation);
    const [first] = views;
    expect(first!.summaries.at(-1)!.averaged.accuracy).toBeGreaterThanOrEqual(0.97);
    for (const view of views) expect(view.summaries).toEqual(first!.summaries);
  });
});

describe('folders of images, a person each', () => {
  test('are one task of all their classes, whose scores are sums of counts over what each holds out', async () => {
    const federation = await people();
    expect(federation.task).toEqual({ kind: 'images', width: 8, height: 8, channels: 1, classNames: KINDS });
    const { views, settings } = await learn(federation);
    const heldOut = federation.own.map((rows) => divided(rows, federation.task, settings).heldOut.length);
    expect(views.map(({ scoredOn }) => scoredOn)).toEqual(heldOut);
    expect(views[1]!.share!.histogram).toEqual([0, 7, 7]);
    expect(views[0]!.peers.map(({ holding }) => holding)).toEqual([
      { train: [0, 7, 7], heldOut: [0, 1, 1] },
      { train: [7, 0, 7], heldOut: [1, 0, 1] },
    ]);
    const report = await makeReport({ views, runner: 'in-process', versions: {} });
    expect(report.scored).toMatchObject({ on: 'held-out', samples: 6 });
    expect(report.scored.confusion.map((row) => row.reduce((sum, count) => sum + count, 0))).toEqual([2, 2, 2]);
    const right = report.scored.confusion.reduce((sum, row, c) => sum + row[c]!, 0);
    expect(report.rounds.at(-1)!.accuracy.averaged).toBe(right / 6);
    expect(scoredLine(report)).toBe('Scores are sums of counts over the 6 rows that the 3 clients held out of their own, each its own.');
    // Every client has the constants of the whole, which nobody has seen.
    const parts = federation.own.map((rows) => momentsOf(federation.task, rows.values, divided(rows, federation.task, settings).train));
    for (const view of views) expect(view.scale).toEqual(scaleOf(parts));
  });

  test('are scored by all of more than can be summed up at once', async () => {
    const { task, own } = await people();
    const { views } = await learn({ task, own: [own, own, own, own].flat() });
    const [first] = views;
    expect(first!.summaries.map(({ confusion }) => confusion.reduce((sum, count) => sum + count, 0))).toEqual([24, 24, 24]);
    for (const { summaries } of views) expect(summaries).toEqual(first!.summaries);
    const last = views.map(({ averagedHere, scoredOn }) => averagedHere.at(-1)!.score.accuracy * scoredOn!);
    expect(last.reduce((sum, right) => sum + right, 0) / 24).toBeCloseTo(first!.summaries.at(-1)!.averaged.accuracy);
  });

  test('are scored beside what each would have reached alone, on the rows that each holds out', async () => {
    const federation = await people();
    const { views } = await learn(federation, {}, true);
    const last = views[0]!.summaries.at(-1)!;
    const here = views.map(({ averagedHere, scoredOn }) => averagedHere.at(-1)!.score.accuracy * scoredOn!);
    expect(here.reduce((sum, right) => sum + right, 0) / 6).toBeCloseTo(last.averaged.accuracy);
    for (const view of views) expect(view.averagedHere.map(({ round }) => round)).toEqual([0, 1, 2]);
    // Whatever the others did.
    const cut = await learn(federation, { dropout: 0.9 }, true);
    for (const [k, { alone }] of views.entries()) {
      expect(alone).toEqual({ rounds: 3, scores: [expect.anything(), expect.anything(), expect.anything()] });
      expect(cut.views[k]!.alone).toEqual(alone);
    }
  });

  test('leave no row and no name of a file in any frame, log or report', async () => {
    const federation = await people();
    const { task, own } = federation;
    const traces = (settings: Settings) => {
      const scale = scaleOf(own.map((rows) => momentsOf(task, rows.values, divided(rows, task, settings).train)));
      return own.flatMap(({ values, labels }) =>
        [...labels.keys()].flatMap((row) => {
          const standard = standardised(task, values, [row], scale);
          const raw = Uint8Array.from(values.subarray(row * 64, (row + 1) * 64));
          return [raw, Float32Array.from(raw, (byte) => byte / 255), standard, encodeHalf(standard)].map((array) =>
            Buffer.from(array.buffer, array.byteOffset, array.byteLength),
          );
        }),
      );
    };
    const found = ({ frames, settings }: Learnt) =>
      traces(settings).filter((trace) => frames.some((frame) => frame.includes(trace))).length;
    const kept = await learn(federation);
    expect(found(kept)).toBe(0);
    const report = await makeReport({ views: kept.views, runner: 'in-process', versions: {} });
    const texts = [...kept.frames.map(String), ...kept.lines, JSON.stringify(report)];
    expect(kept.lines.length).toBeGreaterThan(0);
    expect(texts.filter((text) => text.includes(SECRET) || text.includes('.png'))).toEqual([]);
    // An exchange that says so does send rows: they would have been found.
    expect(found(await learn(federation, { exchange: 'exact', wire: 'f32' }))).toBeGreaterThan(0);
  });

  test('are refused where they do not belong together', async () => {
    const odd = join(folder, 'odd');
    await mkdir(join(odd, 'a'), { recursive: true });
    expect(() => entriesOf(odd)).toThrow(/has one entry; give it two or more/);
    await writeFile(join(odd, 'b.csv'), 'x,y\n');
    expect(() => entriesOf(odd)).toThrow(
      /b\.csv is a file and .*a is a folder of classes; give folders of classes alone, or CSV files alone/,
    );
    expect(() => entriesOf(join(folder, 'nowhere'))).toThrow(/is not a folder that can be read/);
  });
});

describe('IDX files, a folder of rows and labels each', () => {
  /** Sixteen rows of these sizes, of two classes by turns, which differ in their brightness. */
  async function writePair(name: string, sizes: readonly number[]): Promise<void> {
    const random = randomStream(1, 'idx', name);
    const header = (dimensions: readonly number[]) => {
      const bytes = Buffer.alloc(4 * (1 + dimensions.length));
      bytes.set([0, 0, 8, dimensions.length]);
      dimensions.forEach((size, d) => bytes.writeUInt32BE(size, 4 * (d + 1)));
      return bytes;
    };
    const width = sizes.reduce((product, size) => product * size, 1);
    const rows = Uint8Array.from({ length: 16 * width }, (_, i) => random.integer(90) + (Math.floor(i / width) % 2) * 150);
    await mkdir(join(folder, name), { recursive: true });
    await writeFile(join(folder, name, 'train-images.gz'), gzipSync(Buffer.concat([header([16, ...sizes]), rows])));
    await writeFile(join(folder, name, 'train-labels'), Buffer.concat([header([16]), Uint8Array.from({ length: 16 }, (_, i) => i % 2)]));
  }

  test.each([
    ['images', [4, 3], { kind: 'images', width: 3, height: 4, channels: 1, classNames: ['0', '1'] }],
    ['tables', [5], { kind: 'table', label: '6', names: false, classNames: ['0', '1'] }],
  ] as const)('are %s of one size, and learned from together', async (kind, sizes, task) => {
    for (const person of ['a', 'b']) await writePair(`idx ${kind}/${person}`, sizes);
    const entries = entriesOf(join(folder, `idx ${kind}`));
    expect(entries.map((entry) => entry.kind)).toEqual(['idx', 'idx']);
    const federation = await readEntries(entries, formsOf({}));
    expect(federation.task).toMatchObject(task);
    const { views } = await learn(federation, { rounds: 4 });
    expect(views[0]!.summaries.at(-1)!.averaged.accuracy).toBe(1);
  });

  test('of another size than the others are refused', async () => {
    await writePair('idx mixed/a', [4, 3]);
    await writePair('idx mixed/b', [3, 3]);
    await expect(readEntries(entriesOf(join(folder, 'idx mixed')), formsOf({}))).rejects.toThrow(
      /b has rows of another size than the task/,
    );
  });
});

describe('images in colour', () => {
  test('are told apart by what grey does not show', async () => {
    // About as bright as each other.
    const kinds = { red: '#ff0000', green: '#008200' };
    for (const person of ['a', 'b']) {
      for (const [kind, background] of Object.entries(kinds)) {
        await mkdir(join(folder, 'colours', person, kind), { recursive: true });
        const picture = sharp({ create: { width: 4, height: 4, channels: 3, background } }).png();
        const bytes = await picture.toBuffer();
        for (let k = 0; k < 8; k++) await writeFile(join(folder, 'colours', person, kind, `${k}.png`), bytes);
      }
    }
    const size = { width: 4, height: 4 };
    const federation = (colour: boolean) => readEntries(entriesOf(join(folder, 'colours')), formsOf({ size, colour }));
    const [inColour, inGrey] = [await federation(true), await federation(false)];
    expect(inColour.task).toMatchObject({ kind: 'images', channels: 3 });
    expect(inGrey.task).toMatchObject({ kind: 'images', channels: 1 });
    expect(inColour.own[0]!.values.slice(0, 3)).toEqual(Uint8Array.of(0, 130, 0));
    const { views } = await learn(inColour, { rounds: 4 });
    expect(views[0]!.summaries.at(-1)!.averaged.accuracy).toBe(1);
  });
});

describe('--data', () => {
  const words = (line: string) => [...line.split(' ').filter(Boolean), '--data', join(folder, 'people')];

  test('makes a client of each entry, who exchange weights unless it is said otherwise', () => {
    const { clients, settings, data } = parseSimulation(words('--size 8x8 --rounds 2'));
    expect([clients, settings.exchange, settings.samples, data?.form.images.size]).toEqual([3, 'weights', 1000, { width: 8, height: 8 }]);
    expect(parseFederation(words('--exchange sketch')).settings.exchange).toBe('sketch');
    expect(parseFederation(words('')).data?.entries.map(({ kind }) => kind)).toEqual(['folder', 'folder', 'folder']);
  });

  test.each([
    ['--clients 4', /--clients 4 does not fit --data, which has 3 entries/],
    ['--alpha 0.5', /--alpha does not apply to --data/],
    ['--dataset mnist', /--dataset does not apply to --data/],
    ['--score-on validation', /--score-on does not apply to --data/],
    ['--algorithm centralised', /does not apply to --data/],
    ['--label-column x', /--label-column does not apply to folders of images/],
  ])('with %s is refused', (line, complaint) => {
    expect(() => parseSimulation(words(line))).toThrow(UsageError);
    expect(() => parseSimulation(words(line))).toThrow(complaint);
  });

  test('is what readers are for', () => {
    expect(() => parseSimulation(['--size', '8x8'])).toThrow(/--size does not apply to a dataset/);
    expect(() => parseSimulation(['--colour'])).toThrow(/--colour does not apply to a dataset/);
    expect(parseSimulation(words('--colour')).data?.form.images.channels).toBe(3);
  });
});
