import { readdir, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { build, createServer, preview, type PreviewServer, type ViteDevServer } from 'vite';
import { projectRoot } from '../datasets/paths.ts';
import { PortTakenError } from '../cli/port.ts';
import { prepareData } from '../datasets/prepareData.ts';

/** The page with its signalling on one port, by Vite's own servers. */

export interface PageServer {
  /** With a closing slash. */
  readonly url: string;
  close(): Promise<void>;
}

/** What the built page is made of. */
const sources = ['app', 'src', 'public', 'index.html', 'package-lock.json', 'vite.config.ts'];

/** When `path` or anything in it was last written, ms; a folder's own time tells of what was deleted. 0 if it does not exist. */
async function lastWritten(path: string): Promise<number> {
  const found = await stat(path).catch(() => null);
  if (!found?.isDirectory()) return found?.mtimeMs ?? 0;
  const inside = await Promise.all((await readdir(path)).map((name) => lastWritten(join(path, name))));
  return Math.max(found.mtimeMs, ...inside);
}

/** Builds the page into `dist/`, unless the one there is newer than all of its sources. */
export async function buildPage(root = projectRoot): Promise<void> {
  const marker = join(root, 'dist', 'index.html');
  const changed = Math.max(...(await Promise.all(sources.map((name) => lastWritten(join(root, name))))));
  if ((await lastWritten(marker)) > changed) return;
  const started = new Date();
  const environment = process.env['NODE_ENV'];
  // Vite builds React's development form under any other value, such as a test runner's.
  process.env['NODE_ENV'] = 'production';
  try {
    await build({ root, logLevel: 'error', build: { reportCompressedSize: false } });
  } finally {
    if (environment === undefined) delete process.env['NODE_ENV'];
    else process.env['NODE_ENV'] = environment;
  }
  // What was written while it was building counts as newer.
  await utimes(marker, started, started);
}

/** Starts one of Vite's servers without its SIGTERM listener, which ends the process before others could clean up. */
async function withoutExitOnSignal<T>(start: () => Promise<T>): Promise<T> {
  const before = process.listeners('SIGTERM');
  try {
    return await start();
  } finally {
    for (const listener of process.listeners('SIGTERM')) if (!before.includes(listener)) process.off('SIGTERM', listener);
  }
}

export interface PageServerOptions {
  /** 0 takes any free one. */
  readonly port: number;
  /** `preview` serves `dist/`, built if need be; `dev` serves the sources with hot reload. */
  readonly mode: 'preview' | 'dev';
  readonly root?: string;
}

async function startServer({ port, mode }: PageServerOptions, root: string): Promise<PreviewServer | ViteDevServer> {
  const listen = { port, strictPort: true };
  if (mode === 'preview') return preview({ root, logLevel: 'error', preview: listen });
  const server = await createServer({ root, logLevel: 'warn', server: listen });
  try {
    return await server.listen();
  } catch (error) {
    await server.close();
    throw error;
  }
}

/**
 * Serves the page, its signalling and, under `/data/`, the datasets, which it packs if need be.
 * @throws {PortTakenError}
 */
export async function servePage(options: PageServerOptions): Promise<PageServer> {
  const { root = projectRoot } = options;
  await prepareData(undefined, join(root, 'public', 'data'));
  if (options.mode === 'preview') await buildPage(root);
  try {
    const server = await withoutExitOnSignal(() => startServer(options, root));
    const url = server.resolvedUrls?.local[0] ?? server.resolvedUrls?.network[0];
    if (url === undefined) throw new Error('The page server has no address; give this machine a network interface.');
    return { url, close: () => server.close() };
  } catch (error) {
    if (error instanceof Error && error.message.endsWith('is already in use')) throw new PortTakenError(options.port);
    throw error;
  }
}
