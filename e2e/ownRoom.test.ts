/** People who teach a room with data of their own, through the page alone: a browser context each, with real files. */

import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright';
import sharp from 'sharp';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import type {} from '../src/client/automation.ts';
import { readModel } from '../src/export/modelFiles.ts';
import { encodeHalf } from '../src/math/half.ts';
import { randomStream } from '../src/math/random.ts';
import { launchBrowser } from '../src/runner/browser.ts';
import { servePage, type PageServer } from '../src/runner/pageServer.ts';
import { standardised, type RawValues } from '../src/task/moments.ts';
import { press } from './support/hands.ts';
import { recordSent } from './support/sent.ts';
import { countFound } from './support/traces.ts';

let server: PageServer;
let browser: Browser;
let folder: string;
let people: BrowserContext[] = [];
/** What each of them has sent so far. */
let sent: (() => Promise<Buffer[]>)[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sparkmesh-room-'));
  server = await servePage({ port: 0, mode: 'preview' });
  browser = await launchBrowser();
});

afterEach(async () => {
  await Promise.all(people.map((context) => context.close()));
  people = [];
  sent = [];
});

afterAll(async () => {
  await browser?.close();
  await server?.close();
  await rm(folder, { recursive: true });
});

/** Somebody with a browser of their own, at an address of the page. */
async function person(address: string): Promise<Page> {
  const context = await browser.newContext();
  // Three browsers that train at once may take a while on a small machine.
  context.setDefaultTimeout(120_000);
  people.push(context);
  sent.push(await recordSent(context));
  const page = await context.newPage();
  const url = new URL(address);
  url.searchParams.set('backend', 'wasm');
  await page.goto(url.href);
  return page;
}

const colours: Readonly<Record<string, string>> = { cats: 'tomato', dogs: 'teal', foxes: 'gold' };

/** A folder of pictures, a colour each kind, with one folder for each kind. */
async function picturesOf(whose: string, kinds: Readonly<Record<string, string>>): Promise<string> {
  const random = randomStream(1, 'room', whose);
  for (const [name, kind] of Object.entries(kinds)) {
    await mkdir(join(folder, whose, name), { recursive: true });
    for (let k = 0; k < 10; k++) {
      const [width, height] = [12 + random.integer(9), 12 + random.integer(9)];
      const picture = sharp({ create: { width, height, channels: 3, background: colours[kind]! } });
      await writeFile(join(folder, whose, name, `${k}.png`), await picture.png().toBuffer());
    }
  }
  return join(folder, whose);
}

/** A table of flowers in which the columns stand in this order, under these names. */
const flowers = (whose: string, columns: Readonly<Record<string, 'length' | 'width' | 'kind'>>) => {
  const random = randomStream(1, 'flowers', whose);
  const rows = Array.from({ length: 24 }, (_, k) => {
    const values = { length: 4 + (k % 2) + random.uniform(), width: 1 + random.uniform() + (k % 2), kind: k % 2 ? 'rose' : 'tulip' };
    return Object.values(columns)
      .map((column) => values[column])
      .join();
  });
  return { name: `${whose}.csv`, mimeType: 'text/csv', buffer: Buffer.from([Object.keys(columns).join(), ...rows].join('\n')) };
};

type Files = Parameters<ReturnType<Page['locator']>['setInputFiles']>[0];
const give = (page: Page, label: string, files: Files) =>
  page.getByLabel(label, { exact: true }).and(page.locator('input')).setInputFiles(files);
const titled = (page: Page, words: RegExp | string) => page.getByRole('heading', { name: words }).waitFor();
const says = (page: Page, words: string) => page.getByText(words).first().waitFor();

/** Has a room learn what these files are. @returns the one who opened it, and the link that invites others. */
async function opened(label: string, files: Files, others = ''): Promise<{ opener: Page; invitation: string }> {
  const opener = await person(server.url);
  await press(opener, 'Teach it something of yours');
  await give(opener, label, files);
  await opener.getByLabel('Classes that only others have').fill(others);
  await press(opener, 'Open a room that learns this');
  const invitation = await opener.locator('.invitation .url').innerText();
  expect(new URL(invitation).hash).toHaveLength(23);
  return { opener, invitation };
}

/** How high, in pixels, this part of the page is painted from now on. */
const heightsOf = (page: Page, selector: string) =>
  page.evaluateHandle((part) => {
    const seen = new Set<number>();
    const look = () => {
      const element = document.querySelector<HTMLElement>(part);
      if (element) seen.add(element.offsetHeight);
      requestAnimationFrame(look);
    };
    look();
    return seen;
  }, selector);

