import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { NoServerError, SignallingSession, signallingUrl, watchServer, type SignallingState } from './client.ts';
import type { Member } from './messages.ts';
import type { IceConfiguration } from './iceServers.ts';
import { attachSignalling, type SignallingHandle, type SignallingOptions } from './server.ts';

/** Node 20 has no WebSocket of its own. This one is the browser's, but for an error that nobody listens to. */
class BrowserWebSocket extends WebSocket {
  constructor(address: string) {
    super(address);
    this.on('error', () => undefined);
  }
}
vi.stubGlobal('WebSocket', BrowserWebSocket);

let http: Server;
let handle: SignallingHandle;
let port = 0;
let url: string;
const ends: (() => void)[] = [];

async function serve(options: SignallingOptions = {}): Promise<void> {
  http = createServer();
  handle = attachSignalling(http, options);
  http.listen(port, '127.0.0.1');
  await once(http, 'listening');
  const address = http.address();
  if (address === null || typeof address === 'string') throw new Error('The test server does not listen on a port.');
  port = address.port;
  url = signallingUrl(`http://127.0.0.1:${port}/`);
}

async function stop(): Promise<void> {
  handle.close();
  http.close();
  await once(http, 'close');
}

beforeEach(async () => {
  port = 0;
  await serve();
});

afterEach(async () => {
  for (const end of ends.splice(0)) end();
  if (http.listening) await stop();
});

const idOf = (k: number) => `peer-${k}-of-the-test`;

/** What a session tells, with a way to wait for it. */
function session(k: number, { room = 'room', number = null }: { room?: string; number?: number | null } = {}) {
  const told = {
    ice: [] as IceConfiguration[],
    states: [] as SignallingState[],
    members: [] as readonly Member[],
    relayed: [] as string[],
  };
  let look = () => {};
  const joinedSession = new SignallingSession(
    url,
    { room, id: idOf(k), number },
    {
      presence(members) {
        told.members = members;
        look();
      },
      relay(from, payload) {
        told.relayed.push(`${from}: ${payload}`);
        look();
      },
      ice(configuration) {
        told.ice.push(configuration);
      },
      state(state) {
        told.states.push(state);
        look();
      },
    },
  );
  ends.push(() => joinedSession.close());
  const until = async (holds: () => boolean) => {
    while (!holds()) await new Promise<void>((resolve) => (look = resolve));
  };
  return { session: joinedSession, told, until, numbers: () => told.members.map(({ id, number }) => [id, number]) };
}

describe('a signalling session', () => {
  test('joins, relays and leaves', async () => {
    const a = session(0);
    await a.session.joined;
    expect(a.told).toEqual({ ice: [], states: ['connected'], members: [{ id: idOf(0), number: 0, order: 0 }], relayed: [] });
    const b = session(1);
    await a.until(() => a.told.members.length === 2);
    b.session.relay(idOf(0), 'hello');
    await a.until(() => a.told.relayed.length > 0);
    expect(a.told.relayed).toEqual([`${idOf(1)}: hello`]);
    b.session.close();
    await a.until(() => a.told.members.length === 1);
    expect(b.told.states).toEqual(['connected']);
  });

  test('is told of the ICE servers before it knows anyone to connect to, by its own id', async () => {
    await stop();
    const turn = (username: string) => ({ urls: 'turn:turn.example.org', username, credential: 'c' });
    await serve({ ice: { configurationFor: (member) => ({ iceServers: [turn(member)], iceTransportPolicy: 'relay' }) } });
    const a = session(0);
    await a.session.joined;
    expect(a.told.ice).toEqual([{ iceServers: [turn(idOf(0))], iceTransportPolicy: 'relay' }]);
  });

  test('has the number that it asks for, if that is free', async () => {
    const [a, b] = [session(0, { number: 3 }), session(1, { number: 3 })];
    await Promise.all([a, b].map(({ until, told }) => until(() => told.members.length === 2)));
    expect(a.told.members.map(({ number }) => number)).toEqual([0, 3]);
  });

  test('comes back after the server was away, with its id and number', async () => {
    const [a, b] = [session(0), session(1)];
    await a.session.joined;
    await b.until(() => b.told.members.length === 2);
    const before = b.numbers();
    await stop();
    await a.until(() => a.told.states.at(-1) === 'lost');
    await b.until(() => b.told.states.at(-1) === 'lost');
    await serve();
    await Promise.all([a, b].map(({ until, told }) => until(() => told.states.length === 3 && told.members.length === 2)));
    expect(a.numbers()).toEqual(before);
    expect(b.numbers()).toEqual(before);
    expect(a.told.states).toEqual(['connected', 'lost', 'connected']);
  });

  test('fails when no server answers, and does not try again', async () => {
    await stop();
    const a = session(0);
    await expect(a.session.joined).rejects.toThrow(NoServerError);
    await expect(a.session.joined).rejects.toThrow(`no signalling server answers at ${url}`);
    await serve();
    const b = session(1);
    await b.session.joined;
    expect(b.told.members).toHaveLength(1);
  });

  test("fails with the server's own words when it refuses", async () => {
    const { joined } = session(0, { room: 'no/room' }).session;
    await expect(joined).rejects.toThrow('a room name has 1 to 64 of');
    await expect(joined).rejects.not.toThrow(NoServerError);
  });

  test('fails when the server speaks something else', async () => {
    const other = new WebSocketServer({ port: 0, host: '127.0.0.1' });
    ends.push(() => other.close());
    await once(other, 'listening');
    other.on('connection', (socket) => socket.send('{"type":"welcome"}'));
    const address = other.address();
    url = `ws://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}/`;
    await expect(session(0).session.joined).rejects.toThrow('something else than signalling');
  });
});

test('a watcher gets every count, and null while the server is away', async () => {
  const counts: (number | null)[] = [];
  let look = () => {};
  const until = async (length: number) => {
    while (counts.length < length) await new Promise<void>((resolve) => (look = resolve));
  };
  const end = watchServer(
    url,
    'room',
    (members) => {
      counts.push(members);
      look();
    },
    () => expect.unreachable('the server answers'),
  );
  ends.push(end);
  await until(1);
  const a = session(0);
  await until(2);
  a.session.close();
  await until(3);
  await stop();
  await until(4);
  await serve();
  await until(5);
  expect(counts.filter((count, i) => i < 4 || count !== null)).toEqual([0, 1, 0, null, 0]);
  end();
  await session(1).session.joined;
  expect(counts.at(-1)).toBe(0);
});

test('a watcher is told when no server answers at first, and no more', async () => {
  await stop();
  const counts: (number | null)[] = [];
  await new Promise<void>((resolve) => ends.push(watchServer(url, 'room', (members) => counts.push(members), resolve)));
  await serve();
  await session(0).session.joined;
  expect(counts).toEqual([]);
});

test('the address follows the page', () => {
  expect(signallingUrl('http://localhost:5173/?room=lab#top')).toBe('ws://localhost:5173/signal');
  expect(signallingUrl('https://example.org/mesh/index.html')).toBe('wss://example.org/mesh/signal');
});
