import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { logTopics } from '../src/log/log.ts';
import {
  behindDoor,
  closedRoomLink,
  doorLink,
  opensHereOnly,
  ownRoom,
  pairInvitation,
  pairLink,
  readAddress,
  withBackend,
} from './address.ts';

describe('readAddress', () => {
  it('has defaults', () => {
    expect(readAddress('http://localhost:5173/')).toEqual({
      room: 'main',
      secret: null,
      door: null,
      backend: 'auto',
      log: [],
      logProblem: null,
      secure: true,
      own: false,
      pair: null,
      href: 'http://localhost:5173/',
      invitation: 'http://localhost:5173/?room=main',
    });
  });

  it('reads room, backend and log, and invites to the room without what concerns this tab alone', () => {
    const href = 'https://mesh.example/app/?room=class-9b&backend=wasm&log=round,transport&signal=wss://s.example#top';
    expect(readAddress(href)).toEqual({
      room: 'class-9b',
      secret: null,
      door: null,
      backend: 'wasm',
      log: ['round', 'transport'],
      logProblem: null,
      secure: true,
      own: false,
      pair: null,
      href,
      invitation: 'https://mesh.example/app/?room=class-9b&signal=wss%3A%2F%2Fs.example',
    });
  });

  it('reads two devices without a meeting point, of which one invites and the other has its offer', () => {
    const there = pairLink('https://mesh.example/app/?room=class-9b&backend=wasm');
    expect(there).toBe('https://mesh.example/app/?backend=wasm#pair');
    const found = readAddress(there);
    expect(found).toMatchObject({ room: 'of two', secret: null, own: false, pair: { offer: null } });
    if (typeof found === 'string') throw new Error(found);
    const invitation = pairInvitation(found, 'abc-_9', true);
    expect(invitation).toBe('https://mesh.example/app/?own=#pair.abc-_9');
    expect(readAddress(invitation)).toMatchObject({ room: 'of two', own: true, pair: { offer: 'abc-_9' } });
    // What such a device brings of its own it brings there.
    expect(ownRoom(found)).toMatchObject({ own: true, pair: { offer: null }, backend: 'wasm' });
  });

  it.each(['', 'a b', 'é', 'x'.repeat(65), '<b>'])('refuses the room name %j', (name) => {
    expect(readAddress(`http://localhost/?room=${encodeURIComponent(name)}`)).toBe('room');
  });

  it('takes an unknown backend for auto', () => {
    expect(readAddress('http://localhost/?backend=quantum')).toMatchObject({ backend: 'auto' });
  });
});

it.each([
  ['http://localhost:4173/', true, true],
  ['https://[::1]:4173/', true, true],
  ['https://192.0.2.7:4173/', true, false],
  ['http://192.0.2.7:4173/', false, false],
  ['http://localhost.example/', false, false],
])('%s: secure %s, of this machine alone %s', (href, secure, here) => {
  expect(readAddress(href)).toMatchObject({ secure });
  expect(opensHereOnly(href)).toBe(here);
});

