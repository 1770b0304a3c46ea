/** A Chromium to drive: found on this machine, or installed, and started with WebGPU. */

import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, dirname, join } from 'node:path';
import { chromium, type Browser } from 'playwright';
import { installDebian, run } from './apt.ts';

/** Names a Chromium by path, and no other is looked for. */
const EXECUTABLE_VARIABLE = 'SPARKMESH_CHROMIUM';

/** How long a browser may take to tell its version, ms. */
const VERSION_MS = 30_000;

/** Signals that no browser works; its message names those that were tried, and why they did not. */
export class NoBrowserError extends Error {
  override readonly name = 'NoBrowserError';
}

const systemNames = ['google-chrome', 'google-chrome-stable', 'chromium', 'chromium-browser'];
const macPath = '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome';

/** Lists where a Chromium may be, Playwright's own first. */
function candidates(): string[] {
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  const system = systemNames.flatMap((name) => folders.map((folder) => join(folder, name)));
  return [chromium.executablePath(), ...system, macPath].filter(existsSync);
}

/**
 * Tries whether a browser runs here: a distribution's stub only prints where to get one, and others lack a library.
 * @returns what is wrong with it, or null.
 */
function defectOf(executable: string): string | null {
  if (!existsSync(executable)) return 'does not exist';
  // Chrome for Windows opens a window instead of telling its version.
  if (process.platform === 'win32') return null;
  const { error, status, signal, stdout, stderr } = spawnSync(executable, ['--version'], { encoding: 'utf8', timeout: VERSION_MS });
  if (error) return error.message;
  if (status === 0) return null;
  const [line] = `${stderr}\n${stdout}`.split('\n').filter((text) => text.trim() !== '');
  return `${signal ? `was ended by ${signal}` : `exits with ${status}`}${line === undefined ? '' : `: ${line.trim()}`}`;
}

type Search = { readonly executable: string } | { readonly defects: readonly string[] };

/** Finds the first browser that runs, or what is wrong with each. */
function search(): Search {
  const defects: string[] = [];
  for (const executable of candidates()) {
    const defect = defectOf(executable);
    if (defect === null) return { executable };
    defects.push(`${executable} ${defect}`);
  }
  return { defects };
}

const isRoot = process.getuid?.() === 0;

function installPlaywrights(): boolean {
  const playwrightCli = join(dirname(createRequire(import.meta.url).resolve('playwright/package.json')), 'cli.js');
  return run(process.execPath, [playwrightCli, 'install', ...(isRoot ? ['--with-deps'] : []), 'chromium']);
}

/**
 * Finds a Chromium to drive: the one named by SPARKMESH_CHROMIUM, Playwright's own, or the system's, whichever first runs.
 * @param installers tried one after another where there is none; each returns whether it has installed one.
 * @returns the path of its executable.
 * @throws {NoBrowserError} when the one named does not run, or none does and none can be installed.
 */
export function ensureBrowser(installers: readonly (() => boolean)[] = [installPlaywrights, () => installDebian('chromium')]): string {
  const named = process.env[EXECUTABLE_VARIABLE];
  if (named) {
    const defect = defectOf(named);
    if (defect === null) return named;
    throw new NoBrowserError(`${EXECUTABLE_VARIABLE} names ${named}, which ${defect}; correct or unset it.`);
  }
  let found = search();
  if ('defects' in found) {
    process.stderr.write('No Chromium works here; installing one (once).\n');
    for (const install of installers) {
      if (install()) found = search();
      if ('executable' in found) return found.executable;
    }
    const tried = found.defects.length > 0 ? ` (tried: ${found.defects.join('; ')})` : '';
    throw new NoBrowserError(
      `No Chromium could be found or installed; install Chrome or Chromium, or name one with ${EXECUTABLE_VARIABLE}=/path/to/chrome${tried}.`,
    );
  }
  return found.executable;
}

/** Whether this machine has a GPU that Chromium's WebGPU can use; without one it rasterises on the CPU (SwiftShader). */
function hasGpu(): boolean {
  if (process.platform !== 'linux') return true;
  try {
    return /^renderD/m.test(execFileSync('ls', ['/dev/dri'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }));
  } catch {
    return existsSync('/dev/nvidia0');
  }
}

/**
 * Lets tabs reach each other without a network: Chromium offers WebRTC the loopback only when it is told to, and only to a page
 * that may use a microphone, which this flag says of every page.
 */
const loopbackFlags = ['--allow-loopback-in-peer-connection', '--use-fake-ui-for-media-stream'];

/**
 * WebGPU on the CPU, which compiles shaders with workgroup memory five times as fast when a loop clears that memory: by default
 * its every number is cleared by an instruction of its own.
 */
const swiftShaderFlags = [
  '--use-webgpu-adapter=swiftshader',
  '--disable-dawn-features=use_vulkan_zero_initialize_workgroup_memory_extension',
];

/**
 * What Chromium is to leave out. It heeds the last list alone, so Playwright's is here again, and two parts of the address bar that are
 * pages of their own: made ready for every browser, shown in none, and as dear to start as all the rest.
 */
const withoutFeatures = [
  'AvoidUnnecessaryBeforeUnloadCheckSync',
  'DestroyProfileOnBrowserClose',
  'DialMediaRouteProvider',
  'GlobalMediaControls',
  'HttpsUpgrades',
  'LensOverlay',
  'MediaRouter',
  'PaintHolding',
  'ThirdPartyStoragePartitioning',
  'BlockOriginHeaderModificationOnRedirect',
  'AvoidCorsURLLoaderRestartOnRedirect',
  'Translate',
  'AutoDeElevate',
  'OptimizationHints',
  'NetworkTimeServiceQuerying',
  'AimEnabled',
  'WebUIOmniboxPopup',
  'WebUIOmniboxAimPopup',
];

/**
 * The most that V8 keeps for young objects, MB: by default 16, of which it takes more the longer a page works, and then collects, and
 * gives arrays back, more rarely. Many tabs on one machine would rather be small.
 */
const YOUNG_MB = 2;

/** Flags under which headless Chromium has WebGPU and stays off the network. */
function flags(): string[] {
  return [
    `--disable-features=${withoutFeatures.join(',')}`,
    '--enable-unsafe-webgpu',
    ...(hasGpu() ? (process.platform === 'linux' ? ['--enable-features=Vulkan'] : []) : swiftShaderFlags),
    ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
    ...loopbackFlags,
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    `--js-flags=--max-semi-space-size=${YOUNG_MB}`,
  ];
}

/**
 * Starts a Chromium with WebGPU. The caller closes it.
 * @param options.args more flags.
 */
export function launchBrowser(options: { headed?: boolean; args?: readonly string[] } = {}): Promise<Browser> {
  return chromium.launch({
    executablePath: ensureBrowser(),
    headless: !options.headed,
    args: [...flags(), ...(options.args ?? [])],
  });
}
