/** A stock Firefox, as its makers ship it, and a Chromium learn together. WebDriver BiDi drives it, which Playwright does not speak. */

import puppeteer, { type Browser as Firefox, type Page as FirefoxPage } from 'puppeteer-core';
import type { Browser } from 'playwright';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type {} from '../src/client/automation.ts';
import { launchBrowser } from '../src/runner/browser.ts';
import { servePage, type PageServer } from '../src/runner/pageServer.ts';
import { ensureProgram } from './support/programs.ts';

let server: PageServer;
let chromium: Browser;
let firefox: Firefox;

beforeAll(async () => {
  const executablePath = ensureProgram('firefox-esr', 'firefox-esr');
  const extraPrefsFirefox = {
    // As for Chromium here: two browsers of one machine reach each other without a network, by addresses that they name.
    'media.peerconnection.ice.loopback': true,
    'media.peerconnection.ice.obfuscate_host_addresses': false,
  };
  [server, chromium, firefox] = await Promise.all([
    servePage({ port: 0, mode: 'preview' }),
    launchBrowser(),
    puppeteer.launch({ browser: 'firefox', executablePath, extraPrefsFirefox }),
  ]);
});

afterAll(async () => {
  await firefox?.close();
  await chromium?.close();
  await server?.close();
});

const ROUNDS = 5;

/** In either page: whether both are ready for the settings. */
const isReady = (rounds: number) => {
  const view = sparkmesh.session?.getView();
  return view?.settings.rounds === rounds && view.share?.samples === 40 && view.peers[0]?.readiness.kind === 'ready';
};

/** In either page: whether it is done, and knows what the last round came to, which is scored after it. */
const isSummedUp = (rounds: number) => {
  const view = sparkmesh.session?.getView();
  return view?.status.kind === 'finished' && view.summaries.length === rounds;
};

const press = (page: FirefoxPage, name: string) => page.locator(`::-p-aria([role="button"][name="${name}"])`).click();

test('train five rounds, and each sees what the other has learned', async () => {
  const address = `${server.url}?room=browsers&backend=wasm`;
  const there = await firefox.newPage();
  await there.goto(address);
  await press(there, 'Try it with clothes');
  await there.waitForFunction(() => sparkmesh.session?.getView()?.status.kind === 'lobby', { timeout: 0 });

  const here = await chromium.newPage();
  here.setDefaultTimeout(0);
  await here.goto(address);
  await here.getByRole('button', { name: 'Try it with clothes' }).click();
  await here.getByText('2 clients are here').waitFor();
  for (const [label, value] of [
    ['Samples a client', 40],
    ['Rounds', ROUNDS],
  ] as const) {
    const field = here.getByRole('textbox', { name: label });
    await field.fill(String(value));
    await field.press('Enter');
  }
  await here.waitForFunction(isReady, ROUNDS);
  await there.waitForFunction(isReady, { timeout: 0 }, ROUNDS);
  await press(there, 'Start');
  await here.waitForFunction(isSummedUp, ROUNDS);
  await there.waitForFunction(isSummedUp, { timeout: 0 }, ROUNDS);

  const views = await Promise.all([here.evaluate(() => sparkmesh.session?.getView()), there.evaluate(() => sparkmesh.session?.getView())]);
  for (const view of views) {
    expect(view?.own).toHaveLength(ROUNDS);
    expect(view?.own.every(({ missed }) => missed.length === 0)).toBe(true);
    expect(view?.summaries.at(-1)?.averaged.accuracy).toBeGreaterThan(0.4);
  }
  const [one, other] = views.map((view) => view?.summaries.at(-1)?.averaged.accuracy);
  expect(one).toBe(other);
});
