/** A closed room over a hostile signalling server: it reads, swaps, replays and forges, and gets nothing but to be in the way. */

import { once } from 'node:events';
import type { Browser, Page } from 'playwright';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { WebSocketServer, type WebSocket } from 'ws';
import { launchBrowser } from '../src/runner/browser.ts';
import { parseClientMessage, type Member, type ServerMessage } from '../src/signalling/messages.ts';
import { makeSecret, RoomSeal } from '../src/signalling/seal.ts';
import type {} from './pages/transport.ts';
import { servePages, type PagesServer } from './support/pages.ts';

const ROOM = 'the-lab';
const secret = makeSecret();

let pages: PagesServer;
let browser: Browser;
let server: WebSocketServer;
let url: string;

interface Guest extends Member {
  readonly room: string;
  readonly socket: WebSocket;
}

interface Relayed {
  readonly from: string;
  readonly to: string;
  readonly payload: string;
}

/** All that the server has seen: every text, and what was relayed. */
let texts: string[];
let relayed: Relayed[];
let guests: Guest[];
/** What is delivered instead of each message; the message itself unless a test says otherwise. */
let attack: (message: Relayed) => readonly Relayed[];

const send = ({ socket }: Guest, message: ServerMessage) => socket.send(JSON.stringify(message));

function deliver({ from, to, payload }: Relayed): void {
  for (const guest of guests) if (guest.id === to) send(guest, { type: 'relay', from, payload });
}

/** Puts all in one room, whatever they ask for. */
function announce(): void {
  const members = guests.map(({ id, number, order }) => ({ id, number, order }));
  for (const guest of guests) send(guest, { type: 'presence', members });
}

beforeAll(async () => {
  pages = await servePages();
  browser = await launchBrowser();
  server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  await once(server, 'listening');
  const address = server.address();
  url = `ws://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}/`;
  server.on('connection', (socket) => {
    socket.on('message', (data) => {
      texts.push(String(data));
      const message = parseClientMessage(String(data));
      if (message.type === 'join') {
        const place = guests.length;
        guests.push({ id: message.id, number: place, order: place, room: message.room, socket });
        announce();
      } else if (message.type === 'relay') {
        const from = guests.find((guest) => guest.socket === socket)!.id;
        const original = { from, to: message.to, payload: message.payload };
        relayed.push(original);
        for (const one of attack(original)) deliver(one);
      }
    });
    socket.on('close', () => {
      guests = guests.filter((guest) => guest.socket !== socket);
      announce();
    });
  });
});

afterEach(async () => {
  await Promise.all(browser.contexts().map((context) => context.close()));
});

afterAll(async () => {
  await browser?.close();
  server?.close();
  await pages?.close();
});

class Tab {
  private constructor(
    readonly page: Page,
    readonly id: string,
  ) {}

  static async join(key: string | null = secret, room = ROOM): Promise<Tab> {
    const page = await (await browser.newContext()).newPage();
    page.on('pageerror', (error) => expect.soft(error, 'error in the page').toBeUndefined());
    await page.goto(pages.url('transport'));
    await page.waitForFunction(() => 'transportPage' in window);
    await page.evaluate(([name, address, own]) => window.transportPage.join(name, address, own), [room, url, key] as const);
    return new Tab(page, (await page.evaluate(() => window.transportPage.participant().self())).id);
  }

  want = (...others: Tab[]) =>
    this.page.evaluate(
      (ids) => window.transportPage.participant().want(ids),
      others.map(({ id }) => id),
    );
  opened = (other: Tab) => this.page.evaluate((id) => window.transportPage.participant().take('open', id), other.id);
  /** How often a channel to the other has opened until now. */
  openings = async (other: Tab) => {
    const events = await this.page.evaluate(() => window.transportPage.participant().events());
    return events.filter((event) => event.type === 'open' && event.peer === other.id).length;
  };
}

