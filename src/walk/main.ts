/** `npm run walk`: goes from a folder of pictures to a model of them, through the page as two people would, and writes it down. */

import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import sharp from 'sharp';
import * as v from 'valibot';
import { option, parseOptions, runCommand } from '../cli/commandLine.ts';
import { projectRoot } from '../datasets/paths.ts';
import { launchBrowser } from '../runner/browser.ts';
import { servePage } from '../runner/pageServer.ts';
import { writeShapes } from './shapes.ts';
import { steps, type Stage } from './steps.ts';

const command = {
  call: 'npm run walk',
  summary:
    'Goes from a folder of pictures to a model of them, through the page as two people would, and writes docs/WALK.md with its pictures.',
  options: v.strictObject({
    out: option('DIR', 'write it there, not to docs/', v.pipe(v.string(), v.minLength(1, 'the name of a folder'))),
  }),
};

/** A step may take so long, as a small machine may be busy. */
const PATIENCE_MS = 240_000;

const head = `# From a folder to a model

What two people do, step by step. \`npm run walk\` did all of this in real browsers and took the pictures.

From a clean clone: \`npm ci && npm start -- --lan\`, so that Ben's phone is served as well.
`;

/** Anna's browser is a window on a desk, Ben's a phone. */
const desk = { viewport: { width: 1440, height: 900 }, ignoreHTTPSErrors: true };
const phone = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true, ignoreHTTPSErrors: true };

await runCommand(async (argv, stop) => {
  const { out = join(projectRoot, 'docs') } = parseOptions(command, argv);
  const disk = await mkdtemp(join(tmpdir(), 'sparkmesh-walk-'));
  const server = await servePage({ port: 0, mode: 'preview', lan: true });
  const browser = await launchBrowser();
  try {
    const folders = { anna: join(disk, 'anna'), ben: join(disk, 'ben') };
    await writeShapes(folders.anna, 'anna', { circles: 30, triangles: 30 });
    await writeFile(join(folders.anna, 'notes.txt'), 'Cut from paper in spring.');
    await writeShapes(folders.ben, 'ben', { squares: 30, triangles: 24 });
    await writeShapes(join(disk, 'unseen'), 'unseen', { squares: 1 });
    const [anna, ben] = [await browser.newPage(desk), await browser.newPage(phone)];
    for (const page of [anna, ben]) page.setDefaultTimeout(PATIENCE_MS);
    const kept: Stage['kept'] = async (page, button) => {
      const [saved] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: button, exact: true }).click()]);
      const file = join(disk, saved.suggestedFilename());
      await cp(await saved.path(), file);
      return pathToFileURL(file).href;
    };
    const stage: Stage = { address: server.url, anna, ben, folders, unseen: join(disk, 'unseen', 'squares', 'squares-1.png'), kept };
    await mkdir(join(out, 'walk'), { recursive: true });
    const chapters: string[] = [];
    for (const [k, { name, title, words, take }] of steps.entries()) {
      stop.throwIfAborted();
      process.stdout.write(`${k + 1} of ${steps.length}: ${title}\n`);
      const page = await take(stage);
      // A palette is enough for flat colours, and a third of the bytes.
      await sharp(await page.screenshot())
        .png({ palette: true })
        .toFile(join(out, 'walk', `${name}.png`));
      const width = page === ben ? ' width="300"' : '';
      chapters.push(`## ${k + 1}. ${title}\n\n${words}\n\n<img alt="${title}" src="walk/${name}.png"${width}>\n`);
    }
    await writeFile(join(out, 'WALK.md'), [head, ...chapters].join('\n'));
  } finally {
    await browser.close();
    await server.close();
    await rm(disk, { recursive: true });
  }
});
