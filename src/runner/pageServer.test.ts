/** The servers on a small page of a test's own: what they serve, and when the page is built again. */

import { mkdir, mkdtemp, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { httpSource } from '../data/httpSource.ts';
import { tinyDataset } from '../testing/tinyDataset.ts';
import { buildPage, servePage, type PageServer } from './pageServer.ts';
import { PortTakenError } from './portTaken.ts';

const tiny = tinyDataset([3000, 2000], 40);

let root = '';
let servers: PageServer[] = [];

async function serve(options: Omit<Parameters<typeof servePage>[0], 'root'>): Promise<PageServer> {
  const server = await servePage({ ...options, root });
  servers.push(server);
  return server;
}

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'sparkmesh-page-'));
  await writeFile(join(root, 'index.html'), '<!doctype html><title>page</title><script type="module" src="/src/main.ts"></script>');
  await mkdir(join(root, 'src'));
  await writeFile(join(root, 'src', 'main.ts'), 'document.title = "built";');
  for (const dataset of ['fashion-mnist', 'mnist']) {
    const folder = join(root, 'public', 'data', dataset);
    await mkdir(folder, { recursive: true });
    for (const [name, content] of Object.entries(tiny.files)) await writeFile(join(folder, name), content);
  }
});

afterEach(async () => {
  await Promise.all(servers.map((server) => server.close()));
  servers = [];
  await rm(root, { recursive: true });
});

describe.each(['preview', 'dev'] as const)('%s', (mode) => {
  test('serves the page, and the data by ranges, uncompressed', async () => {
    const { url } = await serve({ port: 0, mode });
    expect(await (await fetch(url)).text()).toContain('<title>page</title>');
    const response = await fetch(`${url}data/mnist/train.bin`, {
      headers: { Range: 'bytes=4-11', 'Accept-Encoding': 'gzip, br' },
    });
    expect(response.status).toBe(206);
    expect(response.headers.get('content-encoding')).toBeNull();
    expect(response.headers.get('content-range')).toBe('bytes 4-11/20000');
    expect(new Uint8Array(await response.arrayBuffer())).toEqual(tiny.files['train.bin'].subarray(4, 12));
    const source = httpSource(new URL('data/', url), 'mnist');
    expect(await source.info()).toEqual(tiny.info);
    expect(await source.rows('test', 10, 20)).toEqual(tiny.files['test.bin'].subarray(40, 120));
  });

  test('a taken port is an error of one sentence, and nothing stays open', async () => {
    const other = createServer();
    await once(other.listen(0, 'localhost'), 'listening');
    const address = other.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    await expect(serve({ port, mode })).rejects.toThrow(new PortTakenError(port));
    other.close();
    await once(other, 'close');
    await serve({ port, mode });
  });

  test("leaves the process's signals to its caller, and frees its port", async () => {
    const listeners = process.listeners('SIGTERM');
    const server = await serve({ port: 0, mode });
    expect(process.listeners('SIGTERM')).toEqual(listeners);
    await server.close();
    await expect(fetch(server.url)).rejects.toThrow();
  });
});

test('preview sends a policy under which no text runs as script, and pages carry it along', async () => {
  const { url } = await serve({ port: 0, mode: 'preview' });
  const page = await fetch(url);
  const html = await page.text();
  const script = await fetch(new URL(/src="([^"]+)"/.exec(html)?.[1] ?? '', url));
  const written = /<meta http-equiv="Content-Security-Policy" content="([^"]+)"/.exec(html)?.[1]?.replaceAll('&#39;', "'");
  // A worker has its policy from its own response.
  for (const policy of [page.headers.get('content-security-policy'), script.headers.get('content-security-policy'), written]) {
    const directives = new Map(policy?.split('; ').map((directive) => [directive.split(' ')[0], directive.split(' ').slice(1)]));
    expect(directives.get('default-src')).toEqual(["'none'"]);
    expect(directives.get('script-src')).toEqual(["'self'", 'blob:', "'wasm-unsafe-eval'"]);
    for (const finer of ['script-src-elem', 'script-src-attr']) expect(directives.has(finer)).toBe(false);
    expect(policy).not.toMatch(/'unsafe-/);
  }
});

describe('buildPage', () => {
  const built = () => join(root, 'dist', 'index.html');
  const isRebuilt = async () => {
    await writeFile(built(), 'kept');
    await buildPage(root);
    return (await readFile(built(), 'utf8')) !== 'kept';
  };
  /** The script of the built page. */
  const script = async () => {
    const [, name = ''] = /src="\/(assets\/[^"]+)"/.exec(await readFile(built(), 'utf8')) ?? [];
    return readFile(join(root, 'dist', name), 'utf8');
  };

  afterEach(() => {
    vi.unstubAllEnvs();
  });

  test('builds once for the same sources, with the data', async () => {
    await buildPage(root);
    expect((await stat(join(root, 'dist', 'data', 'mnist', 'train.bin'))).size).toBe(20_000);
    expect(await isRebuilt()).toBe(false);
  });

  test.each(['src/main.ts', 'index.html', 'public/data/mnist/train.bin'])('builds again when %s is newer, or older', async (file) => {
    await buildPage(root);
    for (const time of [Date.now() + 60_000, Date.now() - 60_000]) {
      await utimes(join(root, file), new Date(time), new Date(time));
      expect(await isRebuilt()).toBe(true);
      expect(await isRebuilt()).toBe(false);
    }
  });

  test.each(['package-lock.json', 'vite.config.ts', '.env.production'])('builds again when there is a new %s', async (file) => {
    await buildPage(root);
    await writeFile(join(root, file), '');
    expect(await isRebuilt()).toBe(true);
  });

  test('builds again when a source is gone', async () => {
    await writeFile(join(root, 'src', 'old.ts'), '');
    await buildPage(root);
    await rm(join(root, 'src', 'old.ts'));
    expect(await isRebuilt()).toBe(true);
  });

  test('has the address that the environment names now, and not the one before', async () => {
    await writeFile(join(root, 'src', 'main.ts'), 'document.title = import.meta.env["VITE_SIGNAL_URL"] ?? "here";');
    await buildPage(root);
    vi.stubEnv('VITE_SIGNAL_URL', 'wss://signal.example.org/signal');
    await buildPage(root);
    expect(await script()).toContain('wss://signal.example.org/signal');
    vi.stubEnv('VITE_SIGNAL_URL', undefined);
    await buildPage(root);
    expect(await script()).not.toContain('signal.example.org');
  });

  test('builds for production under any NODE_ENV, and leaves that as it was', async () => {
    await writeFile(join(root, 'src', 'main.ts'), 'document.title = process.env.NODE_ENV;');
    const before = process.env['NODE_ENV'];
    expect(before).toBe('test');
    await buildPage(root);
    expect(process.env['NODE_ENV']).toBe(before);
    expect(await script()).toContain('production');
  });
});
