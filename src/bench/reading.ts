/** `npm run bench:reading`: a folder of many pictures dropped on the page, for whether it answers meanwhile, and what it takes. */

import { link, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright';
import sharp from 'sharp';
import * as v from 'valibot';
import { numberText, option, parseOptions, runCommand } from '../cli/commandLine.ts';
import { randomStream } from '../math/random.ts';
import { launchBrowser } from '../runner/browser.ts';
import { dropFiles } from '../runner/dropFiles.ts';
import { heldBytes } from '../runner/heldBytes.ts';
import { servePage } from '../runner/pageServer.ts';

/** About one megapixel. */
const SIZE = { width: 1152, height: 864 };
/** Pictures that differ; the others are these under other names, as a reader cannot know. */
const DISTINCT = 20;
const CLASSES = 10;
/** How often the page's main thread is to look at the clock, and its memory is looked at, ms. */
const LOOK_MS = 10;
const MEMORY_MS = 100;

const command = {
  call: 'npm run bench:reading',
  summary: 'Drops a folder of generated pictures of one megapixel on the page, and watches its main thread and its memory.',
  options: v.strictObject({
    pictures: option(
      'N',
      'how many (default 10000)',
      v.pipe(numberText, v.number(), v.integer(), v.minValue(CLASSES), v.maxValue(100_000)),
    ),
    json: option('FILE', 'write the measurements there', v.pipe(v.string(), v.minLength(1, 'the name of a file'))),
  }),
};

/** Coarse noise, which as a JPEG is about as large as a photo. */
async function pictureOf(k: number): Promise<Buffer> {
  const random = randomStream(1, 'bench pictures', k);
  const coarse = { width: SIZE.width / 8, height: SIZE.height / 8, channels: 3 } as const;
  const pixels = Uint8Array.from({ length: coarse.width * coarse.height * 3 }, () => random.integer(256));
  return sharp(pixels, { raw: coarse }).resize(SIZE).jpeg({ quality: 85 }).toBuffer();
}

async function writePictures(folder: string, count: number): Promise<void> {
  const distinct = await Promise.all(Array.from({ length: DISTINCT }, (_, k) => pictureOf(k)));
  for (const [k, bytes] of distinct.entries()) await writeFile(join(folder, `${k}.jpg`), bytes);
  for (let c = 0; c < CLASSES; c++) await mkdir(join(folder, 'pictures', `class ${c}`), { recursive: true });
  for (let k = 0; k < count; k++) {
    await link(join(folder, `${k % DISTINCT}.jpg`), join(folder, 'pictures', `class ${k % CLASSES}`, `${k}.jpg`));
  }
}

/** Has the page's main thread note the longest time, ms, in which it could do nothing else. */
const watchThread = (page: Page) =>
  page.evaluate((every) => {
    const seen = { last: performance.now(), longest: 0 };
    setInterval(() => {
      const now = performance.now();
      seen.longest = Math.max(seen.longest, now - seen.last - every);
      seen.last = now;
    }, every);
    Object.assign(globalThis, { seen });
  }, LOOK_MS);

const longestStop = (page: Page) =>
  page.evaluate(() => {
    const seen: unknown = Reflect.get(globalThis, 'seen');
    return typeof seen === 'object' && seen !== null && 'longest' in seen ? Number(seen.longest) : NaN;
  });

/** Bytes of the largest of the browser's tabs. */
async function memoryOf(browser: Browser): Promise<() => number> {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  await session.detach();
  const renderers = processInfo.flatMap(({ type, id }) => (type === 'renderer' ? [id] : []));
  return () => Math.max(...renderers.map((id) => heldBytes(id) ?? 0));
}

async function measure(browser: Browser, url: string, pictures: string, count: number) {
  const page = await browser.newPage();
  await page.goto(url);
  await page.getByRole('button', { name: 'Teach it something of yours' }).click();
  const held = await memoryOf(browser);
  const idle = held();
  const memory = { most: idle };
  await watchThread(page);
  const looking = setInterval(() => (memory.most = Math.max(memory.most, held())), MEMORY_MS);
  try {
    const start = performance.now();
    await dropFiles(page, [pictures]);
    const title = `${count.toLocaleString('en')} pictures of ${CLASSES} classes`;
    await page.getByRole('heading', { name: title }).waitFor({ timeout: 0 });
    const seconds = (performance.now() - start) / 1000;
    return { pictures: count, seconds, longestStopMs: await longestStop(page), idleBytes: idle, mostBytes: memory.most };
  } finally {
    clearInterval(looking);
  }
}

await runCommand(async (argv, stop) => {
  const { pictures: count = 10_000, json } = parseOptions(command, argv);
  const folder = await mkdtemp(join(tmpdir(), 'sparkmesh-reading-'));
  const server = await servePage({ port: 0, mode: 'preview' });
  const browser = await launchBrowser();
  stop.addEventListener('abort', () => void browser.close());
  try {
    await writePictures(folder, count);
    const measured = await measure(browser, server.url, join(folder, 'pictures'), count);
    const { seconds, longestStopMs, idleBytes, mostBytes } = measured;
    process.stdout.write(
      `${count} pictures of ${SIZE.width} x ${SIZE.height} in ${seconds.toFixed(1)} s, ${((1000 * seconds) / count).toFixed(1)} ms each; ` +
        `the page stood still for ${longestStopMs.toFixed(0)} ms at most; its process grew from ${(idleBytes / 1e6).toFixed(0)} MB to ` +
        `${(mostBytes / 1e6).toFixed(0)} MB at most.\n`,
    );
    if (json !== undefined) await writeFile(json, `${JSON.stringify({ format: 'sparkmesh-bench-reading/1', ...measured }, null, 2)}\n`);
  } finally {
    await browser.close();
    await server.close();
    await rm(folder, { recursive: true });
  }
});
