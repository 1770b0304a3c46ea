/** The tests' own pages, `e2e/pages/`: built once a run, then served as the real one is, with its signalling. */

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { build, preview } from 'vite';
import { buildingFor } from '../../src/runner/buildEnvironment.ts';

const root = join(import.meta.dirname, '..', '..');
const folder = 'e2e/pages';
const outDir = '.cache/e2e';

/** Builds every page there, with React's warnings in them. */
export async function buildPages(): Promise<void> {
  const input = readdirSync(join(root, folder)).flatMap((name) => (name.endsWith('.html') ? [join(root, folder, name)] : []));
  await buildingFor('development', () =>
    build({
      root,
      mode: 'development',
      publicDir: false,
      logLevel: 'error',
      build: { outDir, emptyOutDir: true, minify: false, reportCompressedSize: false, rolldownOptions: { input } },
    }),
  );
}

export interface PagesServer {
  /** Where the page of that name is. */
  readonly url: (name: string) => string;
  readonly close: () => Promise<void>;
}

/** Serves what `buildPages` built. */
export async function servePages(): Promise<PagesServer> {
  const server = await preview({ root, logLevel: 'error', build: { outDir }, preview: { port: 0, strictPort: true } });
  const base = server.resolvedUrls?.local[0];
  if (base === undefined) throw new Error('The pages are served at no address; is the loopback up?');
  return { url: (name) => new URL(`${folder}/${name}.html`, base).href, close: () => server.close() };
}
