/** Makes sure of a browser before the tests of tabs begin. */

import { ensureBrowser } from '../../src/runner/browser.ts';

/** A machine without a browser gets one before the first test. */
export default function setup(): void {
  ensureBrowser();
}
