/** The page as people use it: real tabs, real data, forced WebGPU, everything by clicking and reading. */

import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Page } from 'playwright';
import { afterEach, describe, expect, it } from 'vitest';
import { Tabs } from '../src/runner/tabs.ts';
import type { ClientView } from '../src/client/view.ts';
import { press } from './support/hands.ts';

let tabs: Tabs | undefined;
afterEach(async () => {
  await tabs?.close();
  tabs = undefined;
});

const join = (page: Page) => press(page, 'Try it with clothes');
const read = async (page: Page, id: string) => (await page.getByTestId(id).textContent()) ?? '';

/** Waits until what stands at `id` fulfils the condition. */
async function until(page: Page, id: string, condition: (text: string) => boolean): Promise<string> {
  for (;;) {
    const text = await read(page, id);
    if (condition(text)) return text;
    await page.waitForTimeout(100);
  }
}

async function set(page: Page, label: string, value: number): Promise<void> {
  const field = page.getByRole('textbox', { name: label });
  await field.fill(String(value));
  await field.press('Enter');
}

/** What a page saves at the press of a button. */
async function download(page: Page, button: string): Promise<{ name: string; mimeType: string; buffer: Buffer }> {
  const [saved] = await Promise.all([page.waitForEvent('download'), press(page, button)]);
  return { name: saved.suggestedFilename(), mimeType: 'application/octet-stream', buffer: await readFile(await saved.path()) };
}

const picture = resolve(import.meta.dirname, 'pages', 'previews.png');

/** What a model says of a picture. */
async function answerTo(page: Page): Promise<string> {
  await page.locator('input[aria-label="Choose a picture"]').setInputFiles(picture);
  return (await page.getByTestId('answer').textContent()) ?? '';
}

const rows = (page: Page) => page.getByRole('region', { name: 'Scores by round' }).locator('tbody tr').count();
const roundOf = (title: string) => Number(/ound (\d+)/.exec(title)?.[1] ?? 0);
const percent = (text: string) => Number(text.replace(/[^\d.]/g, ''));

async function everywhere(condition: (view: ClientView) => boolean): Promise<void> {
  for (const k of tabs!.pages.keys()) await tabs!.until(k, condition);
}

async function openTabs(count: number, rounds: number, backend: 'webgpu' | 'wasm'): Promise<Page[]> {
  tabs = await Tabs.open({ browsers: 1, headed: false });
  await tabs.fill(count, backend, join);
  const [first, last] = [tabs.pages[0]!, tabs.pages.at(-1)!];
  // What one tab sets, all tabs show.
  await set(first, 'Samples a client', 40);
  await everywhere((view) => view.settings.samples === 40);
  await set(last, 'Rounds', rounds);
  await everywhere((view) => view.settings.rounds === rounds && view.share?.samples === 40 && view.status.kind === 'lobby');
  await everywhere(({ peers }) => peers.every(({ readiness }) => readiness.kind === 'ready'));
  return tabs.pages;
}

