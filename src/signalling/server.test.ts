import { once } from 'node:events';
import { createServer, request, type Server } from 'node:http';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { WebSocket, type ClientOptions } from 'ws';
import { MAX_MESSAGE_BYTES, parseServerMessage, type Member, type ServerMessage } from './messages.ts';
import { attachSignalling, type SignallingHandle, type SignallingLimits, type SignallingOptions } from './server.ts';

let http: Server;
let handle: SignallingHandle;
let sockets: WebSocket[];

function addressOf(server: Server): string {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The test server does not listen on a port.');
  return `127.0.0.1:${address.port}`;
}

async function serve(limits?: Partial<SignallingLimits>, options: SignallingOptions = {}): Promise<void> {
  http = createServer();
  handle = attachSignalling(http, { limits: limits ?? {}, ...options });
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
}

async function stop(): Promise<void> {
  handle.close();
  http.close();
  await once(http, 'close');
}

beforeEach(async () => {
  sockets = [];
  await serve();
});

afterEach(async () => {
  for (const socket of sockets) socket.terminate();
  await stop();
});

/** Starts the server over with other limits. */
async function limit(limits: Partial<SignallingLimits>): Promise<void> {
  await stop();
  await serve(limits);
}

const announced = (messages: readonly ServerMessage[]) => messages.filter(({ type }) => type === 'presence').length;

type MessageOf<T extends ServerMessage['type']> = Extract<ServerMessage, { type: T }>;

async function connect(path = '/signal', options: ClientOptions = {}) {
  const socket = new WebSocket(`ws://${addressOf(http)}${path}`, options);
  sockets.push(socket);
  const untaken: ServerMessage[] = [];
  const seen: ServerMessage[] = [];
  let look = () => {};
  socket.on('message', (data) => {
    const message = parseServerMessage(String(data));
    untaken.push(message);
    seen.push(message);
    look();
  });
  const closed = new Promise<number>((resolve) => socket.once('close', resolve));
  await once(socket, 'open');

  /** Passes over messages up to the first of this type that `fits`. */
  async function take<T extends ServerMessage['type']>(type: T, fits: (message: MessageOf<T>) => boolean = () => true) {
    const isOne = (message: ServerMessage): message is MessageOf<T> => message.type === type;
    for (;;) {
      const message = untaken.shift();
      if (!message) await new Promise<void>((resolve) => (look = resolve));
      else if (isOne(message) && fits(message)) return message;
    }
  }

  return {
    socket,
    closed,
    untaken,
    seen,
    take,
    send: (message: unknown) => socket.send(typeof message === 'string' ? message : JSON.stringify(message)),
    members: async (count: number): Promise<Member[]> => (await take('presence', (message) => message.members.length === count)).members,
    /** The one error message, then the close. */
    refused: async () => {
      const { message } = await take('error');
      expect(await closed).toBe(1008);
      expect(untaken).toEqual([]);
      return message;
    },
  };
}

const idOf = (k: number) => `peer-${k}-of-the-test`;

async function member(k: number, wish: { room?: string; number?: number } = {}) {
  const connection = await connect();
  connection.send({ type: 'join', room: 'room', id: idOf(k), ...wish });
  const { members } = await connection.take('presence');
  return { ...connection, number: members.find(({ id }) => id === idOf(k))?.number };
}

describe('numbers', () => {
  test('each joiner gets the smallest free number, and a later order', async () => {
    const a = await member(0);
    const b = await member(1);
    const c = await member(2);
    expect(await a.members(3)).toEqual([0, 1, 2].map((k) => ({ id: idOf(k), number: k, order: k })));
    b.send({ type: 'leave' });
    await a.members(2);
    const d = await member(3);
    expect([a.number, b.number, c.number, d.number]).toEqual([0, 1, 2, 1]);
    expect(await a.members(3)).toEqual([
      { id: idOf(0), number: 0, order: 0 },
      { id: idOf(3), number: 1, order: 3 },
      { id: idOf(2), number: 2, order: 2 },
    ]);
  });

  test('a wanted number is given when it is free and sensible', async () => {
    expect((await member(0, { number: 4 })).number).toBe(4);
    expect((await member(1, { number: 4 })).number).toBe(0);
    expect((await member(2, { number: 1_000_000 })).number).toBe(1);
  });

  test('rooms do not know of each other', async () => {
    const a = await member(0);
    const b = await member(0, { room: 'other' });
    expect([a.number, b.number]).toEqual([0, 0]);
    a.send({ type: 'relay', to: idOf(0), payload: 'to myself' });
    expect(await a.take('relay')).toEqual({ type: 'relay', from: idOf(0), payload: 'to myself' });
  });

  test('an id can be in a room once', async () => {
    const first = await member(0);
    const second = await connect();
    second.send({ type: 'join', room: 'room', id: idOf(0) });
    expect(await second.refused()).toContain('already in room');
    first.socket.terminate();
    const watcher = await connect();
    watcher.send({ type: 'watch', room: 'room' });
    await watcher.take('count', ({ members }) => members === 0);
    expect((await member(0)).number).toBe(0);
  });
});

