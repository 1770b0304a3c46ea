/** A saved page as whoever gets it by mail opens it: from a disk, without a network. */

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { AxeResults } from 'axe-core';
import type { Browser, BrowserContextOptions, Page } from 'playwright';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { percent } from '../src/math/format.ts';
import type {} from '../src/export/offlinePage.ts';
import type { SavedModel } from '../src/export/savedModel.ts';
import { launchBrowser } from '../src/runner/browser.ts';
import { predict } from '../src/runner/predict.ts';
import { writeModel } from '../src/runner/takeHome.ts';
import { expectedLogits, inputsFor, modelFor } from '../src/testing/savedModels.ts';

declare global {
  /** In the page, once a test has put it there. */
  var axe: { run(): Promise<AxeResults> };
}

let folder: string;
let browser: Browser;

const images = modelFor({ kind: 'images', width: 13, height: 10, channels: 1, values: 'bytes', mean: [70], std: [90] }, [9], [4, 3], 5);
const colours = modelFor(
  { kind: 'images', width: 8, height: 8, channels: 3, values: 'bytes', mean: [90, 150, 200], std: [60, 70, 80] },
  [7],
  [],
  3,
);
const table = modelFor(
  {
    kind: 'table',
    table: {
      named: true,
      columns: [
        { kind: 'number', name: 'size, in <m>', mean: 12, std: 3, hasEmpty: true },
        { kind: 'category', name: 'colour', categories: ['blue', 'red'], hasEmpty: true },
        { kind: 'number', name: 'weight', mean: -5, std: 40, hasEmpty: false },
      ],
    },
  },
  [6],
  [],
  3,
);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sparkmesh-page-'));
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser?.close();
  await rm(folder, { recursive: true });
});

/** Opens a model's page; at the end nothing was asked of anyone, and nothing complained. */
async function withPage(model: SavedModel, use: (page: Page) => Promise<void>, options: BrowserContextOptions = {}): Promise<void> {
  const path = join(folder, 'model.html');
  await writeModel(model, path);
  const context = await browser.newContext({ ...options, offline: true });
  const page = await context.newPage();
  const asked: string[] = [];
  const complaints: string[] = [];
  page.on('request', (request) => asked.push(request.url()));
  page.on('pageerror', ({ message }) => complaints.push(message));
  page.on('console', (message) => complaints.push(message.text()));
  try {
    await page.goto(pathToFileURL(path).href);
    await use(page);
    expect(asked.filter((url) => !url.startsWith('blob:'))).toEqual([pathToFileURL(path).href]);
    expect(complaints).toEqual([]);
  } finally {
    await context.close();
  }
}

const said = (page: Page) => page.locator('#said').textContent();

it.each([
  ['grey images', images],
  ['colour images', colours],
  ['a table', table],
])('gives the same logits of %s', async (_, model) => {
  const inputs = inputsFor(model, 3);
  const size = inputs.length / 3;
  await withPage(model, async (page) => {
    const logits = await page.evaluate(
      ({ values, width }) => [0, 1, 2].flatMap((n) => modelLogits(values.slice(n * width, (n + 1) * width))),
      { values: [...inputs], width: size },
    );
    expectedLogits(model, inputs).forEach((logit, i) =>
      expect(Math.abs(logits[i]! - logit)).toBeLessThan(1e-5 * Math.max(1, Math.abs(logit))),
    );
  });
});

describe('a page of images', () => {
  it('says of a file what the command says, and of a drawing', async () => {
    // Larger than the model's images, of another form, and partly transparent.
    const pixels = Uint8Array.from({ length: 4 * 61 * 47 }, (_, i) => (i % 4 === 3 ? (i % 7 === 0 ? 0 : 255) : (i * 37) % 256));
    const file = join(folder, 'asked.png');
    await sharp(pixels, { raw: { width: 61, height: 47, channels: 4 } })
      .png()
      .toFile(file);
    const [{ best, probabilities } = { best: 0, probabilities: [] }] = await predict(images, [file]);
    await withPage(images, async (page) => {
      expect(await said(page)).toBe('Draw something, or choose an image.');
      await page.getByLabel(/An image/).setInputFiles(file);
      await page.getByRole('listitem').first().waitFor();
      const [, share] = /, ([\d.]+) %$/.exec((await said(page))!) ?? [];
      expect(await said(page)).toContain(images.card.classes[best]);
      // A grey level of a pixel may be another.
      expect(Math.abs(Number(share) - Number.parseFloat(percent(probabilities[best]!)))).toBeLessThan(1.5);

      await page.getByRole('button', { name: 'Clear' }).click();
      expect(await said(page)).toBe('Draw something, or choose an image.');
      const pad = await page.locator('#pad').boundingBox();
      await page.mouse.move(pad!.x + 40, pad!.y + 40);
      await page.mouse.down();
      await page.mouse.move(pad!.x + 160, pad!.y + 120, { steps: 4 });
      await page.mouse.up();
      expect(await said(page)).toMatch(/^class \d <&"é, [\d.]+ %$/);
      const drawn = await said(page);
      await page.getByLabel('Swap light and dark').check();
      expect(await said(page)).not.toBe(drawn);
    });
  });

  it('refuses what is no image in a sentence', async () => {
    const file = join(folder, 'asked.txt');
    await writeFile(file, 'a,b\n1,2\n');
    await withPage(images, async (page) => {
      await page.getByLabel(/An image/).setInputFiles(file);
      await page.getByText('That is no image that this browser can show; choose a PNG, JPEG or WebP.').waitFor();
    });
  });
});

it('a page of a table says of a row what the command says', async () => {
  const file = join(folder, 'asked.csv');
  await writeFile(file, '"size, in <m>",colour,weight\n,red,7.5\n');
  const [{ best, probabilities } = { best: 0, probabilities: [] }] = await predict(table, [file]);
  await withPage(table, async (page) => {
    await page.getByLabel('colour').selectOption('red');
    await page.getByLabel('weight').fill('7.5');
    expect(await said(page)).toBe(`${table.card.classes[best]}, ${percent(probabilities[best]!)}`);
  });
});

describe('looks right', () => {
  const phone = { viewport: { width: 360, height: 640 } };
  it.each([
    ['images on a phone', images, phone],
    ['images in the dark', images, { colorScheme: 'dark' }],
    ['a table on a phone in the dark', table, { ...phone, colorScheme: 'dark' }],
  ] as const)('%s', async (_, model, options) => {
    const tool = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
    await withPage(
      model,
      async (page) => {
        await page.evaluate(tool);
        const violations = await page.evaluate(async () => {
          const { violations: found } = await axe.run();
          return found.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join()}`);
        });
        expect(violations).toEqual([]);
        const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
        expect(overflow).toBe(0);
      },
      options,
    );
  });
});
