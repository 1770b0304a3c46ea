import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'vite';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { IceServersError, parseIceServers } from './iceServers.ts';
import { iceServers } from './iceServersPlugin.ts';

const parse = (servers: unknown) => parseIceServers(JSON.stringify(servers), 'VITE_ICE_SERVERS');
const turn = { urls: ['turn:turn.example.org:3478?transport=tcp', 'turns:[2001:db8::1]'], username: 'user', credential: 'secret' };

test('takes STUN servers, and TURN servers with their secrets', () => {
  for (const servers of [[], [{ urls: 'stun:stun.example.org' }], [{ urls: ['stuns:192.0.2.1:5349'] }, turn]]) {
    expect(parse(servers)).toEqual(servers);
  }
});

test.each<[unknown, string]>([
  [{ urls: 'stun:stun.example.org' }, 'the servers are a list'],
  [['stun:stun.example.org'], 'at 0: a server is an object with "urls"'],
  [[{ url: 'stun:stun.example.org' }], 'at 0.url'],
  [[turn, { urls: 'https://stun.example.org' }], 'at 1.urls: an address is stun:HOST'],
  [[{ urls: ['stun:stun.example.org', 'stun:'] }], 'at 0.urls.1: an address is stun:HOST'],
  [[{ urls: 'stun:stun.example.org?transport=udp' }], 'at 0.urls: an address is stun:HOST'],
  [[{ urls: [] }], 'at 0.urls: a server has an address'],
  [[{ urls: 7 }], 'at 0.urls: it is an address such as'],
  [[{ urls: 'turn:turn.example.org' }], 'at 0: a TURN server needs "username" and "credential"'],
  [[{ ...turn, credential: '' }], 'at 0.credential: it is text'],
  [Array(9).fill(turn), 'at most 8 servers'],
])('refuses %j', (servers, reason) => {
  expect(() => parse(servers)).toThrow(IceServersError);
  expect(() => parse(servers)).toThrow(reason);
  expect(() => parse(servers)).toThrow(/^VITE_ICE_SERVERS cannot be used[^\n]*[^.]\.$/);
});

test('refuses what is no JSON', () => {
  expect(() => parseIceServers('stun:stun.example.org', 'VITE_ICE_SERVERS')).toThrow('VITE_ICE_SERVERS is no JSON; give a list');
});

describe('a build', () => {
  let root = '';
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'sparkmesh-ice-'));
    await writeFile(join(root, 'index.html'), '<!doctype html><title>page</title>');
  });
  afterEach(() => rm(root, { recursive: true }));

  const built = (servers: string) =>
    writeFile(join(root, '.env'), `VITE_ICE_SERVERS='${servers}'`).then(() =>
      build({ root, configFile: false, logLevel: 'silent', plugins: [iceServers()] }),
    );

  test('is made with servers that can be used, and with none', async () => {
    await built(JSON.stringify([turn]));
    await built('');
  });

  test('is refused with servers that cannot', async () => {
    await expect(built('[{"urls":"turn:turn.example.org"}]')).rejects.toThrow(
      'VITE_ICE_SERVERS cannot be used at 0: a TURN server needs "username" and "credential".',
    );
  });
});