function begin(against: typeof attack = (message) => [message]): void {
  [texts, relayed, guests, attack] = [[], [], [], against];
}

/** Two tabs with the secret get a channel. */
async function meet(): Promise<readonly [Tab, Tab]> {
  const [a, b] = [await Tab.join(), await Tab.join()];
  await b.want(a);
  await Promise.all([a.opened(b), b.opened(a)]);
  return [a, b];
}

test('it reads nothing: no name of a room, no secret, no address, no fingerprint', async () => {
  begin();
  await meet();
  expect(relayed.length).toBeGreaterThan(1);
  const { address } = await RoomSeal.of(ROOM, secret);
  expect(guests.map(({ room }) => room)).toEqual([address, address]);
  const seen = [...texts, ...relayed.map(({ payload }) => Buffer.from(payload, 'base64url').toString('latin1'))].join('\n');
  for (const word of [ROOM, secret, 'candidate', 'fingerprint', 'sdp', 'epoch']) expect(seen).not.toContain(word);
});

test('what it replays, at once and again later, opens nothing twice', async () => {
  begin((message) => [message, message, message]);
  const [a, b] = await meet();
  for (const message of relayed.slice()) deliver(message);
  // Something honest after all of it has come through, so everything before has been dealt with.
  const c = await Tab.join();
  await c.want(a, b);
  await Promise.all([c.opened(a), c.opened(b)]);
  expect(await Promise.all([a.openings(b), b.openings(a), c.openings(a)])).toEqual([1, 1, 1]);
});

test('what it swaps, between receivers, senders and directions, is dropped, and the rest comes through', async () => {
  begin(({ from, to, payload }) => {
    const others = guests.map(({ id }) => id).filter((id) => id !== from && id !== to);
    return [
      { from: to, to: from, payload },
      ...others.flatMap((other) => [
        { from, to: other, payload },
        { from: other, to, payload },
      ]),
      { from, to, payload },
    ];
  });
  const bystander = await Tab.join();
  const [a, b] = await meet();
  expect(await Promise.all([bystander.openings(a), bystander.openings(b), a.openings(bystander)])).toEqual([0, 0, 0]);
});

test('what it forges or changes opens no channel: neither its own words nor a changed fingerprint', async () => {
  const flip = (payload: string, at: number) => `${payload.slice(0, at)}${payload[at] === 'A' ? 'B' : 'A'}${payload.slice(at + 1)}`;
  begin(({ from, to, payload }) => [
    { from, to, payload: flip(payload, 100) },
    { from, to, payload: flip(payload, payload.length - 40) },
    { from, to, payload: JSON.stringify({ type: 'ask', epoch: 1 }) },
  ]);
  const [a, b] = [await Tab.join(), await Tab.join()];
  await Promise.all([a.want(b), b.want(a)]);
  await expect.poll(() => relayed.length, { timeout: 60_000 }).toBeGreaterThan(3);
  expect(await Promise.all([a.openings(b), b.openings(a)])).toEqual([0, 0]);
  // As soon as it lets them, they meet.
  attack = (message) => [message];
  await Promise.all([a.opened(b), b.opened(a)]);
});

test('whom it lets in without the secret, or with another, gets no channel', async () => {
  begin();
  const [a, b] = await meet();
  const strangers = [await Tab.join(null), await Tab.join(makeSecret()), await Tab.join(secret, 'another-room')];
  for (const stranger of strangers) await stranger.want(a, b);
  await a.want(b, ...strangers);
  await expect
    .poll(() => strangers.every(({ id }) => relayed.filter(({ from }) => from === id).length > 2), { timeout: 60_000 })
    .toBe(true);
  const c = await Tab.join();
  await c.want(a);
  await Promise.all([c.opened(a), a.opened(c)]);
  for (const stranger of strangers) expect(await Promise.all([stranger.openings(a), a.openings(stranger)])).toEqual([0, 0]);
});
