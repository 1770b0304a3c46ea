/** The page from other devices: over https with the certificate made here, behind a real reverse proxy, and over plain http. */

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Browser, BrowserContext, Page } from 'playwright';
import decodeQR from 'qr/decode.js';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { projectRoot } from '../src/datasets/paths.ts';
import { launchBrowser } from '../src/runner/browser.ts';
import type {} from '../src/client/automation.ts';
import { ensureCertificate } from '../src/runner/certificate.ts';
import { attachSignalling } from '../src/signalling/server.ts';
import { press } from './support/hands.ts';
import { startNginx, type Nginx } from './support/nginx.ts';
import { readCode } from './support/qr.ts';

const NAME = 'mesh.test';

declare global {
  // Of the page.
  var iceSeen: { readonly servers: RTCIceServer[][]; readonly found: (string | null)[] };
}

let browser: Browser;
let children: ChildProcess[] = [];
let contexts: BrowserContext[] = [];

beforeAll(async () => {
  browser = await launchBrowser({ args: [`--host-resolver-rules=MAP ${NAME} 127.0.0.1`] });
});

afterEach(async () => {
  await Promise.all(contexts.map((context) => context.close()));
  contexts = [];
  for (const child of children) child.kill('SIGKILL');
  children = [];
});

afterAll(() => browser?.close());

/** Starts `npm start`. @returns what it says when it serves. */
async function serve(...args: string[]): Promise<string> {
  const child = spawn(process.execPath, ['--import', 'tsx', 'src/cli/serve.ts', '--port', '0', ...args], { cwd: projectRoot });
  children.push(child);
  return String((await once(child.stdout, 'data'))[0]);
}

const addressIn = (said: string) => /^sparkmesh is at (\S+)\n/.exec(said)?.[1] ?? '';

/** Addresses of the server that served the page, and what the page makes itself. */
const own = (host: string) => new RegExp(`^(?:(?:https?|wss?)://(?:localhost:\\d+|${host})/|blob:|data:)`);

/**
 * Opens a page that asks nobody but its server, and whose policy allows all that it does.
 * @param host of the server, where the page is sent on to another of its addresses.
 */
async function open(url: string, { host } = new URL(url)): Promise<Page> {
  const context = await browser.newContext({ ignoreHTTPSErrors: true });
  contexts.push(context);
  await context.addInitScript(recordConnections);
  const page = await context.newPage();
  // The test's own limit is enough: the machine may be busy.
  page.setDefaultTimeout(0);
  page.on('request', (request) => expect.soft(request.url(), 'a request').toMatch(own(host)));
  page.on('websocket', (socket) => expect.soft(socket.url(), 'a socket').toMatch(own(host)));
  page.on('console', (message) => expect.soft(message.text(), 'on the console').not.toMatch(/Content Security Policy/));
  page.on('pageerror', (error) => expect.soft(error, 'error in the page').toBeUndefined());
  await page.goto(url);
  return page;
}

/** Notes, from now on, what servers connections are told of, and of what kind the addresses are that they find. */
function recordConnections(): void {
  const servers: RTCIceServer[][] = [];
  const found: (string | null)[] = [];
  Object.assign(globalThis, { iceSeen: { servers, found } });
  globalThis.RTCPeerConnection = new Proxy(RTCPeerConnection, {
    construct(target, [config]: [RTCConfiguration?]) {
      const connection = new target(config);
      servers.push(connection.getConfiguration().iceServers ?? []);
      connection.addEventListener('icecandidate', ({ candidate }) => candidate?.candidate && found.push(candidate.type));
      return connection;
    },
  });
}

/** Tries to run text as script, in the page or its worker. @returns the name of the error by which each way is refused. */
async function runText(): Promise<string[]> {
  // What a debugger evaluates may run text, until it waits.
  await new Promise((resolve) => setTimeout(resolve));
  const ways = [() => Reflect.apply(Reflect.get(globalThis, 'eval'), null, ['1']), () => Reflect.construct(Function, ['1'])];
  return ways.map((way) => {
    try {
      return String(way());
    } catch (error) {
      return error instanceof Error ? error.name : String(error);
    }
  });
}

