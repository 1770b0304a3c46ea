/** The page with its signalling on one port, by Vite's own servers. */

import { createHash } from 'node:crypto';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build, createServer, preview, type PreviewServer, type ViteDevServer } from 'vite';
import { projectRoot } from '../datasets/paths.ts';
import { prepareData } from '../datasets/prepareData.ts';
import { buildingFor } from './buildEnvironment.ts';
import { PortTakenError } from './portTaken.ts';

export interface PageServer {
  /** With a closing slash. */
  readonly url: string;
  close(): Promise<void>;
}

/** What the built page is made of, beside Vite's `.env` files. */
const sources = ['app', 'src', 'public', 'index.html', 'package.json', 'package-lock.json', 'tsconfig.json', 'vite.config.ts'];

/** Names the file in `dist/` with the digest of what is built there; Vite removes it before it builds anew. */
const DIGEST_FILE = '.built-from';

/** Lists every file of `path` with its size and time of writing. */
async function filesOf(root: string, path: string): Promise<string[]> {
  const found = await stat(join(root, path)).catch(() => null);
  if (!found) return [];
  if (!found.isDirectory()) return [`${path} ${found.size} ${found.mtimeMs}`];
  const names = (await readdir(join(root, path))).sort();
  return (await Promise.all(names.map((name) => filesOf(root, `${path}/${name}`)))).flat();
}

/** Digests all that goes into the page: its sources, and the variables that Vite writes into it. */
async function sourceDigest(root: string): Promise<string> {
  const settings = (await readdir(root)).filter((name) => name.startsWith('.env')).sort();
  const files = await Promise.all([...sources, ...settings].map((name) => filesOf(root, name)));
  const variables = Object.entries(process.env)
    .filter(([name]) => name.startsWith('VITE_'))
    .sort();
  return createHash('sha256')
    .update(JSON.stringify([files, variables]))
    .digest('hex');
}

/** Builds the page into `dist/`, unless the one there is made of the same sources and variables. */
export async function buildPage(root = projectRoot): Promise<void> {
  // Taken before: what is written while it builds makes the next build.
  const digest = await sourceDigest(root);
  const digestFile = join(root, 'dist', DIGEST_FILE);
  if ((await readFile(digestFile, 'utf8').catch(() => null)) === digest) return;
  await buildingFor('production', () => build({ root, logLevel: 'error', build: { reportCompressedSize: false } }));
  await writeFile(digestFile, digest);
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
