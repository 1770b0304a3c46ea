/** Where a tab keeps its place in a run: a real browser's store, which others may have written to. */

import type { Browser, BrowserContext, Page } from 'playwright';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { launchBrowser } from '../src/runner/browser.ts';
import type {} from './pages/bookmarks.ts';
import { bookmarkAfter, damaged, plain, type Damage } from './pages/bookmarkCases.ts';
import { servePages, type PagesServer } from './support/pages.ts';

let server: PagesServer;
let browser: Browser;
/** Each test has a browser's store of its own. */
let context: BrowserContext;
let page: Page;

beforeAll(async () => {
  server = await servePages();
  browser = await launchBrowser();
});

beforeEach(async () => {
  context = await browser.newContext();
  page = await context.newPage();
  await page.goto(server.url('bookmarks'));
  await page.waitForFunction(() => 'bookmarks' in window);
});

afterEach(() => context.close());

afterAll(async () => {
  await browser?.close();
  await server?.close();
});

const here = { tab: 'mine', room: 'r' };
const DAY_MS = 24 * 3600_000;

const keep = (rounds: readonly (number | null)[], place = here) =>
  page.evaluate(([where, which]) => window.bookmarks.keep(where, which), [place, rounds] as const);
const find = (place = here) => page.evaluate((where) => window.bookmarks.find(where), place);
const damage = (tab: string, kind: Damage) => page.evaluate(([where, how]) => window.bookmarks.damage(where, how), [tab, kind] as const);
const age = (tab: string, ms: number) => page.evaluate(([where, by]) => window.bookmarks.age(where, by), [tab, ms] as const);
const damageRound = (place: number, round: unknown) =>
  page.evaluate(([at, item]) => window.bookmarks.damageRound('mine', at, item), [place, round] as const);
const rounds = () => page.evaluate(() => window.bookmarks.rounds());
const tabs = () => page.evaluate(() => window.bookmarks.tabs());

describe('a bookmark', () => {
  it('is found as it was kept, after the page was loaded again, as often as it is looked for', async () => {
    expect(await find()).toBeNull();
    await keep([4]);
    await page.reload();
    await page.waitForFunction(() => 'bookmarks' in window);
    expect(await find()).toEqual(plain(bookmarkAfter(4)));
    expect(await find()).toEqual(plain(bookmarkAfter(4)));
  });

  it('takes the place of the one before, and is passed over while that is on its way', async () => {
    await keep([4, 5]);
    expect((await find())?.round).toBe(4);
    await keep([6]);
    expect((await find())?.round).toBe(6);
    expect(await tabs()).toEqual(['mine']);
  });

  it('keeps its rounds apart, and no more of them than it has', async () => {
    await keep([7]);
    expect(await rounds()).toEqual({ mine: 14 });
    await keep([9]);
    expect(await find()).toEqual(plain(bookmarkAfter(9)));
    await keep([3]);
    expect(await find()).toEqual(plain(bookmarkAfter(3)));
    expect(await rounds()).toEqual({ mine: 6 });
    await page.evaluate((place) => window.bookmarks.keepOn(place, [4, 6, 5]), here);
    expect(await find()).toEqual(plain(bookmarkAfter(5)));
    expect(await rounds()).toEqual({ mine: 10 });
  });

  it('is of one tab in one room', async () => {
    const other = { tab: 'other', room: 'r' };
    await keep([4]);
    await keep([7], other);
    expect((await find())?.round).toBe(4);
    expect((await find(other))?.round).toBe(7);
    expect(await find({ tab: 'mine', room: 's' })).toBeNull();
    await keep([9], { tab: 'mine', room: 's' });
    expect(await find()).toBeNull();
    expect((await find({ tab: 'mine', room: 's' }))?.round).toBe(9);
  });

  it('is forgotten when its tab says so, even while it is on its way, and no other is', async () => {
    const other = { tab: 'other', room: 'r' };
    await keep([7], other);
    await keep([4, null]);
    expect(await find()).toBeNull();
    expect(await tabs()).toEqual(['other']);
    expect(await rounds()).toEqual({ other: 14 });
    expect((await find(other))?.round).toBe(7);
  });

  it('is forgotten after a day, whoever looks', async () => {
    const other = { tab: 'other', room: 'r' };
    await keep([4]);
    await keep([7], other);
    await age('mine', DAY_MS - 60_000);
    await age('other', DAY_MS + 60_000);
    expect((await find())?.round).toBe(4);
    expect(await tabs()).toEqual(['mine']);
    await age('mine', 120_000);
    expect(await find()).toBeNull();
    expect(await tabs()).toEqual([]);
    expect(await rounds()).toEqual({});
  });
});

describe('what is no bookmark', () => {
  const kinds: readonly Damage[] = Object.keys(damaged).filter((kind): kind is Damage => kind in damaged);

  it.each(kinds)('is refused, and keeps no other tab from its own: %s', async (kind) => {
    const other = { tab: 'other', room: 'r' };
    await keep([4]);
    await keep([7], other);
    await damage('mine', kind);
    expect(await find()).toBeNull();
    expect((await find(other))?.round).toBe(7);
    await keep([5]);
    expect(await find()).toEqual(plain(bookmarkAfter(5)));
  });

  it('is refused with rounds that are none, or with more than the run has', async () => {
    await keep([4]);
    const [round] = bookmarkAfter(1).own;
    await damageRound(2, { ...round, bytesSent: 'many' });
    expect(await find()).toBeNull();
    await damageRound(2, round);
    expect((await find())?.own).toHaveLength(4);
    for (let place = 4; place <= 20; place++) await damageRound(place, round);
    expect(await find()).toBeNull();
    await keep([5]);
    expect(await find()).toEqual(plain(bookmarkAfter(5)));
  });

  it.each(['nothing', 'a word in place of all', 'no time', 'a time that is none'] as const)('is not kept for ever: %s', async (kind) => {
    await keep([4]);
    await damage('another', kind);
    expect((await find())?.round).toBe(4);
    expect(await tabs()).toEqual(['mine']);
  });
});