describe('relay', () => {
  test('passes text to one member, unread', async () => {
    const [a, b, c] = [await member(0), await member(1), await member(2)];
    const payload = '{"not": "read"} \u2028 ü';
    c.send({ type: 'relay', to: idOf(0), payload: 'second' });
    a.send({ type: 'relay', to: idOf(1), payload });
    expect(await b.take('relay')).toEqual({ type: 'relay', from: idOf(0), payload });
    expect(await a.take('relay')).toEqual({ type: 'relay', from: idOf(2), payload: 'second' });
  });

  test('to one that has left is lost, and the sender stays', async () => {
    const [a, b] = [await member(0), await member(1)];
    a.send({ type: 'relay', to: 'nobody-of-this-name', payload: 'lost' });
    a.send({ type: 'relay', to: idOf(1), payload: 'found' });
    expect((await b.take('relay')).payload).toBe('found');
  });

  test('is for members', async () => {
    const visitor = await connect();
    visitor.send({ type: 'relay', to: idOf(0), payload: '' });
    expect(await visitor.refused()).toContain('join a room first');
  });
});

describe('watchers', () => {
  test('get the live count and nothing else', async () => {
    const watcher = await connect();
    watcher.send({ type: 'watch', room: 'room' });
    expect(await watcher.take('count')).toEqual({ type: 'count', members: 0 });
    const a = await member(0);
    const b = await member(1);
    await a.members(2);
    a.send({ type: 'relay', to: idOf(1), payload: 'private' });
    await b.take('relay');
    // Changes that follow each other at once are announced together.
    const until = async (wanted: number) => {
      let { members } = await watcher.take('count');
      while (members !== wanted) ({ members } = await watcher.take('count'));
    };
    await until(2);
    a.socket.close();
    b.socket.terminate();
    await until(0);
    expect(watcher.untaken).toEqual([]);
  });

  test('are no members, and may become one', async () => {
    const watcher = await connect();
    watcher.send({ type: 'watch', room: 'room' });
    watcher.send({ type: 'leave' });
    watcher.send({ type: 'join', room: 'room', id: idOf(0) });
    expect(await watcher.members(1)).toEqual([{ id: idOf(0), number: 0, order: 0 }]);
  });
});

