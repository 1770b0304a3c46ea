/** A person's own data through the page alone: given, looked through, meant otherwise, and there again after a reload. */

import { join } from 'node:path';
import type { Browser, Locator, Page } from 'playwright';
import sharp from 'sharp';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { projectRoot } from '../src/datasets/paths.ts';
import { launchBrowser } from '../src/runner/browser.ts';
import { dropFiles } from '../src/runner/dropFiles.ts';
import { servePage, type PageServer } from '../src/runner/pageServer.ts';
import { CASES_FOLDER } from '../src/testing/cases.ts';

let server: PageServer;
let browser: Browser;
let page: Page;
/** What left the tab, but for what the page itself is made of. */
let sent: string[] = [];

beforeAll(async () => {
  server = await servePage({ port: 0, mode: 'preview' });
  browser = await launchBrowser();
});

beforeEach(async () => {
  await page?.close();
  page = await browser.newPage();
  sent = [];
  page.on('request', (request) => {
    if (request.method() !== 'GET' || !/\.(js|css|svg|webmanifest)$|\/$/.test(new URL(request.url()).pathname)) sent.push(request.url());
  });
  await page.goto(server.url);
  await page.getByRole('button', { name: 'Teach it something of yours' }).click();
});

afterAll(async () => {
  await browser?.close();
  await server?.close();
});

const pathOf = (name: string) => join(projectRoot, CASES_FOLDER, name);
const title = (words: RegExp | string) => page.getByRole('heading', { name: words }).waitFor();
const choose = (label: string, files: Parameters<Locator['setInputFiles']>[0]) =>
  page.getByLabel(label, { exact: true }).and(page.locator('input')).setInputFiles(files);
const row = (name: string) => page.getByRole('row', { name: new RegExp(`^${name} `) });

it('a folder is read, shown with all that was left out, kept over a reload, and read in another form', async () => {
  await choose('Choose a folder', pathOf('bad'));
  await title('16 pictures of 2 classes');
  await page.getByText('cats/webp.jpg').waitFor();
  await page.getByText('dogs/empty.png').waitFor();
  expect(await row('cats').locator('canvas').count()).toBe(6);
  expect(await row('cats').innerText()).toMatch(/8\s+1$/);
  await page.getByText('2 pictures, 15').waitFor();

  await page.getByRole('radio', { name: 'grey' }).check();
  await page.getByText('32 × 32 pixels in grey').waitFor();
  await page.reload();
  await page.getByRole('button', { name: 'Teach it something of yours' }).click();
  await page.getByText('Read as 32 × 32 pixels in grey.').waitFor();
  await title('16 pictures of 2 classes');

  await choose('Add a folder', pathOf('mac'));
  await page.getByText('an operating system left it there').waitFor();
  await page.getByRole('button', { name: 'Start over' }).click();
  await title('Teach it something of yours');
  expect(sent).toEqual([]);
});

it('a folder is taken file by file where the browser can, picked or dropped', async () => {
  // The browser's own folder of this page stands for the one that a person picks.
  await page.evaluate(async () => {
    const folder = await (await navigator.storage.getDirectory()).getDirectoryHandle('pets', { create: true });
    for (const name of ['cats', 'dogs']) {
      const inner = await folder.getDirectoryHandle(name, { create: true });
      const canvas = new OffscreenCanvas(8, 8);
      canvas.getContext('2d')?.fillRect(0, 0, 4, 8);
      const writable = await (await inner.getFileHandle('1.png', { create: true })).createWritable();
      await writable.write(await canvas.convertToBlob());
      await writable.close();
    }
    window.showDirectoryPicker = () => Promise.resolve(folder);
  });
  await page.getByRole('button', { name: 'Choose a folder' }).click();
  await title('2 pictures of 2 classes');

  await dropFiles(page, [pathOf('tail')]);
  await title('10 pictures of 4 classes');
  await page.getByRole('button', { name: 'Start over' }).click();
  await title('Teach it something of yours');
  // Who picks none is where they were.
  await page.evaluate(() => {
    window.showDirectoryPicker = () => Promise.reject(new DOMException('none', 'AbortError'));
  });
  await page.getByRole('button', { name: 'Choose a folder' }).click();
  await title('Teach it something of yours');
});

