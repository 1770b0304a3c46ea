/** Files and folders of this machine dropped on a page, as a person does it: a script in the page could make no folder. */

import type { Page } from 'playwright';

/** Anywhere on the page. */
const AT = { x: 400, y: 300 };

export async function dropFiles(page: Page, paths: readonly string[]): Promise<void> {
  const session = await page.context().newCDPSession(page);
  const data = { items: [], files: [...paths], dragOperationsMask: 1 };
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const) await session.send('Input.dispatchDragEvent', { type, ...AT, data });
  await session.detach();
}
