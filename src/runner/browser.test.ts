/** Which browser is taken: the first that runs, of stand-ins that a test writes. */

import { renameSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { ensureBrowser, NoBrowserError } from './browser.ts';

const works = '#!/bin/sh\necho "Chromium 1.0"';
const stub = '#!/bin/sh\necho >&2\necho "Command requires the chromium snap to be installed." >&2\nexit 1';

let folder = '';

async function executable(name: string, script: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, `${script}\n`);
  await chmod(path, 0o755);
  return path;
}

const none = () => false;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sparkmesh-browser-'));
  vi.stubEnv('PATH', folder);
  vi.stubEnv('SPARKMESH_CHROMIUM', undefined);
  vi.spyOn(chromium, 'executablePath').mockReturnValue(join(folder, 'own'));
  vi.spyOn(process.stderr, 'write').mockReturnValue(true);
});

afterEach(async () => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  await rm(folder, { recursive: true });
});

describe.skipIf(process.platform === 'win32')('a browser is found', () => {
  test("Playwright's own before the system's", async () => {
    const own = await executable('own', works);
    await executable('google-chrome', works);
    expect(ensureBrowser([])).toBe(own);
  });

  test('the next one where one is a stub', async () => {
    await executable('google-chrome', stub);
    const second = await executable('chromium', works);
    expect(ensureBrowser([])).toBe(second);
  });

  test('in a later folder of the path where an earlier one has a stub', async () => {
    await executable('chromium', stub);
    await mkdir(join(folder, 'later'));
    const second = await executable('later/chromium', works);
    vi.stubEnv('PATH', `${folder}:${join(folder, 'later')}`);
    expect(ensureBrowser([])).toBe(second);
  });

  test('what an installer brings, where none runs', async () => {
    const own = join(folder, 'own');
    await executable('google-chrome', stub);
    await executable('bring', works);

    const bring = () => {
      renameSync(join(folder, 'bring'), own);
      return true;
    };
    expect(ensureBrowser([none, bring])).toBe(own);
  });
});

describe.skipIf(process.platform === 'win32')('no browser is found', () => {
  test('and what was tried is named, with its reason', async () => {
    const chrome = await executable('google-chrome', stub);
    const broken = await executable('chromium', '#!/nowhere/interpreter');
    const attempt = () => ensureBrowser([none]);
    expect(attempt).toThrow(NoBrowserError);
    expect(attempt).toThrow(`${chrome} exits with 1: Command requires the chromium snap to be installed.; ${broken} spawnSync`);
    expect(attempt).toThrow(/^No Chromium could be found or installed; [^\n]*SPARKMESH_CHROMIUM=[^\n]*\.$/);
  });

  test('when the one named does not run, though another would', async () => {
    await executable('own', works);
    const named = await executable('mine', stub);
    vi.stubEnv('SPARKMESH_CHROMIUM', named);
    expect(() => ensureBrowser([])).toThrow(`SPARKMESH_CHROMIUM names ${named}, which exits with 1: Command requires`);
    vi.stubEnv('SPARKMESH_CHROMIUM', join(folder, 'gone'));
    expect(() => ensureBrowser([])).toThrow(/names .*gone, which does not exist; correct or unset it\.$/);
  });
});
