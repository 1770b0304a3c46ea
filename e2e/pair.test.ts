/** Two devices and a static host: people carry a link one way and its answer the other, and that is all there is to bring them together. */

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright';
import encodeQR from 'qr';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type {} from '../src/client/automation.ts';
import { projectRoot } from '../src/datasets/paths.ts';
import { launchBrowser } from '../src/runner/browser.ts';
import { press } from './support/hands.ts';
import { startStaticHost, type Nginx } from './support/nginx.ts';
import { readCode } from './support/qr.ts';

let folder: string;
/** What the camera of the browser sees. */
let film: string;
let host: Nginx;
let browser: Browser;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sparkmesh-pair-'));
  film = join(folder, 'camera.y4m');
  const camera = ['--use-fake-device-for-media-stream', `--use-file-for-fake-video-capture=${film}`];
  [host, browser] = await Promise.all([startStaticHost(join(projectRoot, 'dist')), launchBrowser({ args: camera })]);
});

afterEach(async () => {
  await Promise.all(browser.contexts().map((context) => context.close()));
});

afterAll(async () => {
  await browser?.close();
  await host?.close();
  await rm(folder, { recursive: true });
});

/** A device with a browser of its own. */
async function device(address: string): Promise<Page> {
  const page = await (await browser.newContext()).newPage();
  // The test's own limit is enough: the machine may be busy.
  page.setDefaultTimeout(0);
  page.on('pageerror', (error) => expect.soft(error, 'error in the page').toBeUndefined());
  const url = new URL(address);
  url.searchParams.set('backend', 'wasm');
  await page.goto(url.href);
  return page;
}

async function inviter(): Promise<Page> {
  const page = await device(`http://localhost:${host.port}/mesh/index.html`);
  await page.getByRole('link', { name: 'connect two devices by hand' }).click();
  await page.getByText('no meeting point learns of it').waitFor();
  return page;
}

const linkOf = (page: Page) => page.getByTestId('link').inputValue();
const answerOf = (page: Page) => page.getByTestId('answer').inputValue();

/** A device that has followed a link and shows its answer. */
async function invited(link: string, enter = 'Try it with clothes'): Promise<Page> {
  const page = await device(link);
  await press(page, enter);
  await page.getByTestId('answer').waitFor();
  return page;
}

async function give(page: Page, answer: string): Promise<void> {
  await page.getByLabel('Its answer').fill(answer);
  await press(page, 'Connect');
}

/** A film of one picture, the QR code of a text, as the camera shows it. */
async function showToCamera(text: string): Promise<void> {
  const side = 720;
  const rows = encodeQR(text, 'raw', { border: 4 });
  const pixels = Math.floor(side / rows.length);
  const luma = Buffer.alloc(side * side, 235);
  rows.forEach((row, y) =>
    row.forEach((isDark, x) => {
      if (isDark)
        for (let line = 0; line < pixels; line++)
          luma.fill(16, (y * pixels + line) * side + x * pixels, (y * pixels + line) * side + (x + 1) * pixels);
    }),
  );
  const chroma = Buffer.alloc((side * side) / 2, 128);
  await writeFile(film, Buffer.concat([Buffer.from(`YUV4MPEG2 W${side} H${side} F10:1 Ip A1:1 C420jpeg\nFRAME\n`), luma, chroma]));
}

test('connect by a link and an answer, pasted, and learn; one that is lost is told of, and connected anew', async () => {
  const here = await inviter();
  await press(here, 'Try it with clothes');
  const link = await linkOf(here);
  expect(link).toMatch(/#pair\.[\w-]{100,}$/);
  expect(await readCode(here.getByRole('img', { name: `QR code of ${link}` }))).toBe(link);
  const there = await invited(link);
  expect(await there.getByTestId('client-number').textContent()).toBe('1');
  const answer = await answerOf(there);
  expect(await readCode(there.getByRole('img', { name: `QR code of ${answer}` }))).toBe(answer);

  await give(here, link);
  await here.getByRole('alert').filter({ hasText: 'not the answer of the other' }).waitFor();
  await give(here, (await answerOf(there)).slice(0, -40));
  await here.getByRole('alert').filter({ hasText: 'copy all of it' }).waitFor();
  await give(here, await answerOf(there));
  for (const page of [here, there]) await page.getByText('2 clients are here').waitFor();

  const field = here.getByRole('textbox', { name: 'Samples a client' });
  await field.fill('20');
  await field.press('Enter');
  await here.waitForFunction(() => sparkmesh.session?.getView()?.share?.samples === 20);
  const rounds = here.getByRole('textbox', { name: 'Rounds' });
  await rounds.fill('2');
  await rounds.press('Enter');
  for (const page of [here, there]) {
    await page.waitForFunction(() => {
      const view = sparkmesh.session?.getView();
      return view?.settings.rounds === 2 && view.share?.samples === 20 && view.peers[0]?.readiness.kind === 'ready';
    });
  }
  await press(there, 'Start');
  for (const page of [here, there]) await page.getByText('All 2 rounds are done').waitFor();
  expect(await here.evaluate(() => sparkmesh.session?.getView()?.peers[0]?.received['weights'])).toBeGreaterThan(0);

  await there.close();
  await here.getByText('The other device is lost').waitFor();
  await press(here, 'Leave');
  await press(here, 'Try it with clothes');
  const another = await invited(await linkOf(here));
  await give(here, await answerOf(another));
  await here.getByText('2 clients are here').waitFor();
});

test('connect by the camera, and learn what one of them has brought', async () => {
  const here = await inviter();
  await press(here, 'Teach it something of yours');
  const rows = Array.from({ length: 24 }, (_, k) => `${4 + (k % 2) + k / 100},${1 + (k % 2)},${k % 2 ? 'rose' : 'tulip'}`);
  const table = { name: 'flowers.csv', mimeType: 'text/csv', buffer: Buffer.from(['length,width,kind', ...rows].join('\n')) };
  const files = (page: Page) => page.getByLabel('Choose files', { exact: true }).and(page.locator('input'));
  await files(here).setInputFiles(table);
  await press(here, 'Open a room that learns this');
  const there = await invited(await linkOf(here), 'See what it learns');
  await showToCamera(await answerOf(there));
  await press(here, 'Scan it');
  await there.getByRole('heading', { name: 'This room tells rose and tulip as kind from rows of length and width' }).waitFor();
  await files(there).setInputFiles(table);
  await press(there, 'Take part with 24 rows');
  await here.getByText('Anyone can start, and more can join.', { exact: true }).waitFor();
});

test('an answer to an earlier link is refused, and so is a link that is none', async () => {
  const here = await inviter();
  await press(here, 'Try it with clothes');
  const there = await invited(await linkOf(here));
  await press(here, 'Leave');
  await press(here, 'Try it with clothes');
  await linkOf(here);
  await give(here, await answerOf(there));
  await here.getByRole('alert').filter({ hasText: 'That answers another link' }).waitFor();
  const lost = await device(`http://localhost:${host.port}/mesh/index.html#pair.nonsense`);
  await press(lost, 'Try it with clothes');
  await lost.getByRole('alert').filter({ hasText: 'That is no whole offer' }).waitFor();
});
