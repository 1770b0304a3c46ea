import type { Browser, Page } from 'playwright';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { launchBrowser } from '../src/runner/browser.ts';
import type { Check } from './pages/kernels.ts';
import { servePages, type PagesServer } from './support/pages.ts';

let server: PagesServer;
let browser: Browser;
let page: Page;

beforeAll(async () => {
  server = await servePages();
  browser = await launchBrowser();
});

afterAll(async () => {
  await browser?.close();
  await server?.close();
});

async function open(cores?: number): Promise<void> {
  page = await browser.newPage();
  if (cores !== undefined) {
    await page.addInitScript((count) => Object.defineProperty(navigator, 'hardwareConcurrency', { value: count }), cores);
  }
  await page.goto(server.url('kernels'));
  await page.waitForFunction(() => 'kernelPage' in window);
}

function expectSmall(checks: readonly Check[], limit: number): void {
  expect(checks.length).toBeGreaterThan(0);
  expect(checks.filter(({ error }) => !(error < limit))).toEqual([]);
}

describe.each([
  { backend: 'webgpu', variant: 'tiled' },
  { backend: 'webgpu', variant: 'blocked' },
  { backend: 'wasm', variant: 'tiled' },
  { backend: 'cpu', variant: 'tiled' },
] as const)('on $backend, its shaders $variant', ({ backend, variant }) => {
  beforeAll(async () => {
    await open();
    expect((await page.evaluate((wish) => window.kernelPage.select(wish), backend)).name).toBe(backend);
    await page.evaluate((wish) => window.kernelPage.setVariant(wish), variant);
  });
  afterAll(() => page.close());

  test.each([
    ['layers', 1e-5],
    ['products', 1e-5],
    ['lbfgs', 1e-5],
    ['evolutions', 1e-4],
    ['engine', 1e-4],
    // tfjs's own, whose shaders have one form.
    ...(variant === 'tiled' ? [['longProducts', 1e-5] as const] : []),
  ] as const)('%s are those of float64 to %d, and leave no tensor', async (part, limit) => {
    const before = await page.evaluate(() => window.kernelPage.alive());
    expectSmall(await page.evaluate((name) => window.kernelPage[name](), part), limit);
    expect(await page.evaluate(() => window.kernelPage.alive())).toEqual(before);
  });

  test('after 50 evolutions no tensor and no buffer is left', async () => {
    const before = await page.evaluate(() => window.kernelPage.alive());
    await page.evaluate(() => window.kernelPage.evolveOften(50));
    expect(await page.evaluate(() => window.kernelPage.alive())).toEqual(before);
  });
});

describe('a page of its own', () => {
  afterEach(() => page.close());

  test.each([
    { cores: 8, binary: /backend-wasm-threaded-simd\b.*\.wasm$/ },
    { cores: 2, binary: /backend-wasm-simd\b.*\.wasm$/ },
  ])('on $cores cores WebAssembly has threads only where they pay, and its kernels are the same', async ({ cores, binary }) => {
    await open(cores);
    expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
    const loaded = page.waitForResponse((response) => /\.wasm/.test(response.url()));
    await page.evaluate(() => window.kernelPage.select('wasm'));
    expect((await loaded).url()).toMatch(binary);
    expectSmall(await page.evaluate(() => window.kernelPage.layers()), 1e-5);
    expectSmall(await page.evaluate(() => window.kernelPage.evolutions()), 1e-4);
    expectSmall(await page.evaluate(() => window.kernelPage.longProducts()), 1e-5);
    expect(page.workers().length > 0).toBe(cores > 2);
  });

  test.each([true, false])('a shader that does not compile is an error, not garbage (in a scope: %s)', async (inScope) => {
    await open();
    await page.evaluate(() => window.kernelPage.select('webgpu'));
    const message = await page.evaluate((scope) => window.kernelPage.brokenShader(scope), inScope);
    expect(message).toMatch(/^DeviceError: .*noSuchFunction/s);
  });

  test('auto takes WebGPU on a graphics processor only, and says why', async () => {
    await open();
    const isReal = await page.evaluate(async () => (await navigator.gpu.requestAdapter())?.info.isFallbackAdapter === false);
    const view = await page.evaluate(() => window.kernelPage.select('auto'));
    expect(view.name).toBe(isReal ? 'webgpu' : 'wasm');
    const why = isReal ? /^WebGPU has a graphics processor here\.$/ : /emulated in software and slower: .*\(software\)\.$/;
    expect(view.reason).toMatch(why);
  });

  test.each([
    { kernel: 'averaged', evolution: 'flow' },
    { kernel: 'whole', evolution: 'ridge' },
  ] as const)(
    'a calibration for %o times both forms of the shaders and the other backends, sets the fastest, and leaves no tensor',
    async (of) => {
      await open();
      const { view, set } = await page.evaluate((asked) => window.kernelPage.calibrate(asked), of);
      const rows = view.calibration ?? [];
      expect(rows.map(({ candidate }) => candidate)).toEqual(['webgpu, tiled shaders', 'webgpu, blocked shaders', 'wasm', 'cpu']);
      const fastest = rows.reduce((best, row) => (row.ms < best.ms ? row : best));
      expect(fastest.candidate.startsWith(view.name)).toBe(true);
      expect(set).toBe(view.name);
      expect((await page.evaluate(() => window.kernelPage.alive()))[0]).toBe(0);
    },
  );

  test('without its binaries WebAssembly is an error that says what to do, and auto goes on to plain JavaScript', async () => {
    const refuse = async () => {
      await open();
      await page.route('**/*.wasm*', (route) => route.abort());
    };
    await refuse();
    await expect(page.evaluate(() => window.kernelPage.select('wasm'))).rejects.toThrow(/BackendError: .* or choose cpu/);
    await page.close();
    await refuse();
    await page.evaluate(() => Object.defineProperty(navigator, 'gpu', { value: undefined }));
    const view = await page.evaluate(() => window.kernelPage.select('auto'));
    expect(view.name).toBe('cpu');
    expect(view.reason).toMatch(/WebAssembly did not start/);
  });
});
