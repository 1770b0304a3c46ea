import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isSecret, makeSecret, RoomSeal, type Direction } from './seal.ts';
import { SealedRelay } from './sealedRelay.ts';

const ROOM = 'lab';
const secret = makeSecret();
const seal = await RoomSeal.of(ROOM, secret);
const there: Direction = { from: 'peer-a', to: 'peer-b' };

const id = fc.stringMatching(/^[A-Za-z0-9_-]{8,64}$/);
const count = fc.integer({ min: 1, max: 2 ** 32 - 1 });

test('secrets are 128 random bits, and nothing else is taken for one', () => {
  const secrets = new Set(Array.from({ length: 100 }, makeSecret));
  expect(secrets.size).toBe(100);
  for (const one of secrets) expect(isSecret(one)).toBe(true);
  for (const wrong of ['', 'x', `${secret}x`, `${secret.slice(1)}+`]) expect(isSecret(wrong)).toBe(false);
});

test('the same room and secret open what was sealed, of any length and text', async () => {
  const other = await RoomSeal.of(ROOM, secret);
  expect(other.address).toBe(seal.address);
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: 'grapheme', maxLength: 3000 }), id, id, count, async (payload, from, to, n) => {
      expect(await other.open({ from, to }, await seal.seal({ from, to }, n, payload))).toEqual({ payload, count: n });
    }),
    { numRuns: 50 },
  );
});

test('the address is a room name that tells neither room nor secret, and differs with each', async () => {
  const others = [await RoomSeal.of('lab2', secret), await RoomSeal.of(ROOM, makeSecret())];
  expect(seal.address).toMatch(/^[A-Za-z0-9_-]{22}$/);
  expect(seal.address).not.toBe(secret);
  expect(new Set([seal, ...others].map(({ address }) => address)).size).toBe(3);
});

test('another room, secret, sender or receiver opens nothing', async () => {
  const sealed = await seal.seal(there, 1, 'offer');
  expect(await (await RoomSeal.of('lab2', secret)).open(there, sealed)).toBeNull();
  expect(await (await RoomSeal.of(ROOM, makeSecret())).open(there, sealed)).toBeNull();
  await fc.assert(
    fc.asyncProperty(id, async (other) => {
      expect(await seal.open({ ...there, from: other }, sealed)).toBeNull();
      expect(await seal.open({ ...there, to: other }, sealed)).toBeNull();
    }),
    { numRuns: 50 },
  );
  expect(await seal.open({ from: there.to, to: there.from }, sealed)).toBeNull();
});

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

test('any other character anywhere, any part cut off or added, and any other text opens nothing', async () => {
  // 4 + 12 + 19 + 16 bytes are whole groups of three, so that no character has bits that mean nothing.
  const sealed = await seal.seal(there, 7, 'an answer, 19 bytes');
  expect(sealed).toHaveLength(68);
  await fc.assert(
    fc.asyncProperty(fc.nat(sealed.length - 1), fc.integer({ min: 1, max: 63 }), async (at, by) => {
      const changed = alphabet[(alphabet.indexOf(sealed[at]!) + by) % 64]!;
      expect(await seal.open(there, sealed.slice(0, at) + changed + sealed.slice(at + 1))).toBeNull();
    }),
    { numRuns: 300 },
  );
  for (let length = 0; length < sealed.length; length++) expect(await seal.open(there, sealed.slice(0, length))).toBeNull();
  expect(await seal.open(there, `${sealed}AAAA`)).toBeNull();
  await fc.assert(
    fc.asyncProperty(fc.string({ maxLength: 200 }), async (text) => {
      expect(await seal.open(there, text)).toBeNull();
    }),
  );
});

/** Two members of one room, and what passes between them. */
function relays() {
  const sent: string[] = [];
  const taken: string[] = [];
  let look = () => {};
  const a = new SealedRelay(seal, there.from, {
    send: (_to, sealed) => {
      sent.push(sealed);
      look();
    },
    receive: () => undefined,
  });
  const b = new SealedRelay(seal, there.to, {
    send: () => undefined,
    receive: (from, payload) => {
      taken.push(`${from}: ${payload}`);
      look();
    },
  });
  const until = async (holds: () => boolean) => {
    while (!holds()) await new Promise<void>((resolve) => (look = resolve));
  };
  return { a, b, sent, taken, until };
}

test('payloads arrive once and in order, whatever comes again, late, reordered, forged, or of another stay', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(9), { maxLength: 40 }), async (order) => {
      const { a, b, sent, taken, until } = relays();
      for (let k = 0; k < 11; k++) a.send(there.to, `message ${k}`);
      await until(() => sent.length === 11);
      // Sealed with the room's secret, but for who was `peer-b` before, and what a server might make up.
      b.receive(there.from, await seal.seal({ ...there, to: 'peer-b-before' }, 1, 'old'));
      b.receive(there.from, '{"type":"ask","epoch":0}');
      for (const k of order) b.receive(there.from, sent[k]!);
      // The last one is sent once, and after it nothing is on its way.
      b.receive(there.from, sent[10]!);
      const last = `${there.from}: message 10`;
      await until(() => taken.at(-1) === last);
      const rising = order.filter((k, at) => order.slice(0, at).every((earlier) => earlier < k));
      expect(taken).toEqual([...rising.map((k) => `${there.from}: message ${k}`), last]);
    }),
    { numRuns: 40 },
  );
});

test('a flood is dropped instead of kept, and what comes after it is taken', async () => {
  const { a, b, sent, taken, until } = relays();
  a.send(there.to, 'early');
  a.send(there.to, 'late');
  await until(() => sent.length === 2);
  for (let k = 0; k < 1000; k++) b.receive(there.from, 'A'.repeat(64));
  b.receive(there.from, sent[0]!);
  while (taken.length === 0) {
    b.receive(there.from, sent[1]!);
    await new Promise((resolve) => setTimeout(resolve));
  }
  expect(taken).toEqual([`${there.from}: late`]);
});