describe('what is refused', () => {
  const bad: [string, unknown][] = [
    ['no JSON', 'hello'],
    ['no object', '[]'],
    ['an unknown type', { type: 'shutdown' }],
    ['a missing field', { type: 'join', room: 'room' }],
    ['a field too many', { type: 'watch', room: 'room', admin: true }],
    ['a long room name', { type: 'watch', room: 'r'.repeat(65) }],
    ['an empty room name', { type: 'watch', room: '' }],
    ['a room name with a slash', { type: 'watch', room: 'a/b' }],
    ['a short id', { type: 'join', room: 'room', id: 'x' }],
    ['a negative number', { type: 'join', room: 'room', id: idOf(0), number: -1 }],
    ['a payload that is no text', { type: 'relay', to: idOf(0), payload: {} }],
  ];
  for (const [what, message] of bad) {
    test(what, async () => {
      const connection = await connect();
      connection.send(message);
      expect(await connection.refused()).toMatch(/^Message /);
    });
  }

  test('binary messages', async () => {
    const connection = await connect();
    connection.socket.send(Uint8Array.of(123, 125));
    expect(await connection.refused()).toContain('send JSON text');
  });

  test('messages beyond the size limit', async () => {
    const connection = await connect();
    connection.send('x'.repeat(MAX_MESSAGE_BYTES + 1));
    expect(await connection.closed).toBe(1009);
  });

  test('a second room on one socket', async () => {
    const a = await member(0);
    a.send({ type: 'watch', room: 'other' });
    expect(await a.refused()).toContain('leave it first');
  });

  test('a member who breaks the rules, at once and alone', async () => {
    const [a, b] = [await member(0), await member(1)];
    b.send('hello');
    expect(await a.members(2)).toHaveLength(2);
    expect((await a.members(1)).map(({ id }) => id)).toEqual([idOf(0)]);
    await b.refused();
  });

  test('one member too many', async () => {
    await limit({ members: 2 });
    await member(0);
    await member(1);
    const third = await connect();
    third.send({ type: 'join', room: 'room', id: idOf(2) });
    expect(await third.refused()).toContain('has its 2 members');
  });

  test('one room too many, until one is empty', async () => {
    await limit({ rooms: 1 });
    const a = await member(0);
    const visitor = await connect();
    visitor.send({ type: 'watch', room: 'other' });
    expect(await visitor.refused()).toContain('All 1 rooms are in use');
    a.send({ type: 'leave' });
    a.send({ type: 'watch', room: 'other' });
    expect((await a.take('count')).members).toBe(0);
  });

  test('one socket too many', async () => {
    await limit({ sockets: 1 });
    await member(0);
    expect(await (await connect()).refused()).toContain('full');
  });

  test('messages faster than the rate', async () => {
    await limit({ burst: 5, messagesPerSecond: 0 });
    const [a, b] = [await member(0), await member(1)];
    for (let k = 0; k < 5; k++) a.send({ type: 'relay', to: idOf(1), payload: `${k}` });
    expect(await a.refused()).toContain('send fewer');
    for (let k = 0; k < 4; k++) expect((await b.take('relay')).payload).toBe(`${k}`);
    expect(await b.members(1)).toHaveLength(1);
    expect(b.untaken).toEqual([]);
  });
});

describe('pages of other origins', () => {
  /** @returns what is told to who names this origin. */
  async function told(origin: string, host?: string): Promise<string> {
    const connection = await connect('/signal', { origin, ...(host === undefined ? {} : { headers: { host } }) });
    connection.send({ type: 'watch', room: 'room' });
    await expect.poll(() => connection.seen.length, { timeout: 30_000 }).toBeGreaterThan(0);
    const [message] = connection.seen;
    return message?.type === 'error' ? message.message : String(message?.type);
  }

  test('are refused with what to do, and those of the address asked or of a name given are not', async () => {
    expect(await told('http://127.0.0.1:9999')).toBe('count');
    expect(await told('http://localhost:4173')).toBe('count');
    expect(await told('https://192.0.2.7:4173', '192.0.2.7:4173')).toBe('count');
    const refusal = 'Pages of https://mesh.example may not use this signalling server; start it with --host and that name.';
    expect(await told('https://mesh.example')).toBe(refusal);
    await stop();
    await serve({}, { hosts: ['mesh.example'] });
    expect(await told('https://mesh.example')).toBe('count');
    for (const origin of ['null', 'https://mesh.example.evil.example', 'https://192.0.2.7', 'http://localhost.evil.example']) {
      expect(await told(origin)).toMatch(/may not use this signalling server/);
    }
  });

  test('are refused though their name leads here', async () => {
    expect(await told('http://rebound.example:4173', 'rebound.example:4173')).toMatch(/may not use/);
  });
});

