import { once } from 'node:events';
import { createServer as createHttpServer, type Server } from 'node:http';
import type { Browser, BrowserContext, Page } from 'playwright';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { launchBrowser } from '../src/runner/browser.ts';
import { checkReachable } from '../src/runner/tabs.ts';
import { attachSignalling, type SignallingHandle } from '../src/signalling/server.ts';
import { wireBytes } from '../src/transport/chunks.ts';
import { digestOf, frameOf, transportChecks, type Participant, type SeenEvent } from '../src/testing/transportContract.ts';
import { WINDOW_BYTES } from '../src/transport/window.ts';
import type {} from './pages/transport.ts';
import { servePages, type PagesServer } from './support/pages.ts';

let server: PagesServer;
let browser: Browser;
let pageUrl: string;
let contexts: BrowserContext[] = [];
let rooms = 0;

beforeAll(async () => {
  server = await servePages();
  pageUrl = server.url('transport');
  browser = await launchBrowser();
});

afterEach(async () => {
  await Promise.all(contexts.map((context) => context.close()));
  contexts = [];
});

afterAll(async () => {
  await browser?.close();
  await server?.close();
});

const newRoom = () => `room-${rooms++}`;

/** Keeps a page's connections and the channels it made where a test can break and count them. */
declare global {
  interface Window {
    connections: RTCPeerConnection[];
    channels: RTCDataChannel[];
  }
}

async function makeContext(): Promise<BrowserContext> {
  const context = await browser.newContext();
  await context.addInitScript(() => {
    window.connections = [];
    window.channels = [];
    window.RTCPeerConnection = class extends RTCPeerConnection {
      constructor(configuration?: RTCConfiguration) {
        super(configuration);
        window.connections.push(this);
      }
      override createDataChannel(label: string, options?: RTCDataChannelInit): RTCDataChannel {
        const channel = super.createDataChannel(label, options);
        window.channels.push(channel);
        return channel;
      }
    };
  });
  return context;
}

/** One that is closed after the test. */
async function newContext(): Promise<BrowserContext> {
  const context = await makeContext();
  contexts.push(context);
  return context;
}

async function openPage(context: BrowserContext): Promise<Page> {
  const page = await context.newPage();
  page.on('pageerror', (error) => expect.soft(error, 'error in the page').toBeUndefined());
  await page.goto(pageUrl);
  await page.waitForFunction(() => 'transportPage' in window);
  return page;
}

async function joinRoom(page: Page, room: string, signalling?: string): Promise<Page> {
  await page.evaluate(([name, address]) => window.transportPage.join(name, address), [room, signalling] as const);
  return page;
}

/** A participant in a tab, driven from here. */
class Tab implements Participant {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  static async join(context: BrowserContext, room: string, signalling?: string): Promise<Tab> {
    return new Tab(await joinRoom(await openPage(context), room, signalling));
  }

  self: Participant['self'] = () => this.page.evaluate(() => window.transportPage.participant().self());

  want: Participant['want'] = (peers) => this.page.evaluate((ids) => window.transportPage.participant().want(ids), peers);

  send: Participant['send'] = (peer, frames) =>
    this.page.evaluate(([id, specs]) => window.transportPage.participant().send(id, specs), [peer, frames] as const);

  close: Participant['close'] = () => this.page.evaluate(() => window.transportPage.participant().close());

  refuse: Participant['refuse'] = (peer) => this.page.evaluate((id) => window.transportPage.participant().refuse(id), peer);

  hold: Participant['hold'] = () => this.page.evaluate(() => window.transportPage.participant().hold());

  release: Participant['release'] = () => this.page.evaluate(() => window.transportPage.participant().release());

  take: Participant['take'] = (type, peer) =>
    this.page.evaluate(([kind, id]) => window.transportPage.participant().take(kind, id), [type, peer] as const);

  members: Participant['members'] = (count) => this.page.evaluate((n) => window.transportPage.participant().members(n), count);

  events: Participant['events'] = () => this.page.evaluate(() => window.transportPage.participant().events());

  /** What signalling has been, from the first state to the latest. */
  signalling = () => this.page.evaluate(() => window.transportPage.signalling);

  async signallingIs(states: number): Promise<void> {
    await this.page.waitForFunction((count) => window.transportPage.signalling.length === count, states);
  }

