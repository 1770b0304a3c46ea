/** A closed room whose opener lets people in by name: through the interface alone, each in a browser context of their own. */

import type { Browser, Page } from 'playwright';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser } from '../src/runner/browser.ts';
import { servePage, type PageServer } from '../src/runner/pageServer.ts';
import { press, tick } from './support/hands.ts';

let server: PageServer;
let browser: Browser;
beforeAll(async () => {
  server = await servePage({ port: 0, mode: 'preview' });
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser?.close();
  await server?.close();
});

async function person(url: string): Promise<Page> {
  const page = await (await browser.newContext()).newPage();
  page.setDefaultTimeout(0);
  page.on('pageerror', (error) => expect.soft(error, 'error in the page').toBeUndefined());
  await page.goto(url);
  return page;
}

/** Somebody who asks at the door. */
async function caller(link: string, name: string): Promise<Page> {
  const page = await person(link);
  await page.getByRole('textbox', { name: 'Your name' }).fill(name);
  await press(page, 'Ask to be let in');
  return page;
}

test('whoever opened a closed room lets in whom they know by name, also after a reload, and turns others away', async () => {
  const opener = await person(server.url);
  await opener.getByRole('link', { name: 'Open a closed room' }).click();
  await press(opener, 'Try it with clothes');
  const invitation = opener.locator('.invitation .url');
  const itself = await invitation.innerText();
  await tick(opener, 'Ask me before anyone comes in');
  await opener.getByText(/\?door=main#/).waitFor();
  const link = await invitation.innerText();
  expect(new URL(link).hash).toMatch(/^#[\w-]{22}$/);
  expect(link).not.toContain(new URL(itself).hash);

  const [anna, mallory] = [await caller(link, 'Anna'), await caller(link, 'Mallory')];
  await mallory.getByText('They see that Mallory asks to come in.').waitFor();
  await press(opener, 'Turn away Mallory');
  await mallory.getByText('They have not let you in.').waitFor();
  expect(new URL(mallory.url()).searchParams.get('door')).toBe('main');
  await press(opener, 'Let in Anna');
  await press(anna, 'Try it with clothes');
  await anna.getByText('2 clients are here').waitFor();
  expect(anna.url()).toBe(itself);
  expect(await opener.getByRole('list', { name: 'At the door' }).count()).toBe(0);

  // The same link and the same door, when the opener's tab was loaded again.
  await opener.reload();
  await press(opener, 'Try it with clothes');
  await opener.getByText('2 clients are here').waitFor();
  expect(await invitation.innerText()).toBe(link);
  const ben = await caller(link, 'Ben');
  await press(opener, 'Let in Ben');
  await press(ben, 'Try it with clothes');
  await ben.getByText('3 clients are here').waitFor();

  // Without a door the room invites by itself again, and who asks finds nobody.
  await tick(opener, 'Ask me before anyone comes in', false);
  expect(await invitation.innerText()).toBe(itself);
  const late = await caller(link, 'Cleo');
  await late.getByText('Looking for whoever keeps the door').waitFor();
  await press(late, 'Cancel');
  await late.getByRole('textbox', { name: 'Your name' }).waitFor();
});