async function invited(invitation: string): Promise<Page> {
  const page = await person(invitation);
  await press(page, 'See what it learns');
  return page;
}

async function train(pages: readonly Page[], rounds: number): Promise<void> {
  const [first] = pages;
  await first!.getByText('Anyone can start, and more can join.', { exact: true }).waitFor();
  const field = first!.getByRole('textbox', { name: 'Rounds', exact: true });
  await field.fill(`${rounds}`);
  await field.press('Enter');
  // Who is not ready for that would join later, and two rounds are soon over.
  const ready = () =>
    first!.evaluate((asked) => {
      const view = sparkmesh.session?.getView();
      if (view?.settings.rounds !== asked || view.status.kind !== 'lobby') return 0;
      return view.peers.filter(({ readiness }) => readiness.kind === 'ready').length;
    }, rounds);
  await expect.poll(ready, { timeout: 60_000 }).toBe(pages.length - 1);
  await press(first!, /^Start$/);
  await Promise.all(pages.map((page) => titled(page, `All ${rounds} rounds are done`)));
}

it('two with folders of different classes learn together, see what it brings them, and are there again after a reload', async () => {
  const { opener, invitation } = await opened('Choose a folder', await picturesOf('anna', { cats: 'cats', dogs: 'dogs' }), 'foxes');
  await titled(opener, 'Waiting for 1 more tab');
  const guest = await invited(invitation);
  await titled(guest, 'This room tells cats, dogs and foxes from 32 x 32 colour images');
  await says(guest, '2 people are here, you among them, and 1 has brought 20 images.');
  await titled(opener, 'Waiting for data of others');
  expect(await opener.getByRole('button', { name: 'Start' }).isDisabled()).toBe(true);

  await give(guest, 'Choose a folder', await picturesOf('ben', { Dogs: 'dogs', foxs: 'foxes', owls: 'cats' }));
  await says(guest, '1 of your 3 classes is learned here by name. You have no cats and foxes; others may.');
  await guest.getByRole('button', { name: 'Take part with 10 images' }).waitFor();
  await press(guest, 'It is “foxes”');
  await press(guest, 'Take part with 20 images');
  await titled(opener, '2 clients are here');
  const heights = await heightsOf(guest, '.personal');
  await train([opener, guest], 2);
  await says(opener, '8 images that everybody set aside');
  for (const page of [opener, guest]) {
    await page.getByTestId('accuracy-alone').waitFor();
    expect(await page.getByTestId('accuracy-together').innerText()).toMatch(/\d\s%$/);
    await says(page, 'with the others’ help');
  }
  // What it comes to say moves nothing that stands below.
  expect(await heights.evaluate((seen) => seen.size)).toBe(1);

  // In a run that is under way what it has brought is there again, as it was accepted.
  await opener.evaluate(() => {
    const session = sparkmesh.session!;
    session.command({ type: 'configure', settings: { ...session.getView()!.settings, rounds: 5000 } });
    session.command({ type: 'start' });
  });
  const run = await opener.evaluate(() => sparkmesh.session!.getView()!.run);
  const shown = () =>
    guest.evaluate(() => {
      const { run: id = null, own = [], share = null } = sparkmesh.session?.getView() ?? {};
      return { id, rounds: own.length, histogram: share && [...share.histogram] };
    });
  await expect.poll(async () => (await shown()).rounds, { timeout: 60_000 }).toBeGreaterThan(3);
  const before = await shown();
  expect(before.id).not.toBe(run);
  await guest.reload();
  await press(guest, 'Go on');
  await expect.poll(async () => (await shown()).rounds, { timeout: 60_000 }).toBeGreaterThan(before.rounds);
  expect(await shown()).toMatchObject({ id: before.id, histogram: before.histogram });
  expect(before.histogram!.filter((count) => count > 0)).toHaveLength(2);
  await press(opener, 'Stop');
  await titled(guest, /^Stopped after round/);

  await guest.reload();
  await press(guest, 'See what it learns');
  await press(guest, 'Take part with 10 images');
  await says(guest, 'of my own to learn from');
});