it('pictures in no folder are asked about, whether chosen, dropped or pasted', async () => {
  await choose('Choose files', [pathOf('tail/a/0.png'), pathOf('tail/a/1.png')]);
  await title('What do these 2 pictures show?');
  await page.getByRole('textbox', { name: 'Class' }).fill('foxes');
  await page.getByRole('button', { name: 'Read them' }).click();
  await title('2 pictures of 1 class');
  await page.getByText('All of these pictures are of one class').waitFor();

  const picture = await sharp({ create: { width: 50, height: 40, channels: 3, background: 'teal' } })
    .png()
    .toBuffer();
  const given = { paste: 'clipboardData', drop: 'dataTransfer' } as const;
  for (const [k, kind] of (['paste', 'drop'] as const).entries()) {
    await page.evaluate(
      ({ type, field, bytes, name }) => {
        const data = new DataTransfer();
        data.items.add(new File([Uint8Array.from(bytes)], name, { type: 'image/png' }));
        const event =
          type === 'paste' ? new ClipboardEvent(type, { [field]: data }) : new DragEvent(type, { [field]: data, cancelable: true });
        window.dispatchEvent(event);
      },
      { type: kind, field: given[kind], bytes: [...picture], name: `${kind}.png` },
    );
    await title('What does this picture show?');
    await page.keyboard.press('Tab');
    await page.getByRole('textbox', { name: 'Class' }).fill('owls');
    await page.keyboard.press('Enter');
    await title(`${3 + k} pictures of 2 classes`);
  }
  expect(sent).toEqual([]);
});

it('a table shows its columns, and is meant otherwise on a word', async () => {
  await choose('Choose files', pathOf('passengers.csv'));
  await title(/^40 rows of \d+ classes$/);
  await page.getByRole('combobox', { name: 'What Survived is' }).selectOption('the class');
  await title('40 rows of 2 classes');
  expect(await row('Age').innerText()).toMatch(/21 to 59\s+8$/);
  await page.getByRole('combobox', { name: 'What Pclass is' }).selectOption('words');
  await page.getByText('1, 2, 3').waitFor();
  await page.getByRole('radio', { name: 'leave their row out' }).check();
  await title('32 rows of 2 classes');
  await page.getByText('8 rows: a value is missing').waitFor();
  expect(sent).toEqual([]);
});

it('a table of which nothing tells if its first line names the columns is asked about', async () => {
  await choose('Choose files', {
    name: 'towns.csv',
    mimeType: 'text/csv',
    buffer: Buffer.from(`1.5,x,2,a\n${'1,2,3,a\n4,5,6,b\n'.repeat(6)}`),
  });
  await page.getByRole('alert').filter({ hasText: 'it cannot be told if it names the columns; say below if it does.' }).waitFor();
  await page.getByRole('radio', { name: 'names the columns' }).check();
  await title('12 rows of 2 classes');
});

it('the camera gives pictures of a class, one a press, until it is closed, and paper to draw on another', async () => {
  await page.evaluate(() => {
    const canvas = document.createElement('canvas');
    const context = canvas.getContext('2d')!;
    setInterval(() => context.fillRect(0, 0, 99 * Math.random(), 99), 20);
    const stream = canvas.captureStream();
    navigator.mediaDevices.getUserMedia = () => Promise.resolve(stream);
    Object.assign(window, { isFilming: () => stream.active });
  });
  await page.getByRole('button', { name: 'Use the camera' }).click();
  const take = page.getByRole('button', { name: 'Take a picture' });
  expect(await take.isDisabled()).toBe(true);
  await page.getByRole('textbox', { name: 'It shows' }).fill('cups');
  await page.waitForFunction(() => document.querySelector('video')!.videoWidth > 0);
  await take.click();
  await title('1 picture of 1 class');
  await take.click();
  await title('2 pictures of 1 class');
  await page.getByRole('button', { name: 'Close the camera' }).click();
  await page.waitForFunction('!isFilming()');
  await page.getByRole('button', { name: 'Draw', exact: true }).click();
  await page.getByRole('textbox', { name: 'It shows' }).fill('suns');
  const keep = page.getByRole('button', { name: 'Keep this drawing' });
  expect(await keep.isDisabled()).toBe(true);
  await page.getByRole('img', { name: 'Paper to draw on' }).click();
  await keep.click();
  await title('3 pictures of 2 classes');
  expect(sent).toEqual([]);
});

it('keeps the keyboard’s place when what it was on is gone', async () => {
  await page.waitForFunction(() => document.activeElement?.tagName === 'MAIN');
  await page.keyboard.press('Tab');
  expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Choose a folder');
  await choose('Choose files', pathOf('tiny.csv'));
  await page.getByRole('status').filter({ hasText: '80 rows of 2 classes are here.' }).waitFor();
});
