import { describe, expect, test, vi } from 'vitest';
import { iceSource, turnCredentials } from './iceConfiguration.ts';
import { IceServersError } from './iceServers.ts';

const turn = { TURN_URLS: 'turn:turn.example.org:3478, turns:turn.example.org', TURN_SECRET: 'north' };

test('names no server by default', () => {
  expect(iceSource({})).toBeNull();
  expect(iceSource({ ICE_SERVERS: '', TURN_URLS: '', TURN_SECRET: '', ICE_POLICY: '' })).toBeNull();
});

test('passes servers on as they are', () => {
  const servers = [{ urls: 'stun:stun.example.org' }];
  expect(iceSource({ ICE_SERVERS: JSON.stringify(servers) })?.configurationFor('me')).toEqual({
    iceServers: servers,
    iceTransportPolicy: 'all',
  });
});

test('makes credentials of a secret, which expire in twelve hours', () => {
  // `printf %s 1000043200:me | openssl dgst -sha1 -hmac north -binary | base64`
  expect(turnCredentials('north', 'me', 1e9)).toEqual({ username: '1000043200:me', credential: '4wQ9vhWUKYluwFETjE1GGcStiX0=' });
});

test('each member gets its own, as of when it asks', () => {
  vi.useFakeTimers({ now: 1e12 });
  const source = iceSource({ ...turn, ICE_POLICY: 'relay', ICE_SERVERS: '[{"urls":"stun:stun.example.org"}]' });
  const urls = ['turn:turn.example.org:3478', 'turns:turn.example.org'];
  for (const member of ['me', 'you']) {
    expect(source?.configurationFor(member)).toEqual({
      iceServers: [{ urls: 'stun:stun.example.org' }, { urls, ...turnCredentials('north', member, 1e9) }],
      iceTransportPolicy: 'relay',
    });
  }
  vi.setSystemTime(1e12 + 60_000);
  expect(source?.configurationFor('me').iceServers[1]).toMatchObject({ username: '1000043260:me' });
  vi.useRealTimers();
});

describe('refuses in one sentence', () => {
  test.each<[Record<string, string>, string]>([
    [{ ICE_SERVERS: 'stun:stun.example.org' }, 'ICE_SERVERS is no JSON; give a list'],
    [{ ICE_SERVERS: '[{"urls":"turn:turn.example.org"}]' }, 'ICE_SERVERS cannot be used at 0: a TURN server needs'],
    [{ TURN_SECRET: 'north' }, 'TURN_SECRET is of no use alone'],
    [{ TURN_URLS: 'turn:turn.example.org' }, 'TURN_URLS needs TURN_SECRET'],
    [{ ...turn, TURN_URLS: 'turn.example.org' }, 'TURN_URLS cannot be used at 0.urls.0: an address is stun:HOST'],
    [{ ...turn, ICE_POLICY: 'none' }, 'ICE_POLICY cannot be "none"'],
    [{ ICE_POLICY: 'relay' }, 'ICE_POLICY=relay needs a TURN server'],
    [{ ICE_POLICY: 'relay', ICE_SERVERS: '[{"urls":"stun:stun.example.org"}]' }, 'ICE_POLICY=relay needs a TURN server'],
  ])('%j', (env, reason) => {
    expect(() => iceSource(env)).toThrow(IceServersError);
    expect(() => iceSource(env)).toThrow(reason);
    expect(() => iceSource(env)).toThrow(/^[^\n]*[^.]\.$/);
  });
});