const isSecure = (page: Page) => page.evaluate(() => ({ isSecureContext, crossOriginIsolated }));
const enter = (page: Page) => press(page, 'Try it with clothes');

/** Two devices that have entered one room find each other there and learn a round. */
async function learnTogether(pages: readonly [Page, Page]): Promise<void> {
  const [first, second] = pages;
  await first.getByText('2 clients are here').waitFor();
  const samples = first.getByRole('textbox', { name: 'Samples a client' });
  await samples.fill('20');
  await samples.press('Enter');
  await first.waitForFunction(() => sparkmesh.session?.getView()?.share?.samples === 20);
  await second.waitForFunction(() => sparkmesh.session?.getView()?.share?.samples === 20);
  await press(first, 'Start');
  for (const page of pages) await page.waitForFunction(() => (sparkmesh.session?.getView()?.own.length ?? 0) > 0);
  for (const page of pages) {
    // No STUN or TURN server is named to a connection, nor asked.
    const { servers, found } = await page.evaluate(() => iceSeen);
    expect(servers.length).toBeGreaterThan(0);
    expect(servers.flat()).toEqual([]);
    expect([...new Set(found)]).toEqual(['host']);
  }
}

/** What a camera reads of characters that are two modules high. */
function readText(lines: readonly string[]): string {
  const scale = 4;
  const width = lines[0]!.length * scale;
  const height = lines.length * 2 * scale;
  const data = new Uint8Array(width * height * 4).fill(255);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const half = Math.floor(y / scale);
      const character = lines[half >> 1]![Math.floor(x / scale)]!;
      const isLight = character === '█' || character === (half % 2 === 0 ? '▀' : '▄');
      if (!isLight) data.fill(0, (y * width + x) * 4, (y * width + x) * 4 + 3);
    }
  }
  return decodeQR({ width, height, data });
}

test('the first load is less than 200 kB, packed', async () => {
  const dist = join(projectRoot, 'dist');
  const html = await readFile(join(dist, 'index.html'), 'utf8');
  const names = Array.from(html.matchAll(/(?:src|href)="\.\/(assets\/[^"]+)"/g), ([, name]) => name!);
  expect(names.length).toBeGreaterThan(1);
  const sizes = await Promise.all(names.map(async (name) => gzipSync(await readFile(join(dist, name))).length));
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(200_000);
});

describe('npm start -- --lan', () => {
  test('serves the network by https, shows its address for cameras, and two devices learn together', async () => {
    const said = await serve('--lan');
    const address = addressIn(said);
    expect(address).toMatch(/^https:\/\/(?!127\.|localhost)[^/]+:\d+\/$/);
    expect(readText(said.split('\n').filter((line) => /^[█▀▄ ]+$/.test(line)))).toBe(address);

    const pages = [await open(`${address}?backend=wasm`), await open(`${address}?backend=wasm`)] as const;
    expect(await isSecure(pages[0])).toEqual({ isSecureContext: true, crossOriginIsolated: true });
    expect(await pages[0].evaluate(() => 'gpu' in navigator)).toBe(true);
    expect(await pages[0].getByRole('note').count()).toBe(0);
    for (const page of pages) await enter(page);
    await learnTogether(pages);
  });

  test('invites to the network even who opened the page as localhost, by a code that cameras read', async () => {
    const address = addressIn(await serve('--lan'));
    const local = Object.assign(new URL(address), { hostname: 'localhost' });
    const page = await open(`${local.href}?room=lab`, new URL(address));
    const invitation = `${address}?room=lab`;
    expect(page.url()).toBe(invitation);
    await enter(page);
    await page.getByText(invitation).waitFor();
    await press(page, 'QR code');
    expect(await readCode(page.getByRole('img', { name: `QR code of ${invitation}` }))).toBe(invitation);
  });

  test('keeps its certificate, so that a device accepts it once', async () => {
    const fingerprint = /^(?:[0-9A-F]{2}:){31}[0-9A-F]{2}$/m;
    const [one] = fingerprint.exec(await serve('--lan')) ?? [];
    const [other] = fingerprint.exec(await serve('--lan')) ?? [];
    expect(one).toBeDefined();
    expect(other).toBe(one);
  });
});