describe('a flood', () => {
  const from = (address: string): ClientOptions => ({ headers: { 'x-forwarded-for': `203.0.113.9, ${address}` } });

  test('of sockets from one address leaves room for others', async () => {
    await limit({ socketsPerAddress: 2 });
    const two = [await connect('/signal', from('192.0.2.1')), await connect('/signal', from('192.0.2.1'))];
    await expect(connect('/signal', from('192.0.2.1'))).rejects.toThrow('429');
    await connect('/signal', from('192.0.2.2'));
    await connect('/signal', from('2001:db8:0:1::1'));
    await connect('/signal', from('2001:db8:0:1:ffff::2'));
    await expect(connect('/signal', from('2001:db8:0:1:2:3:4:5'))).rejects.toThrow('429');
    two[0]!.socket.close();
    await two[0]!.closed;
    await connect('/signal', from('192.0.2.1'));
  });

  test('of messages over many sockets of one address ends these, and nobody else', async () => {
    await limit({ burstPerAddress: 40, messagesPerSecondPerAddress: 0 });
    const [a, b] = [await member(0), await member(1)];
    const flood = await Promise.all(Array.from({ length: 4 }, () => connect('/signal', from('192.0.2.1'))));
    // Each alone is more than what is left for all.
    for (const one of flood) for (let k = 0; k < 30; k++) one.send({ type: 'leave' });
    for (const one of flood) expect(await one.refused()).toMatch(/messages a second from your address/);
    await expect(connect('/signal', from('192.0.2.1'))).rejects.toThrow('429');
    a.send({ type: 'relay', to: idOf(1), payload: 'hello' });
    expect((await b.take('relay')).payload).toBe('hello');
  });

  test('of large messages counts for more', async () => {
    await limit({ burst: 10, messagesPerSecond: 0 });
    const [a, b] = [await member(0), await member(1)];
    a.send({ type: 'relay', to: idOf(1), payload: 'x'.repeat(20_000) });
    a.send({ type: 'relay', to: idOf(1), payload: 'x'.repeat(20_000) });
    expect(await a.refused()).toContain('send fewer');
    await b.take('relay');
  });

  test('of coming and going is announced at times, and its end always', async () => {
    await limit({ announceMs: 500 });
    const a = await member(0);
    const b = await connect();
    for (let k = 0; k < 100; k++) {
      b.send({ type: 'join', room: 'room', id: idOf(1) });
      b.send({ type: 'leave' });
    }
    b.send({ type: 'join', room: 'room', id: idOf(2) });
    await a.take('presence', ({ members }) => members.some(({ id }) => id === idOf(2)));
    // Each of the 200 changes at once would have been as many.
    expect(announced(a.seen)).toBeLessThan(20);
  });

  test('to one who does not read ends that one', async () => {
    await limit({ unreadBytes: 100_000, burst: 1e6, burstPerAddress: 1e9 });
    const [a, b] = [await member(0), await member(1)];
    await a.members(2);
    b.socket.pause();
    const payload = 'x'.repeat(30_000);
    const send = setInterval(() => {
      for (let k = 0; k < 50; k++) a.send({ type: 'relay', to: idOf(1), payload });
    });
    expect((await a.members(1)).map(({ id }) => id)).toEqual([idOf(0)]);
    clearInterval(send);
  });
});

describe('the http server', () => {
  test('keeps its other upgrade paths to itself', async () => {
    const paths: (string | undefined)[] = [];
    http.on('upgrade', (incoming, socket) => {
      if (incoming.url === '/signal') return;
      paths.push(incoming.url);
      socket.end('HTTP/1.1 101 Switching Protocols\r\nUpgrade: other\r\nConnection: Upgrade\r\n\r\n');
    });
    for (const path of ['/', '/signalling', '/other/signal']) {
      const upgrade = request(`http://${addressOf(http)}${path}`, { headers: { upgrade: 'other', connection: 'Upgrade' } });
      upgrade.end();
      const [, socket]: unknown[] = await once(upgrade, 'upgrade');
      expect(socket).toBeDefined();
    }
    expect(paths).toEqual(['/', '/signalling', '/other/signal']);
    expect((await member(0)).number).toBe(0);
  });

  test('does not leave other upgrades unanswered when it has no other listener', async () => {
    await expect(connect('/other')).rejects.toThrow('socket hang up');
  });

  test('is as before after close', async () => {
    const a = await member(0);
    handle.close();
    expect(await a.closed).toBe(1006);
    expect(http.listenerCount('upgrade')).toBe(0);
  });
});

test('a socket that no longer answers leaves', async () => {
  await limit({ heartbeatMs: 100 });
  const [a, b] = [await member(0), await member(1)];
  await a.members(2);
  b.socket.pause();
  expect((await a.members(1)).map(({ id }) => id)).toEqual([idOf(0)]);
  expect(a.socket.readyState).toBe(WebSocket.OPEN);
});

test('a socket that is behind with its answers stays', async () => {
  await limit({ heartbeatMs: 100, unanswered: 50 });
  const [a, b] = [await member(0), await member(1)];
  await a.members(2);
  b.socket.pause();
  await new Promise((resolve) => setTimeout(resolve, 350));
  b.socket.resume();
  await new Promise((resolve) => setTimeout(resolve, 350));
  expect(b.socket.readyState).toBe(WebSocket.OPEN);
});