it('three with tables of another order learn together, a column of a near name among them', async () => {
  const { opener, invitation } = await opened('Choose files', flowers('anna', { length: 'length', width: 'width', kind: 'kind' }));
  const guests = await Promise.all([invited(invitation), invited(invitation)]);
  const [ben, cleo] = guests;
  for (const guest of guests) await titled(guest, 'This room tells rose and tulip as kind from rows of length and width');
  await give(ben!, 'Choose files', flowers('ben', { KIND: 'kind', Width: 'width', ' length': 'length' }));
  await press(ben!, 'Take part with 24 rows');
  await give(cleo!, 'Choose files', flowers('cleo', { widths: 'width', kind: 'kind', length: 'length' }));
  await says(cleo!, 'Your table has no column "width"; choose which of yours it is, or add it.');
  await press(cleo!, 'It is “widths”');
  await press(cleo!, 'Take part with 24 rows');
  await titled(opener, '3 clients are here');
  await train([opener, ...guests], 2);
  await Promise.all(guests.map((guest) => says(guest, '12 rows that everybody set aside')));
});

it('what does not fit a room is refused in a sentence and not offered; a room that all have left is taught again', async () => {
  const { opener, invitation } = await opened('Choose a folder', await picturesOf('dora', { cats: 'cats', dogs: 'dogs' }));
  const guest = await invited(invitation);
  await give(guest, 'Choose files', flowers('emil', { length: 'length', width: 'width', kind: 'kind' }));
  await guest.getByRole('alert').filter({ hasText: 'This room learns from pictures, and yours is a table; give it pictures.' }).waitFor();
  expect(await guest.getByRole('button', { name: 'Take part' }).isDisabled()).toBe(true);
  await titled(opener, 'Waiting for data of others');
  await says(opener, 'choosing');

  // Who is alone in it after a reload begins anew with what is kept.
  await guest.close();
  await opener.reload();
  await press(opener, 'See what it learns');
  await titled(opener, 'Nothing is learned in this room yet');
  await press(opener, 'Let this room learn this');
  await titled(opener, 'Waiting for 1 more tab');
  await says(opener, 'of my own to learn from');
});

/** In the name of every file of these tests. */
const PLANTED = 'zaphod-beeblebrox';

/** Noise of the size that is learned from, so that its rows are these pixels: ten pictures of each class, as files and as rows. */
async function noiseOf(whose: string, classes: readonly string[]): Promise<{ files: string; rows: Uint8Array }> {
  const random = randomStream(1, 'noise', whose);
  const top = join(folder, `${PLANTED} ${whose}`);
  const rows: Uint8Array[] = [];
  for (const name of classes) {
    await mkdir(join(top, name), { recursive: true });
    for (let k = 0; k < 10; k++) {
      const pixels = Uint8Array.from({ length: 32 * 32 * 3 }, () => random.integer(256));
      const picture = sharp(pixels, { raw: { width: 32, height: 32, channels: 3 } });
      await writeFile(join(top, name, `${PLANTED}-${k}.png`), await picture.png().toBuffer());
      rows.push(pixels);
    }
  }
  return { files: top, rows: Uint8Array.from(rows.flatMap((row) => [...row])) };
}

/** A table with a column of names beside the numbers, whose rows are these numbers. */
function namedFlowers(whose: string): { files: ReturnType<typeof flowers>; rows: Float64Array } {
  const { mimeType, buffer } = flowers(whose, { length: 'length', width: 'width', kind: 'kind' });
  const [head, ...lines] = buffer.toString().split('\n');
  const named = [`${head},owner`, ...lines.map((line, k) => `${line},${PLANTED} ${k}`)];
  return {
    files: { name: `${PLANTED} ${whose}.csv`, mimeType, buffer: Buffer.from(named.join('\n')) },
    rows: Float64Array.from(lines.flatMap((line) => line.split(',').slice(0, 2).map(Number))),
  };
}

/** How the rows of all could look where they should not be: as they are, as text, and as the model sees them. */
async function tracesOf(page: Page, everyones: readonly RawValues[]): Promise<Buffer[]> {
  const view = await page.evaluate(() => sparkmesh.session!.getView()!);
  const { task } = view.settings;
  return everyones.flatMap((values) => {
    const width = task!.kind === 'images' ? 32 * 32 * 3 : 2;
    return Array.from({ length: values.length / width }, (_, row) => {
      const raw = values.slice(row * width, (row + 1) * width);
      const standard = standardised(task!, values, [row], view.scale!);
      const forms = [raw, Float32Array.from(raw), Float32Array.from(raw, (value) => value / 255), standard];
      const long = width > 2 ? [encodeHalf(standard)] : [];
      const bytes = [...forms, ...long].map(({ buffer, byteOffset, byteLength }) => Buffer.from(buffer, byteOffset, byteLength));
      return [...bytes.map((form) => form.subarray(0, 64)), Buffer.from(raw.slice(0, 20).join())];
    }).flat();
  });
}