  /** Connections of this page that are not closed. */
  liveConnections = () => this.page.evaluate(() => window.connections.filter(({ connectionState }) => connectionState !== 'closed').length);
}

const idOf = async (tab: Tab) => (await tab.self()).id;

/** Sends a frame of several chunks and sees it arrive whole. */
async function exchange(from: Tab, to: Tab): Promise<void> {
  const frame = { size: 300_000, seed: 1 };
  expect(await from.send(await idOf(to), [frame])).toEqual(['sent']);
  expect(await to.take('frame', await idOf(from))).toMatchObject({ size: frame.size });
}

/** Tabs in contexts of their own, the first with channels to all others. */
async function star(count: number, signalling?: string): Promise<Tab[]> {
  const room = newRoom();
  const tabs: Tab[] = [];
  for (let k = 0; k < count; k++) tabs.push(await Tab.join(await newContext(), room, signalling));
  const ids = await Promise.all(tabs.map(idOf));
  await tabs[0]!.want(ids.slice(1));
  await Promise.all(tabs.slice(1).flatMap((tab, k) => [tab.take('open', ids[0]!), tabs[0]!.take('open', ids[k + 1]!)]));
  return tabs;
}

/** Pages that one check after another joins rooms with. */
class PagePool {
  readonly #contexts: BrowserContext[] = [];
  readonly #pages: Page[] = [];

  constructor(private readonly isOneBrowser: boolean) {}

