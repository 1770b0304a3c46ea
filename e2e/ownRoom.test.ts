/** People who teach a room with data of their own, through the page alone: a browser context each, with real files. */

import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright';
import sharp from 'sharp';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { randomStream } from '../src/math/random.ts';
import { launchBrowser } from '../src/runner/browser.ts';
import { servePage, type PageServer } from '../src/runner/pageServer.ts';

let server: PageServer;
let browser: Browser;
let folder: string;
let people: BrowserContext[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sparkmesh-room-'));
  server = await servePage({ port: 0, mode: 'preview' });
  browser = await launchBrowser();
});

afterEach(async () => {
  await Promise.all(people.map((context) => context.close()));
  people = [];
});

afterAll(async () => {
  await browser?.close();
  await server?.close();
  await rm(folder, { recursive: true });
});

/** Somebody with a browser of their own, at an address of the page. */
async function person(address: string): Promise<Page> {
  const context = await browser.newContext();
  people.push(context);
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
const press = (page: Page, name: RegExp | string) => page.getByRole('button', { name }).click();
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

async function invited(invitation: string): Promise<Page> {
  const page = await person(invitation);
  await press(page, 'See what it learns');
  return page;
}

async function train(pages: readonly Page[], rounds: number): Promise<void> {
  const [first] = pages;
  const field = first!.getByRole('textbox', { name: 'Rounds', exact: true });
  await field.fill(`${rounds}`);
  await field.press('Enter');
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
  await train([opener, guest], 2);
  await says(opener, '8 images that everybody set aside');
  for (const page of [opener, guest]) {
    expect(await page.getByTestId('accuracy-together').innerText()).toMatch(/%$/);
    await page.getByTestId('accuracy-alone').waitFor();
    await says(page, 'with the others’ help');
  }

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