/** Chromium has a page begin ten downloads in a second, and drops the next without a word; no hand is as fast. */
const BETWEEN_DOWNLOADS_MS = 120;

/** Everything that can be saved of a run and its model. */
async function savedBy(page: Page): Promise<{ name: string; bytes: Buffer }[]> {
  const saved: { name: string; bytes: Buffer }[] = [];
  for (const [menu, buttons] of [
    ['Use it', /^(Web page|safetensors|ONNX|TensorFlow.js)$/],
    ['Save', / as (CSV|JSON|SVG)$/],
  ] as const) {
    await press(page, menu);
    const each = page.getByRole('button', { name: buttons });
    await each.first().waitFor();
    for (const button of await each.all()) {
      const [download] = await Promise.all([page.waitForEvent('download'), button.click()]);
      saved.push({ name: download.suggestedFilename(), bytes: await readFile(await download.path()) });
      await page.waitForTimeout(BETWEEN_DOWNLOADS_MS);
    }
  }
  return saved;
}

it.each(['pictures', 'tables'] as const)('no value and no name of a file leaves the tab of anyone with %s, sent or saved', async (kind) => {
  const label = kind === 'pictures' ? 'Choose a folder' : 'Choose files';
  const [anna, ben, cleo] = await Promise.all(
    ['anna', 'ben', 'cleo'].map(async (whose) => (kind === 'pictures' ? noiseOf(whose, ['cats', 'dogs']) : namedFlowers(whose))),
  );
  const { opener, invitation } = await opened(label, anna!.files);
  const guests = await Promise.all([ben!, cleo!].map(async ({ files }) => ({ page: await invited(invitation), files })));
  for (const { page, files } of guests) {
    await give(page, label, files);
    await press(page, /^Take part with/);
  }
  const pages = [opener, ...guests.map(({ page }) => page)];
  await titled(opener, '3 clients are here');
  await train(pages, 2);

  const traces = await tracesOf(opener, [anna!.rows, ben!.rows, cleo!.rows]);
  const known = async () => (await Promise.all(sent.map((each) => each()))).flat();
  const found = (parts: readonly Buffer[]) => countFound(parts, traces);
  const kept = await known();
  const [named] = kind === 'pictures' ? ['cats'] : ['tulip'];
  expect(kept.some((part) => part.includes(named!))).toBe(true);
  expect(kept.filter((part) => part.includes(PLANTED))).toEqual([]);
  expect(found(kept)).toBe(0);

  const saved = await savedBy(guests[0]!.page);
  expect(saved.map(({ name }) => name.split('.').at(-1)).toSorted()).toEqual(
    expect.arrayContaining(['csv', 'html', 'json', 'onnx', 'safetensors', 'svg', 'zip']),
  );
  expect(saved.filter(({ bytes }) => bytes.includes(PLANTED)).map(({ name }) => name)).toEqual([]);
  expect(found(saved.map(({ bytes }) => bytes))).toBe(0);
  const { name, bytes } = saved.find((file) => file.name.endsWith('.safetensors'))!;
  expect(readModel(bytes, name).card.versions).toEqual({ sparkmesh: expect.stringMatching(/^\d/), tfjs: expect.stringMatching(/^\d/) });

  // An exchange that says so does send rows: they would have been found.
  await press(opener, 'Change settings');
  await opener.getByRole('combobox', { name: 'Neighbours get' }).selectOption('exact samples');
  await opener.waitForFunction(() => sparkmesh.session!.getView()!.settings.exchange === 'exact');
  await opener.getByRole('radio', { name: 'in full' }).check();
  await opener.waitForFunction(() => sparkmesh.session!.getView()!.settings.wire === 'f32');
  const before = await opener.evaluate(() => sparkmesh.session!.getView()!.run);
  await press(opener, 'Start again');
  for (const page of pages) {
    await page.waitForFunction((run) => {
      const view = sparkmesh.session!.getView()!;
      return view.run !== run && view.status.kind === 'finished';
    }, before);
  }
  expect(found(await known())).toBeGreaterThan(0);
});