describe('a closed room', () => {
  const secret = 'c2VjcmV0LW9mLWEtcm9vbQ';

  it('is named in the query, its secret in the fragment, and the invitation has both', () => {
    const href = `https://mesh.example/app/?closed=lab&backend=wasm#${secret}`;
    const invitation = `https://mesh.example/app/?closed=lab#${secret}`;
    expect(readAddress(href)).toMatchObject({ room: 'lab', secret, backend: 'wasm', invitation });
  });

  it.each(['', '#', '#short', `#${secret}x`, `#${secret.slice(1)}!`])('cannot be entered with the fragment %j', (fragment) => {
    expect(readAddress(`https://mesh.example/?closed=lab${fragment}`)).toBe('secret');
  });

  it('needs https', () => {
    expect(readAddress(`http://mesh.example/?closed=lab#${secret}`)).toBe('plain');
    expect(readAddress(`http://localhost/?closed=lab#${secret}`)).toMatchObject({ secret });
  });

  it('is opened anew from an open one, each time with another secret', () => {
    const open = readAddress('https://mesh.example/app/?room=lab');
    if (typeof open === 'string') throw new Error('The address should be one.');
    const links = [closedRoomLink(open), closedRoomLink(open)];
    for (const link of links) expect(link).toMatch(/^https:\/\/mesh\.example\/app\/\?closed=lab#[\w-]{22}$/);
    expect(links[0]).not.toBe(links[1]);
  });
});

describe('a room of own data', () => {
  const roomAt = (href: string) => {
    const address = readAddress(href);
    if (typeof address === 'string') throw new Error('The address should be one.');
    return ownRoom(address);
  };

  it('is a new and closed one, known by its link, in which this tab stays what it is', () => {
    const [one, other] = [1, 2].map(() => roomAt('https://mesh.example/app/?room=lab&backend=wasm'));
    expect(one).toMatchObject({ room: 'own-data', secret: expect.stringMatching(/^[\w-]{22}$/), own: true, backend: 'wasm' });
    expect(one!.invitation).toBe(`https://mesh.example/app/?closed=own-data&own=#${one!.secret}`);
    expect(other!.secret).not.toBe(one!.secret);
  });

  it('is open where no closed one can be entered', () => {
    const { room, secret, invitation } = roomAt('http://mesh.example/');
    expect([secret, invitation]).toEqual([null, `http://mesh.example/?room=${room}&own=`]);
    expect(room).toMatch(/^own-[\w-]{8}$/);
  });
});

describe('the log in the address', () => {
  it('is every topic for all', () => {
    expect(readAddress('http://localhost/?log=all')).toMatchObject({ log: [...logTopics] });
  });

  it.each(['rounds', 'round,', 'round,all'])('is refused with one sentence that says what there is for %j', (text) => {
    expect(readAddress(`http://localhost/?log=${text}`)).toMatchObject({
      log: [],
      logProblem: expect.stringMatching(new RegExp(`"${text}".*; use all, or some of ${logTopics.join(', ')}\\.$`)),
    });
  });
});

describe('whatever a link says', () => {
  const parts = 'room closed door own backend log wasm lab # #pair #pair. % %ff & = ?'.split(' ').map((part) => fc.constant(part));
  const words = fc.oneof(...parts, fc.string({ unit: 'binary', maxLength: 70 }), fc.stringMatching(/^[\w-]{22}$/));
  const hosts = fc.constantFrom('https://mesh.example/', 'http://192.0.2.7/', 'http://localhost:5173/a/b/');
  const links = fc.tuple(hosts, fc.array(words, { maxLength: 12 })).map(([host, said]) => `${host}?${said.join('')}`);

  it('is an address, whose invitation leads to the same place, or is refused', () => {
    fc.assert(
      fc.property(links, (link) => {
        const found = readAddress(link);
        if (typeof found === 'string') {
          expect(['room', 'secret', 'plain']).toContain(found);
        } else if (found.pair) {
          expect(found.room).toBe('of two');
        } else {
          const { room, secret, door, own, invitation } = found;
          expect(readAddress(invitation)).toMatchObject({ room, secret, door, own, log: [], backend: 'auto', pair: null, invitation });
        }
      }),
      { numRuns: 5000 },
    );
  });
});

describe('withBackend', () => {
  it('sets and removes the backend and keeps the rest', () => {
    expect(withBackend('http://localhost/?room=r', 'cpu')).toBe('http://localhost/?room=r&backend=cpu');
    expect(withBackend('http://localhost/?room=r&backend=cpu', 'auto')).toBe('http://localhost/?room=r');
  });
});

describe('the door of a closed room', () => {
  const fingerprint = 'ZmluZ2VycHJpbnQtb2YtaQ';
  const secret = 'c2VjcmV0LW9mLWEtcm9vbQ';
  const read = (href: string) => {
    const found = readAddress(href);
    if (typeof found === 'string') throw new Error(found);
    return found;
  };

  it('is named as the room, without its secret, and leads there with it', () => {
    const inside = read(`https://mesh.example/app/?closed=lab&own=&backend=wasm#${secret}`);
    const link = doorLink(inside, fingerprint);
    expect(link).toBe(`https://mesh.example/app/?own=&door=lab#${fingerprint}`);
    const outside = read(`${link.replace('?', '?backend=cpu&')}`);
    expect(outside).toMatchObject({ room: 'lab', secret: null, door: fingerprint, own: true, backend: 'cpu' });
    expect(read(behindDoor(outside, secret))).toMatchObject({ room: 'lab', secret, door: null, own: true, backend: 'cpu' });
  });

  it.each(['', '#short'])('cannot be asked at with the fragment %j, nor over plain http', (fragment) => {
    expect(readAddress(`https://mesh.example/?door=lab${fragment}`)).toBe('secret');
    expect(readAddress(`http://192.0.2.7/?door=lab#${fingerprint}`)).toBe('plain');
  });
});