describe('the page', () => {
  it('lets three tabs on forced WebGPU join, train and show it, without one that closes and with one that comes late', async () => {
    const pages = await openTabs(3, 8, 'webgpu');
    for (const [k, page] of pages.entries()) {
      expect(await read(page, 'client-number')).toBe(String(k));
      expect(await read(page, 'backend')).toBe('WebGPU');
      expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
    }
    await press(pages[1]!, 'Start');
    await Promise.all(pages.map((page) => until(page, 'run-title', (title) => roundOf(title) >= 3)));
    const early = percent(await until(pages[0]!, 'accuracy-averaged', (text) => /\d/.test(text)));

    // A graphics processor that is lost in the run: its client goes on without it, and says so.
    await pages[0]!.workers()[0]!.evaluate(() => _tfengine.backend.device?.destroy());
    await pages[0]!.getByText('The graphics processor failed; this client goes on with WebAssembly, which may be slower.').waitFor();
    await until(pages[0]!, 'backend', (text) => text === 'WebAssembly');

    await pages[2]!.close();
    const late = await tabs!.openTab('webgpu', join);
    expect(Number(await until(late, 'client-number', (text) => text !== ''))).toBe(2);

    const staying = [pages[0]!, pages[1]!, late];
    await Promise.all(staying.map((page) => until(page, 'run-title', (title) => title === 'All 8 rounds are done')));
    // What a client's worker takes is acknowledged to the sender's.
    for (const k of [0, 1, 3]) {
      const { peers } = await tabs!.until(k, ({ status }) => status.kind === 'finished');
      for (const { received } of peers.filter(({ channel }) => channel === 'open')) expect(received['ack']).toBeGreaterThan(0);
    }
    for (const page of staying) {
      const averaged = percent(await until(page, 'accuracy-averaged', (text) => /\d/.test(text)));
      expect(averaged).toBeGreaterThan(early - 5);
      expect(averaged).toBeGreaterThan(30);
      expect(await page.locator('.plot canvas').count()).toBeGreaterThanOrEqual(3);
      expect(await read(page, 'bytes-training')).toMatch(/^[\d.]+\sMB$/);
      await press(page, 'Numbers');
    }
    expect(await rows(pages[0]!)).toBe(8);
    // The late one has the rounds from its first on, and not the ones before.
    expect(await rows(late)).toBeGreaterThanOrEqual(1);
    expect(await rows(late)).toBeLessThan(8);

    // All see the same matrix of the averaged model, and have that model; each has mistakes of its own to look at.
    for (const page of staying) {
      await press(page, 'Classes');
      await page.getByRole('region', { name: 'What is taken for what' }).getByRole('row').nth(10).waitFor();
      await page.getByRole('region', { name: 'Who holds which classes' }).getByRole('columnheader').nth(3).waitFor();
      await press(page, 'Mistakes');
      await page.getByText('taken for').first().waitFor();
      await press(page, 'Use it');
      await page.getByText(/the average of \d clients, after 8 rounds/).waitFor();
    }
    // What one saves another asks, and anyone offline: the same answer everywhere.
    const saved = await download(pages[1]!, 'safetensors');
    const offline = await download(pages[1]!, 'Web page');
    const answer = await answerTo(pages[1]!);
    expect(answer).toMatch(/\d\s%$/);
    await press(late, 'Leave');
    await press(late, 'Use a saved model');
    await late.locator('input[aria-label="Choose a model"]').setInputFiles({ ...saved, name: 'mine.safetensors' });
    expect(await answerTo(late)).toBe(answer);
    await late.route('**/offline.html', (route) => route.fulfill({ contentType: 'text/html', body: offline.buffer }));
    await late.goto(new URL('offline.html', tabs!.server.url).href);
    await late.locator('#file').setInputFiles(picture);
    const said = answer.replace(/\s([\d.]+)\s%$/, ', $1 %');
    await late.locator('#said').filter({ hasText: said }).waitFor();
  });

  it('pauses, resumes and stops in all tabs when anyone says so, and lets people leave and come back', async () => {
    const pages = await openTabs(2, 500, 'wasm');
    await press(pages[0]!, 'Start');
    await until(pages[0]!, 'run-title', (title) => roundOf(title) >= 2);
    await press(pages[1]!, 'Pause');
    for (const page of pages) await until(page, 'run-title', (title) => title.startsWith('Paused'));
    await press(pages[0]!, 'Resume');
    const resumed = roundOf(await until(pages[1]!, 'run-title', (title) => title.startsWith('Round')));
    await until(pages[1]!, 'run-title', (title) => roundOf(title) > resumed);
    await press(pages[1]!, 'Stop');
    for (const page of pages) await until(page, 'run-title', (title) => title.startsWith('Stopped'));

    // The run was of new weights; another goes on from what it brought, once both have chosen the file.
    const [one, other] = [pages[0]!, pages[1]!];
    await press(one, 'Use it');
    const saved = await download(one, 'safetensors');
    await press(one, 'Change settings');
    await one.locator('input[aria-label="Choose a saved model"]').setInputFiles(saved);
    await one.getByText('Everyone else is asked for the same file.').waitFor();
    await other.getByText('Someone here goes on from a saved model').waitFor();
    await other.locator('input[aria-label="Choose its file"]').setInputFiles({ ...saved, buffer: Buffer.from('no model') });
    await other.getByText(/is not a model that this project saved/).waitFor();
    await other.locator('input[aria-label="Choose its file"]').setInputFiles(saved);
    await press(one, 'Start again');
    for (const page of pages) await until(page, 'run-title', (title) => roundOf(title) >= 2);
    await press(one, 'Stop');
    for (const page of pages) await until(page, 'run-title', (title) => title.startsWith('Stopped'));
    // Both runs of this tab lie over each other.
    await press(other, 'Runs');
    await other.getByText(/^Run 1/).waitFor();

    await press(pages[1]!, 'Leave');
    await until(pages[1]!, 'present', (text) => text.includes('1 client is'));
    await join(pages[1]!);
    expect(await until(pages[1]!, 'client-number', (text) => text !== '')).toBe('1');
  });

  it('lets a tab that was loaded again go on in the run, with its number and history, and forgets that when it is over', async () => {
    const pages = await openTabs(3, 40, 'wasm');
    const page = pages[2]!;
    await press(pages[0]!, 'Start');
    await until(page, 'run-title', (title) => roundOf(title) >= 6);
    const before = await tabs!.until(2, ({ own }) => own.length >= 5);
    // The smallest free number is another's.
    await Promise.all([page, pages[1]!].map((both) => both.reload()));
    await press(page, 'Go on');
    await until(page, 'client-number', (number) => number === '2');
    await press(pages[1]!, 'Go on');
    await until(pages[1]!, 'client-number', (number) => number === '1');
    const after = await tabs!.until(2, ({ run, own }) => run === before.run && own.length > 0);
    expect(after.self.number).toBe(2);
    expect(after.self.id).not.toBe(before.self.id);
    const kept = after.own.slice(0, 3);
    expect(kept).toEqual(before.own.slice(0, 3));
    const end = await tabs!.until(2, ({ status }) => status.kind === 'finished');
    expect(end.status).toMatchObject({ why: 'reached' });
    expect(end.own.at(-1)!.round).toBe(39);
    expect(end.own.length).toBeGreaterThan(after.own.length);

    // The run is over: nothing to go on with.
    await page.reload();
    await until(page, 'present', (text) => /are in room/.test(text));
    expect(await page.getByRole('button', { name: 'Go on', exact: true }).count()).toBe(0);
  });

  it('brings its icon, manifest and robots file along, wherever it lies', async () => {
    tabs = await Tabs.open({ browsers: 1, headed: false });
    const page = await tabs.openTab('cpu', () => Promise.resolve());
    const hrefs = await page.evaluate(() =>
      [...document.querySelectorAll('link[rel=icon], link[rel=manifest]')].map((link) => link.getAttribute('href')),
    );
    expect(hrefs).toEqual(['./favicon.svg', './manifest.webmanifest']);
    const get = async (path: string) => {
      const response = await page.request.get(new URL(path, tabs!.server.url).href);
      return { type: response.headers()['content-type'], text: await response.text() };
    };
    const manifest = await get('manifest.webmanifest');
    expect(manifest.type).toMatch(/^application\/manifest\+json/);
    const { icons, start_url: start, display } = JSON.parse(manifest.text);
    expect({ start, display }).toEqual({ start: '.', display: 'standalone' });
    expect(icons.length).toBeGreaterThan(0);
    for (const { src, type } of icons) expect((await get(src)).type).toBe(type);
    expect((await get('robots.txt')).text).toMatch(/^User-agent: \*$/m);
  });

  it('tells the console what logs there are when the address asks for another', async () => {
    tabs = await Tabs.open({ browsers: 1, headed: false });
    const page = await tabs.openTab('cpu', () => Promise.resolve());
    const warned = page.waitForEvent('console', (message) => message.type() === 'warning');
    await page.goto(`${tabs.server.url}?log=rounds`);
    expect((await warned).text()).toBe(
      'There is no log "rounds" as ?log= in the address asks for; use all, or some of signalling, transport, client, round.',
    );
    await page.getByRole('button', { name: 'Try it with clothes' }).waitFor();
  });

  it('tells its runner what nobody catches in it, or in a worker of it', async () => {
    tabs = await Tabs.open({ browsers: 1, headed: false });
    const page = await tabs.openTab('cpu', () => Promise.resolve());
    await page.evaluate(() => {
      setTimeout(() => {
        throw new Error('nobody catches this');
      });
    });
    await expect.poll(() => tabs!.uncaught).toEqual(['Tab 0: nobody catches this']);
    await page.evaluate(() => {
      const text = "Promise.reject(new Error('nor this'))";
      Object.assign(globalThis, { worker: new Worker(URL.createObjectURL(new Blob([text]))) });
    });
    await expect.poll(() => tabs!.uncaught.slice(1)).toEqual(['Tab 0: nor this']);
  });
});
