/** `npm run screens`: takes the pictures of docs/SCREENS.md from the gallery, and writes it. */

import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import * as v from 'valibot';
import { option, parseOptions, runCommand, toggle } from '../../src/cli/commandLine.ts';
import { projectRoot } from '../../src/datasets/paths.ts';
import { launchBrowser } from '../../src/runner/browser.ts';
import { buildPages, servePages } from '../support/pages.ts';
import { documentOf, shots, windows, type Kind } from './document.ts';
import { frameOf, turnTo } from './frame.ts';

const command = {
  call: 'npm run screens',
  summary: 'Takes pictures of the page’s rarer states, and writes docs/SCREENS.md with them.',
  options: v.strictObject({
    dark: toggle('as the page is where people prefer the dark'),
    out: option('DIR', 'write it there, not to docs/', v.pipe(v.string(), v.minLength(1, 'the name of a folder'))),
  }),
};

const kinds: readonly Kind[] = ['desktop', 'phone'];

await runCommand(async (argv, stop) => {
  const { out = join(projectRoot, 'docs'), dark = false } = parseOptions(command, argv);
  await buildPages();
  const server = await servePages();
  const browser = await launchBrowser();
  try {
    const folder = join(out, 'screens');
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true });
    for (const kind of kinds) {
      const page = await browser.newPage({ viewport: windows[kind], colorScheme: dark ? 'dark' : 'light', reducedMotion: 'reduce' });
      for (const { state, name, part } of shots.filter((shot) => shot.kind === kind)) {
        stop.throwIfAborted();
        await turnTo(page, server.url('gallery'), state);
        const clip = await frameOf(page, part);
        // A palette is enough for flat colours, and a third of the bytes.
        await sharp(await page.screenshot({ clip }))
          .png({ palette: true })
          .toFile(join(folder, name));
      }
    }
    await writeFile(join(out, 'SCREENS.md'), documentOf());
    process.stdout.write(`${shots.length} pictures are in ${folder}.\n`);
  } finally {
    await browser.close();
    await server.close();
  }
});
