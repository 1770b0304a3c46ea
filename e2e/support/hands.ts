/** What people do in a tab, which they look at. One behind others is painted once a second, and waits for two paintings before it takes a click. */

import type { Page } from 'playwright';

/** Presses a button. @param name all of it, or a pattern. */
export async function press(page: Page, name: string | RegExp): Promise<void> {
  await page.bringToFront();
  await page.getByRole('button', { name, exact: true }).click();
}

/** Ticks a box, or no longer. */
export async function tick(page: Page, name: string, isTicked = true): Promise<void> {
  await page.bringToFront();
  await page.getByRole('checkbox', { name, exact: true }).setChecked(isTicked);
}
