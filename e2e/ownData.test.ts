/** People's own data in real tabs: a folder of three, each tab with one of them, by the command. */

import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { projectRoot } from '../src/datasets/paths.ts';
import { randomStream } from '../src/math/random.ts';
import type { Report } from '../src/runner/report.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sparkmesh-own-tabs-'));
  for (let person = 0; person < 3; person++) {
    const random = randomStream(1, 'tabs', person);
    for (const kind of [person, (person + 1) % 3]) {
      const within = join(folder, 'people', `person ${person}`, `kind ${kind}`);
      await mkdir(within, { recursive: true });
      for (let i = 0; i < 10; i++) {
        const pixels = Uint8Array.from({ length: 64 }, (_, p) => random.integer(90) + (p % 3 === kind ? 160 : 0));
        await writeFile(
          join(within, `${i}.png`),
          await sharp(pixels, { raw: { width: 8, height: 8, channels: 1 } })
            .png()
            .toBuffer(),
        );
      }
    }
  }
});
afterAll(() => rm(folder, { recursive: true }));

async function run(name: 'federation' | 'simulate', ...args: string[]): Promise<Report> {
  const file = join(folder, `${name}.json`);
  const words = ['--import', 'tsx', join('src', 'cli', `${name}.ts`), '--data', join(folder, 'people'), '--size', '8x8', '--rounds', '3'];
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [...words, '--hidden', '16', ...args, '--json', file], {
    cwd: projectRoot,
  });
  expect(stderr).toContain('This federation tells kind 0, kind 1 and kind 2 from 8 x 8 grey images; 3 clients, 60 images.');
  expect(stdout).toContain('Scores are sums of counts over the 12 rows that the 3 clients held out of their own, each its own.');
  return JSON.parse(await readFile(file, 'utf8'));
}

test('three folders are learned from in three tabs, to what the simulator comes to', async () => {
  const tabs = await run('federation', '--backend', 'wasm');
  const simulated = await run('simulate');
  expect(tabs.config).toEqual({ ...simulated.config, runner: 'tabs' });
  expect(tabs.scored.samples).toBe(12);
  expect(tabs.rounds.map(({ accuracy }) => accuracy.averaged)).toEqual(simulated.rounds.map(({ accuracy }) => accuracy.averaged));
  expect(tabs.rounds.at(-1)!.accuracy.averaged).toBeGreaterThan(0.9);
  expect(tabs.rounds.map(({ bytesSent }) => bytesSent)).toEqual(simulated.rounds.map(({ bytesSent }) => bytesSent));
});
