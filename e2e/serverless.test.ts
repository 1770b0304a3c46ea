/** The built page on a static host: who is there finds the others without a signalling server, or at one that is elsewhere. */

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type {} from '../src/client/automation.ts';
import { projectRoot } from '../src/datasets/paths.ts';
import { launchBrowser } from '../src/runner/browser.ts';
import { makeSecret } from '../src/signalling/seal.ts';
import { press } from './support/hands.ts';
import { startStaticHost, type Nginx } from './support/nginx.ts';

let host: Nginx;
let browser: Browser;
let signal: ChildProcess | undefined;

/** Names of this host beside `localhost`. */
const [NAME, OTHER_NAME] = ['page.test', 'other.test'] as const;

beforeAll(async () => {
  const args = ['--host-resolver-rules=MAP *.test 127.0.0.1'];
  [host, browser] = await Promise.all([startStaticHost(join(projectRoot, 'dist')), launchBrowser({ args })]);
});

afterEach(async () => {
  signal?.kill('SIGKILL');
  signal = undefined;
  await Promise.all(browser.contexts().map((context) => context.close()));
});

afterAll(async () => {
  await browser?.close();
  await host?.close();
});

async function open(context: BrowserContext, where = '?room=lab', name = 'localhost'): Promise<Page> {
  const page = await context.newPage();
  // The test's own limit is enough: the machine may be busy.
  page.setDefaultTimeout(0);
  page.on('pageerror', (error) => expect.soft(error, 'error in the page').toBeUndefined());
  const url = new URL(`http://${name}:${host.port}/mesh/index.html${where}`);
  url.searchParams.set('backend', 'wasm');
  await page.goto(url.href);
  return page;
}

const enter = (page: Page) => press(page, 'Try it with clothes');
const numberOf = async (page: Page) => Number(await page.getByTestId('client-number').textContent());

async function set(page: Page, label: string, value: number): Promise<void> {
  const field = page.getByRole('textbox', { name: label });
  await field.fill(String(value));
  await field.press('Enter');
}

/** Two who are in one room learn two rounds. */
async function learnTogether([first, second]: readonly [Page, Page]): Promise<void> {
  await first.getByText('2 clients are here').waitFor();
  await set(first, 'Samples a client', 20);
  await set(first, 'Rounds', 2);
  for (const page of [first, second]) {
    await page.waitForFunction(() => {
      const view = sparkmesh.session?.getView();
      return view?.settings.rounds === 2 && view.share?.samples === 20 && view.peers[0]?.readiness.kind === 'ready';
    });
  }
  await press(second, 'Start');
  for (const page of [first, second]) await page.getByText('All 2 rounds are done').waitFor();
  for (const page of [first, second]) {
    expect(await page.evaluate(() => sparkmesh.session?.getView()?.own.length)).toBe(2);
    expect(await page.evaluate(() => sparkmesh.session?.getView()?.peers[0]?.received['weights'])).toBeGreaterThan(0);
  }
}

describe('tabs of one browser', () => {
  const sentence = 'No meeting point here: tabs of this browser find each other.';

  test('are told so, find each other and learn, with one that crashes and one that comes in its place', async () => {
    const context = await browser.newContext();
    const first = await open(context);
    await first.getByText('Nobody is in room lab yet').waitFor();
    await first.getByText(sentence).waitFor();
    const second = await open(context);
    await enter(first);
    await first.getByText(sentence).waitFor();
    await second.getByText('1 client is in room lab now').waitFor();
    expect(await first.getByRole('button', { name: 'QR code' }).count()).toBe(0);
    await enter(second);
    await learnTogether([first, second]);

    const third = await open(context);
    await enter(third);
    await third.getByTestId('client-number').waitFor();
    expect(await Promise.all([first, second, third].map(numberOf))).toEqual([0, 1, 2]);
    await second.goto('chrome://crash').catch(() => 'crashed');
    await third.waitForFunction(() => sparkmesh.session?.getView()?.peers.length === 1);
    const fourth = await open(context);
    await enter(fourth);
    await fourth.getByTestId('client-number').waitFor();
    expect(await numberOf(fourth)).toBe(1);
    await press(fourth, 'Leave');
    await fourth.getByText('2 clients are in room lab now').waitFor();
  });

  test('meet in a closed room by its secret alone', async () => {
    const context = await browser.newContext();
    const secret = makeSecret();
    const [first, second] = [await open(context, `?closed=lab#${secret}`), await open(context, `?closed=lab#${secret}`)] as const;
    const stranger = await open(context, `?closed=lab#${makeSecret()}`);
    for (const page of [first, second, stranger]) await enter(page);
    await learnTogether([first, second]);
    expect(await numberOf(stranger)).toBe(0);
    expect(await stranger.evaluate(() => sparkmesh.session?.getView()?.peers.length)).toBe(0);
  });

  test('of another browser are in another room', async () => {
    const [here, there] = [await open(await browser.newContext()), await open(await browser.newContext())];
    for (const page of [here, there]) {
      await enter(page);
      await page.getByTestId('client-number').waitFor();
    }
    expect(await Promise.all([here, there].map(numberOf))).toEqual([0, 0]);
  });
});

test('two browsers meet at `npm run signal` on another address, and learn; a page of a host that it was not given is told why it may not', async () => {
  signal = spawn(process.execPath, ['--import', 'tsx', 'src/cli/signal.ts', '--port', '0', '--host', NAME], { cwd: projectRoot });
  const said = String((await once(signal.stdout!, 'data'))[0]);
  const where = `?room=lab&signal=${/ws:\/\/\S+/.exec(said)?.[0]}`;
  const pages = [await open(await browser.newContext(), where, NAME), await open(await browser.newContext(), where, NAME)] as const;
  for (const page of pages) await enter(page);
  await learnTogether(pages);

  const stranger = await open(await browser.newContext(), where, OTHER_NAME);
  await enter(stranger);
  const sentence = `Pages of http://${OTHER_NAME}:${host.port} may not use this signalling server; start it with --host and that name.`;
  await stranger.getByText(sentence).waitFor();
});
