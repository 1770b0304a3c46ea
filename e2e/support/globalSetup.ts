/** Makes sure of a browser, of the page and of the tests' own pages before the tests of tabs begin. */

import { ensureBrowser } from '../../src/runner/browser.ts';
import { buildPage } from '../../src/runner/pageServer.ts';
import { buildPages } from './pages.ts';

/** What several test files need at once is there before the first: a machine without a browser gets one, too. */
export default async function setup(): Promise<void> {
  ensureBrowser();
  await buildPage();
  await buildPages();
}
