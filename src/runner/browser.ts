import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { chromium, type Browser } from 'playwright';

/** Names a Chromium by path, before any other is looked for. */
const EXECUTABLE_VARIABLE = 'SPARKMESH_CHROMIUM';

export class NoBrowserError extends Error {
  override readonly name = 'NoBrowserError';
}

const systemNames = ['google-chrome', 'google-chrome-stable', 'chromium', 'chromium-browser'];

function findExecutable(): string | undefined {
  const named = process.env[EXECUTABLE_VARIABLE];
  if (named) {
    if (!existsSync(named)) throw new NoBrowserError(`${EXECUTABLE_VARIABLE} names ${named}, which does not exist; correct or unset it.`);
    return named;
  }
  if (existsSync(chromium.executablePath())) return chromium.executablePath();
  for (const name of systemNames) {
    const found = spawnSync('which', [name], { encoding: 'utf8' }).stdout?.trim();
    if (found) return found;
  }
  const mac = '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome';
  return existsSync(mac) ? mac : undefined;
}

function run(command: string, args: string[]): boolean {
  return spawnSync(command, args, { stdio: ['ignore', 'inherit', 'inherit'], timeout: 600_000 }).status === 0;
}

/**
 * A Chromium to drive: the one named by SPARKMESH_CHROMIUM, Playwright's own, or the system's; if there is none,
 * installs Playwright's, else Debian's package.
 * @returns the path of its executable.
 * @throws {NoBrowserError} when none is found and none can be installed.
 */
export function ensureBrowser(): string {
  const found = findExecutable();
  if (found) return found;
  process.stderr.write('No Chromium found; installing one (once).\n');
  const playwrightCli = join(dirname(createRequire(import.meta.url).resolve('playwright/package.json')), 'cli.js');
  const isRoot = process.getuid?.() === 0;
  if (run(process.execPath, [playwrightCli, 'install', ...(isRoot ? ['--with-deps'] : []), 'chromium'])) {
    const installed = findExecutable();
    if (installed) return installed;
  }
  if (process.platform === 'linux') {
    const apt = (...args: string[]) => (isRoot ? run('apt-get', args) : run('sudo', ['-n', 'apt-get', ...args]));
    apt('update');
    if (apt('install', '-y', '--no-install-recommends', 'chromium')) {
      const installed = findExecutable();
      if (installed) return installed;
    }
  }
  throw new NoBrowserError(
    `No Chromium could be found or installed; install Chrome or Chromium, or name one with ${EXECUTABLE_VARIABLE}=/path/to/chrome.`,
  );
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

/** Flags under which headless Chromium has WebGPU and stays off the network. */
function flags(): string[] {
  return [
    '--enable-unsafe-webgpu',
    ...(hasGpu() ? (process.platform === 'linux' ? ['--enable-features=Vulkan'] : []) : ['--use-webgpu-adapter=swiftshader']),
    ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
    ...loopbackFlags,
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ];
}

/** Starts a Chromium with WebGPU. The caller closes it. */
export function launchBrowser(options: { headed?: boolean } = {}): Promise<Browser> {
  return chromium.launch({
    executablePath: ensureBrowser(),
    headless: !options.headed,
    args: flags(),
  });
}
