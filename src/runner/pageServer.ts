/** The page with its signalling on one port, by Vite's own servers. */

import { createHash } from 'node:crypto';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build, createServer, preview, type Plugin, type PreviewServer, type ViteDevServer } from 'vite';
import { projectRoot } from '../datasets/paths.ts';
import { prepareData } from '../datasets/prepareData.ts';
import { machineNames, networkAddresses, urlHost } from './addresses.ts';
import { atNetworkAddress } from './atNetworkAddress.ts';
import { buildingFor } from './buildEnvironment.ts';
import { ensureCertificate, fingerprintOf, type Certificate } from './certificate.ts';
import { contentPolicy } from './contentPolicy.ts';
import { PortTakenError } from './portTaken.ts';

export interface PageServer {
  /** With a closing slash; one that other devices can open, where there is one. */
  readonly url: string;
  /** All that other devices can open, the best first; empty where this machine alone is served. */
  readonly networkUrls: readonly string[];
  /** The SHA-256 fingerprint of the certificate made here; null where there is none. */
  readonly fingerprint: string | null;
  close(): Promise<void>;
}

/** Signals that others are to be served and there is no way to them. */
class NoNetworkError extends Error {
  override readonly name = 'NoNetworkError';
  constructor() {
    super('This machine has no address on any network; connect it to one, or leave out --lan.');
  }
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
  await buildingFor('production', () =>
    build({ root, logLevel: 'error', plugins: [contentPolicy()], build: { reportCompressedSize: false } }),
  );
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
  /** Whether the network is served too, by https with a certificate made here; without it this machine alone. */
  readonly lan?: boolean;
  /** A name by which others know this machine, or a reverse proxy on it. */
  readonly host?: string;
  readonly root?: string;
}

/** How a server listens, and who may ask it. */
interface Reach {
  readonly listen: { readonly host?: true; readonly https?: Certificate; readonly allowedHosts: string[] };
  readonly plugins: Plugin[];
  /** What others know this machine as, the best first; empty without `lan`. */
  readonly hosts: readonly string[];
  readonly fingerprint: string | null;
}

async function reachOf({ lan = false, host }: PageServerOptions, root: string): Promise<Reach> {
  const named = host === undefined ? [] : [host];
  if (!lan) return { listen: { allowedHosts: named }, plugins: [], hosts: [], fingerprint: null };
  const addresses = [...named, ...networkAddresses()];
  const [first] = addresses;
  if (first === undefined) throw new NoNetworkError();
  const names = [...named, ...machineNames()];
  const certificate = await ensureCertificate(
    [...new Set(['localhost', '127.0.0.1', '::1', ...addresses, ...names])],
    join(root, '.cache', 'certificate'),
  );
  return {
    listen: { host: true, https: certificate, allowedHosts: names },
    plugins: [atNetworkAddress(urlHost(first))],
    hosts: addresses,
    fingerprint: fingerprintOf(certificate),
  };
}

async function startServer({ port, mode }: PageServerOptions, root: string, reach: Reach): Promise<PreviewServer | ViteDevServer> {
  const { plugins } = reach;
  const listen = { port, strictPort: true, ...reach.listen };
  if (mode === 'preview') return preview({ root, logLevel: 'error', plugins: [contentPolicy(), ...plugins], preview: listen });
  const server = await createServer({ root, logLevel: 'warn', plugins, server: listen });
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
 * @throws {NoNetworkError} when the network is to be served and there is none.
 */
export async function servePage(options: PageServerOptions): Promise<PageServer> {
  const { root = projectRoot } = options;
  const reach = await reachOf(options, root);
  await prepareData(undefined, join(root, 'public', 'data'));
  if (options.mode === 'preview') await buildPage(root);
  try {
    const server = await withoutExitOnSignal(() => startServer(options, root, reach));
    const local = server.resolvedUrls?.local[0] ?? server.resolvedUrls?.network[0];
    if (local === undefined) throw new Error('The page server has no address; give this machine a network interface.');
    const networkUrls = reach.hosts.map((host) => Object.assign(new URL(local), { hostname: urlHost(host) }).href);
    return { url: networkUrls[0] ?? local, networkUrls, fingerprint: reach.fingerprint, close: () => server.close() };
  } catch (error) {
    if (error instanceof Error && error.message.endsWith('is already in use')) throw new PortTakenError(options.port);
    throw error;
  }
}