describe('npm start -- --host NAME behind nginx, in a folder of its', () => {
  let proxy: Nginx | undefined;
  afterEach(async () => {
    await proxy?.close();
    proxy = undefined;
  });

  test('https: everything works there', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'sparkmesh-certificate-'));
    proxy = await startNginx(addressIn(await serve('--host', NAME)), await ensureCertificate([NAME], folder));
    await rm(folder, { recursive: true });
    const url = `https://${NAME}:${proxy.port}/mesh/`;
    const host = await open(`${url}?backend=wasm`);
    expect(await isSecure(host)).toEqual({ isSecureContext: true, crossOriginIsolated: true });
    await enter(host);
    // As others see the page, not as the proxy does.
    const invitation = `${url}?room=main`;
    await host.getByText(invitation, { exact: true }).waitFor();
    const guest = await open(`${invitation}&backend=wasm`);
    await enter(guest);
    await learnTogether([host, guest]);

    // The refusals are told on the console.
    host.removeAllListeners('console');
    const refused = ['EvalError', 'EvalError'];
    expect(await host.evaluate(runText)).toEqual(refused);
    const [worker] = host.workers();
    expect(await worker?.evaluate(runText)).toEqual(refused);
  });

  test('plain http: the door says what will not work, and wasm works', async () => {
    proxy = await startNginx(addressIn(await serve('--host', NAME)));
    const url = `http://${NAME}:${proxy.port}/mesh/`;
    const pages = [await open(`${url}?backend=wasm`), await open(`${url}?backend=wasm`)] as const;
    expect(await isSecure(pages[0])).toEqual({ isSecureContext: false, crossOriginIsolated: false });
    expect(await pages[0].getByRole('note').innerText()).toMatch(/plain http, so the browser withholds WebGPU/);
    for (const page of pages) await enter(page);
    await learnTogether(pages);
    expect(await pages[0].getByTestId('backend').innerText()).toBe('WebAssembly');
    const page = await open(`${url}?room=alone`);
    await enter(page);
    await press(page, 'Copy link');
    await page.getByText('The browser refused; select it to copy it.').waitFor();
  });

  test('a name that nobody gave is refused', async () => {
    proxy = await startNginx(addressIn(await serve('--host', 'other.test')));
    const page = await open(`http://${NAME}:${proxy.port}/mesh/`);
    expect(await page.locator('body').innerText()).toMatch(/^Blocked request\. This host \("mesh\.test"\) is not allowed\./);
  });

  test('signalling tells who asks by what nginx says of them, whatever they say themselves', async () => {
    const http = createServer();
    const signalling = attachSignalling(http, { limits: { socketsPerAddress: 2 } });
    await once(http.listen(0, '127.0.0.1'), 'listening');
    const address = http.address();
    if (address === null || typeof address === 'string') throw new Error('This machine gives no port.');
    proxy = await startNginx(`http://127.0.0.1:${address.port}/`);
    const url = `ws://127.0.0.1:${proxy.port}/mesh/signal`;
    const sockets: WebSocket[] = [];
    /** @param from an address of the loopback, which has many. */
    const ask = async (from: string, claimed: string) => {
      const socket = new WebSocket(url, { localAddress: from, headers: { 'X-Forwarded-For': claimed } });
      sockets.push(socket);
      await once(socket, 'open');
    };
    await ask('127.0.0.1', '192.0.2.1');
    await ask('127.0.0.1', '192.0.2.2');
    await expect(ask('127.0.0.1', '192.0.2.3')).rejects.toThrow('429');
    await ask('127.0.0.2', '192.0.2.1');
    for (const socket of sockets) socket.terminate();
    signalling.close();
    http.close();
  });
});
