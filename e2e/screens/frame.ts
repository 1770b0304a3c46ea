/** The gallery in a browser, and the part of its window that a picture shows. */

import type { Page } from 'playwright';
import type {} from '../pages/gallery.tsx';

/** Space around what a picture shows, px. */
const AROUND = 8;

export interface Frame {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Shows a state of the gallery, which is loaded once, until it is drawn. @param gallery its address. */
export async function turnTo(page: Page, gallery: string, state: string): Promise<void> {
  if (!page.url().startsWith(gallery)) await page.goto(gallery);
  await page.waitForFunction(() => 'gallery' in window);
  await page.evaluate((name) => window.gallery.show(name), state);
  // The plots and the graph draw once their size has been observed, and some of it is loaded when it is looked at.
  await page.waitForFunction(
    () =>
      document.querySelector('#root main') !== null &&
      [...document.querySelectorAll('.topology')].every((graph) => graph.querySelector('svg') !== null) &&
      [...document.querySelectorAll('.plot')].every((plot) => plot.querySelector('canvas') !== null),
  );
}

/** The least part of the window that shows all that the selectors find, as far as it is in sight. Waits until each finds something. */
export async function frameOf(page: Page, selectors: readonly string[]): Promise<Frame> {
  for (const selector of selectors) await page.locator(selector).first().waitFor();
  await page.evaluate(
    ([first = '', around]) => {
      scrollTo(0, (document.querySelector(first)?.getBoundingClientRect().top ?? 0) + scrollY - around);
    },
    [selectors[0], AROUND] as const,
  );
  return page.evaluate(
    ([found, around]) => {
      const boxes = [...document.querySelectorAll(found)]
        .map((element) => element.getBoundingClientRect())
        .filter(({ width }) => width > 0);
      const x = Math.max(0, Math.floor(Math.min(...boxes.map(({ left }) => left)) - around));
      const y = Math.max(0, Math.floor(Math.min(...boxes.map(({ top }) => top)) - around));
      const right = Math.min(innerWidth, Math.ceil(Math.max(...boxes.map((box) => box.right)) + around));
      const bottom = Math.min(innerHeight, Math.ceil(Math.max(...boxes.map((box) => box.bottom)) + around));
      return { x, y, width: right - x, height: bottom - y };
    },
    [selectors.join(), AROUND] as const,
  );
}
