/** A page that measures, opened in a real browser. */

import type { AddressInfo } from 'node:net';
import type { Page } from 'playwright';
import { createServer } from 'vite';
import { launchBrowser } from '../runner/browser.ts';
import { projectRoot } from '../datasets/paths.ts';

export interface BenchBrowser {
  readonly page: Page;
  /** Opens the same page in another tab. */
  readonly openTab: () => Promise<Page>;
  /** The browser's version. */
  readonly version: string;
  readonly close: () => Promise<void>;
}

/**
 * Opens `src/bench/NAME.html` in a real browser, from a development server: no part of it is in the app's bundle. It is ready
 * when it has set `window.NAMEBench`.
 */
export async function openBenchPage(name: string): Promise<BenchBrowser> {
  const html = `src/bench/${name}.html`;
  const server = await createServer({
    root: projectRoot,
    // A cache of its own: dev servers that run beside this one write theirs.
    cacheDir: 'node_modules/.vite-bench',
    logLevel: 'error',
    optimizeDeps: {
      entries: [html],
      include: ['@tensorflow/tfjs', '@tensorflow/tfjs-backend-wasm', '@tensorflow/tfjs-backend-webgpu'],
    },
    server: { host: '127.0.0.1', port: 0, hmr: false },
  });
  await server.listen();
  try {
    const address: AddressInfo | string | null | undefined = server.httpServer?.address();
    if (!address || typeof address === 'string') throw new Error('The benchmark has no port to be served on; is the network up?');
    const browser = await launchBrowser();
    const context = await browser.newContext();
    const openTab = async () => {
      const page = await context.newPage();
      await page.goto(`http://127.0.0.1:${address.port}/${html}`);
      await page.waitForFunction((global) => global in globalThis, `${name}Bench`);
      return page;
    };
    return {
      page: await openTab(),
      openTab,
      version: browser.version(),
      close: async () => {
        await browser.close();
        await server.close();
      },
    };
  } catch (error) {
    await server.close();
    throw error;
  }
}