  /** How a check's participants come in, one after another. */
  openRoom(): () => Promise<Tab> {
    const room = newRoom();
    let joined = 0;
    return async () => new Tab(await joinRoom(await this.#page(joined++), room));
  }

  async close(): Promise<void> {
    await Promise.all(this.#contexts.map((context) => context.close()));
  }

  async #page(k: number): Promise<Page> {
    const page = this.#pages[k] ?? (await openPage(await this.#context()));
    this.#pages[k] = page;
    return page;
  }

  async #context(): Promise<BrowserContext> {
    const [first] = this.#contexts;
    if (first && this.isOneBrowser) return first;
    const context = await makeContext();
    this.#contexts.push(context);
    return context;
  }
}

describe.each([
  { where: 'in tabs of one browser', isOneBrowser: true },
  { where: 'in browsers of their own', isOneBrowser: false },
])('WebRTC transport $where', ({ isOneBrowser }) => {
  const pool = new PagePool(isOneBrowser);
  afterAll(() => pool.close());
  for (const check of transportChecks) test(check.name, () => check.run(pool.openRoom()));
});

describe('without a network', () => {
  test('two tabs connect by the loopback alone', async () => {
    const context = await newContext();
    // What a machine's other addresses would make possible is kept from this test.
    await context.addInitScript(() => {
      const isLoopback = (candidate: string) => /(?: 127\.0\.0\.1| ::1) /.test(candidate);
      window.RTCPeerConnection = class extends RTCPeerConnection {
        override setRemoteDescription({ type, sdp = '' }: RTCSessionDescriptionInit): Promise<void> {
          const lines = sdp.split('\r\n').filter((line) => !line.startsWith('a=candidate:') || isLoopback(line));
          return super.setRemoteDescription({ type, sdp: lines.join('\r\n') });
        }
        override async addIceCandidate(candidate: RTCIceCandidateInit): Promise<void> {
          if (isLoopback(candidate.candidate ?? '')) await super.addIceCandidate(candidate);
        }
      };
    });
    const room = newRoom();
    const [a, b] = [await Tab.join(context, room), await Tab.join(context, room)];
    await a.want([await idOf(b)]);
    await Promise.all([a.take('open', await idOf(b)), b.take('open', await idOf(a))]);
    await exchange(a, b);
    await exchange(b, a);
  });

  test('a page that is given no address is told of within seconds', async () => {
    const context = await newContext();
    const page = await openPage(context);
    await checkReachable(page);
    await page.evaluate(() => {
      window.RTCPeerConnection = class extends RTCPeerConnection {
        constructor() {
          super({ iceTransportPolicy: 'relay' });
        }
      };
    });
    await expect(checkReachable(page)).rejects.toThrow('WebRTC finds no network address in this browser');
  }, 30_000);
});

describe('a receiver that takes nothing', () => {
  const MIB = 1024 * 1024;
  const frames = (count: number) => Array.from({ length: count }, (_, seed) => ({ size: MIB, seed }));
  const isFrame = (event: SeenEvent) => event.type === 'frame';

  test('is sent no more than a window, and then the rest in order', async () => {
    const [a, b] = await star(2);
    const [aId, bId] = [await idOf(a!), await idOf(b!)];
    await b!.hold();
    const sent = a!.send(bId, frames(24));
    // Without a window the other direction's bytes would take as long as the held ones.
    expect(await b!.send(aId, frames(24))).toEqual(Array(24).fill('sent'));
    const seen = (await b!.events()).filter(isFrame);
    expect(seen.length).toBeGreaterThan(0);
    expect(seen.length * wireBytes(MIB)).toBeLessThanOrEqual(WINDOW_BYTES);
    await b!.release();
    expect(await sent).toEqual(Array(24).fill('sent'));
    const expected = frames(24).map((spec) => ({ type: 'frame', peer: aId, size: spec.size, digest: digestOf(frameOf(spec)) }));
    expect((await b!.events()).filter(isFrame)).toEqual(expected);
  });

  test('makes every send fail when it crashes', async () => {
    const [a, b] = await star(2);
    const bId = await idOf(b!);
    await b!.hold();
    const sent = a!.send(bId, frames(24));
    await b!.take('frame', await idOf(a!));
    await b!.page.goto('chrome://crash').catch(() => 'crashed');
    expect(await sent).toEqual(Array(24).fill('PeerLostError'));
  });
});

describe('tabs that come and go', () => {
  test('a full mesh of tabs that all want each other at once opens every channel once', async () => {
    const context = await newContext();
    const room = newRoom();
    const tabs = await Promise.all(Array.from({ length: 5 }, () => Tab.join(context, room)));
    const ids = await Promise.all(tabs.map(idOf));
    await Promise.all(tabs.map((tab) => tab.want(ids)));
    await Promise.all(tabs.flatMap((tab, a) => ids.filter((_, b) => b !== a).map((id) => tab.take('open', id))));
    await Promise.all(tabs.map((tab, a) => exchange(tab, tabs[(a + 1) % tabs.length]!)));
    for (const tab of tabs) {
      expect((await tab.events()).filter(({ type }) => type === 'open' || type === 'close')).toHaveLength(4);
      expect(await tab.liveConnections()).toBe(4);
    }
  });

  /** A crashed tab cannot say goodbye to its channels: only signalling misses it before ICE does. */
  const endings: [string, (page: Page) => Promise<unknown>, RegExp][] = [
    ['a closed tab', (page) => page.close(), /left the room|closed by the other end/],
    ['a tab that goes elsewhere', (page) => page.goto('about:blank'), /left the room|closed by the other end/],
    ['a crashed tab', (page) => page.goto('chrome://crash').catch(() => 'crashed'), /left the room/],
  ];
  for (const [what, end, reason] of endings) {
    test(`${what} closes at the others and leaves the presence`, async () => {
      const [stays, goes] = await star(2);
      const id = await idOf(goes!);
      await end(goes!.page);
      expect(await stays!.take('close', id)).toMatchObject({ reason: expect.stringMatching(reason) });
      expect((await stays!.members(1)).map(({ number }) => number)).toEqual([0]);
      expect(await stays!.liveConnections()).toBe(0);
    });
  }

  test('a tab leaves no connection open when it leaves', async () => {
    const [a, b] = await star(2);
    expect([await a!.liveConnections(), await b!.liveConnections()]).toEqual([1, 1]);
    await b!.close();
    await a!.take('close', await idOf(b!));
    expect([await a!.liveConnections(), await b!.liveConnections()]).toEqual([0, 0]);
  });

  for (const end of [0, 1]) {
    test(`a channel that breaks at the ${['wanting', 'wanted'][end]} end is opened again`, async () => {
      const [a, b] = await star(2);
      const [aId, bId] = [await idOf(a!), await idOf(b!)];
      await [a, b][end]!.page.evaluate(() => window.connections.forEach((connection) => connection.close()));
      await Promise.all([a!.take('close', bId), b!.take('close', aId)]);
      await Promise.all([a!.take('open', bId), b!.take('open', aId)]);
      await exchange(a!, b!);
      await exchange(b!, a!);
      expect([await a!.liveConnections(), await b!.liveConnections()]).toEqual([1, 1]);
    });
  }

  test('a peer that sends something else than chunks is told of once, hears why, and is not heard any more', async () => {
    const [a, b] = await star(2);
    const [aId, bId] = [await idOf(a!), await idOf(b!)];
    const why = 'Message is text; frames are binary.';
    // The later one has dialled, and made the channel.
    await b!.page.evaluate(() => window.channels.forEach((channel) => ['text', 'more'].forEach((text) => channel.send(text))));
    expect(await a!.take('offence', bId)).toMatchObject({ why });
    const farewell = { size: 100, seed: 1 };
    const [said, heard] = [a!.send(bId, [farewell]), b!.send(aId, [farewell])];
    await a!.refuse(bId);
    expect(await b!.take('frame', aId)).toMatchObject({ size: farewell.size });
    await Promise.all([a!.take('close', bId), b!.take('close', aId)]);
    expect([await said, await heard]).toEqual([['PeerLostError'], ['PeerLostError']]);
    const events = await a!.events();
    expect(events.filter(({ type }) => type === 'offence' || type === 'frame')).toEqual([{ type: 'offence', peer: bId, why }]);
  });

  test('a visitor sees the number of members', async () => {
    const context = await newContext();
    const visitor = await openPage(context);
    await visitor.evaluate((room) => window.transportPage.watch(room), `room-${rooms}`);
    await visitor.waitForFunction(() => window.transportPage.counts.length === 1);
    const tabs = await star(2);
    await tabs[1]!.close();
    await visitor.waitForFunction(() => window.transportPage.counts.length === 4);
    expect(await visitor.evaluate(() => window.transportPage.counts)).toEqual([0, 1, 2, 1]);
  });
});

describe('without the signalling server', () => {
  let http: Server;
  let handle: SignallingHandle;
  let port = 0;

  async function serve(): Promise<string> {
    http = createHttpServer();
    handle = attachSignalling(http);
    http.listen(port, '127.0.0.1');
    await once(http, 'listening');
    const address = http.address();
    port = typeof address === 'object' && address ? address.port : 0;
    return `ws://127.0.0.1:${port}/signal`;
  }

  async function stop(): Promise<void> {
    handle.close();
    http.close();
    await once(http, 'close');
  }

  afterEach(stop);

  test('channels carry on, and the room is whole again when the server is back', async () => {
    const [a, b, c] = await star(3, await serve());
    const before = await a!.members(3);
    await stop();
    await Promise.all([a!, b!, c!].map((tab) => tab.signallingIs(2)));
    await exchange(a!, b!);
    await exchange(c!, a!);
    await serve();
    await Promise.all([a!, b!, c!].map((tab) => tab.signallingIs(3)));
    // The room is whole for the server when it can bring together two that had no channel.
    await c!.want([await idOf(b!)]);
    await Promise.all([b!.take('open', await idOf(c!)), c!.take('open', await idOf(b!))]);
    for (const tab of [a!, b!, c!]) {
      expect(await tab.members(3)).toEqual(before);
      expect(await tab.signalling()).toEqual(['connected', 'lost', 'connected']);
      const events = await tab.events();
      expect(events.filter(({ type }) => type === 'close')).toEqual([]);
      // Nobody seems to leave while the others find the server one by one, also of those with whom there was no channel.
      const present = events.flatMap((event) => (event.type === 'presence' ? [event.members.length] : []));
      expect(present.slice(present.indexOf(3)).filter((count) => count !== 3)).toEqual([]);
    }
    await exchange(b!, c!);
    await c!.close();
    await a!.take('close', await idOf(c!));
  });

  test('a peer that leaves meanwhile is missed through its channel', async () => {
    const [a, b, c] = await star(3, await serve());
    await stop();
    await Promise.all([a!, b!, c!].map((tab) => tab.signallingIs(2)));
    const id = await idOf(b!);
    await b!.page.close();
    await a!.take('close', id);
    expect((await a!.members(2)).map(({ number }) => number)).toEqual([0, 2]);
    await exchange(a!, c!);
    await serve();
    // One that had no channel with it learns of that when everyone has had time to come back.
    expect((await c!.members(2)).map(({ number }) => number)).toEqual([0, 2]);
  });
});
