import { afterEach, describe, expect, test } from 'vitest';
import type { Member } from './messages.ts';
import { RoomSeal } from './seal.ts';
import { SealedRelay } from './sealedRelay.ts';
import { TabSignalling, watchTabs, type Locks } from './tabs.ts';

/** A browser's locks, as its tabs share them: Node 20 has none. Who waits gets one after another, shared or not. */
class BrowserLocks implements Locks {
  readonly #held = new Map<string, LockMode>();
  readonly #waiting = new Map<string, (() => void)[]>();

  request<T>(name: string, options: LockOptions, callback: (lock: Lock | null) => T): Promise<Awaited<T>> {
    const { mode = 'exclusive', ifAvailable = false, signal } = options;
    return new Promise((resolve, reject) => {
      signal?.addEventListener('abort', () => reject(new DOMException('over', 'AbortError')));
      const call = async (lock: Lock | null) => resolve(await callback(lock));
      const grant = async () => {
        this.#held.set(name, mode);
        await Promise.resolve();
        await call({ name, mode });
        this.#held.delete(name);
        this.#waiting.get(name)?.shift()?.();
      };
      if (!this.#held.has(name)) void grant();
      else if (ifAvailable) queueMicrotask(() => void call(null));
      else this.#waiting.set(name, [...(this.#waiting.get(name) ?? []), () => void grant()]);
    });
  }

  query(): Promise<LockManagerSnapshot> {
    return Promise.resolve({ held: Array.from(this.#held, ([name, mode]) => ({ name, mode, clientId: '' })), pending: [] });
  }
}

const ends: (() => void)[] = [];
afterEach(() => {
  for (const end of ends.splice(0)) end();
});

const idOf = (k: number) => `tab-${k}-of-the-test`;
let rooms = 0;

/** Tabs of one browser in a room of their own. */
function browser() {
  const locks = new BrowserLocks();
  const room = `room-${rooms++}`;
  const enter = (k: number, { name = room, number = null }: { name?: string; number?: number | null } = {}) => {
    const told = { states: [] as string[], members: [] as readonly Member[], relayed: [] as string[] };
    let look = () => {};
    const changed = () => look();
    const listener = {
      presence(members: readonly Member[]) {
        told.members = members;
        changed();
      },
      relay(from: string, payload: string) {
        told.relayed.push(`${from}: ${payload}`);
        changed();
      },
      ice: () => expect.unreachable('nobody names ICE servers here'),
      state: (state: string) => void told.states.push(state),
    };
    const place = new TabSignalling({ room: name, id: idOf(k), number }, listener, undefined, locks);
    ends.push(() => place.close());
    const until = async (holds: () => boolean) => {
      while (!holds()) await new Promise<void>((resolve) => (look = resolve));
    };
    return { place, told, until, ids: () => told.members.map(({ id }) => id), numbers: () => told.members.map(({ number }) => number) };
  };
  return { room, locks, enter };
}

describe('a room of one browser’s tabs', () => {
  test('tells everyone who is there, by numbers from 0 and the order of coming', async () => {
    const { enter } = browser();
    const a = enter(0);
    await a.place.joined;
    expect(a.told).toMatchObject({ states: ['local'], members: [{ id: idOf(0), number: 0 }] });
    const [b, c] = [enter(1), enter(2)];
    await Promise.all([b.place.joined, c.place.joined]);
    await Promise.all([a, b, c].map(({ until, told }) => until(() => told.members.length === 3)));
    expect(a.numbers()).toEqual([0, 1, 2]);
    expect(b.told.members).toEqual(a.told.members);
    expect(c.told.members).toEqual(a.told.members);
    const orders = a.told.members.map(({ order }) => order);
    expect(orders).toEqual(orders.toSorted((x, y) => x - y));
    expect(new Set(orders).size).toBe(3);
  });

  test('misses who has gone, and gives the number to the next', async () => {
    const { enter } = browser();
    const [a, b] = [enter(0), enter(1)];
    await Promise.all([a, b].map(({ until, told }) => until(() => told.members.length === 2)));
    const freed = a.told.members.find(({ id }) => id === idOf(1))!.number;
    b.place.close();
    await a.until(() => a.told.members.length === 1);
    const c = enter(2);
    await Promise.all([a, c].map(({ until, told }) => until(() => told.members.length === 2)));
    expect(a.told.members.find(({ id }) => id === idOf(2))?.number).toBe(freed);
    expect(c.ids()).toEqual(a.ids());
  });

  test('gives a number that is asked for, if it is free', async () => {
    const { enter } = browser();
    const a = enter(0, { number: 2 });
    await a.place.joined;
    const [b, c, d] = [1, 2, 3].map((k) => enter(k, { number: k === 2 ? 1_000_000 : 2 }));
    await d!.until(() => d!.told.members.length === 4);
    expect(a.told.members.find(({ id }) => id === idOf(0))?.number).toBe(2);
    expect(d!.numbers()).toEqual([0, 1, 2, 3]);
    await Promise.all([b!.place.joined, c!.place.joined]);
  });

  test('relays to the one it is for, whom its sender may have met a moment ago', async () => {
    const { enter } = browser();
    const [a, b] = [enter(0), enter(1)];
    await Promise.all([a, b].map(({ until, told }) => until(() => told.members.length === 2)));
    const c = enter(2);
    await c.place.joined;
    const known: number[] = [];
    c.place.relay(idOf(0), 'hello');
    await a.until(() => known.push(a.told.members.length) > 0 && a.told.relayed.length > 0);
    expect(a.told.relayed).toEqual([`${idOf(2)}: hello`]);
    // By then the list had the newcomer: without that the transport drops what it says.
    expect(known.at(-1)).toBe(3);
    expect(b.told.relayed).toEqual([]);
  });

  test('is another room under another name', async () => {
    const { enter } = browser();
    const [a, b] = [enter(0), enter(1, { name: 'elsewhere' })];
    await Promise.all([a.place.joined, b.place.joined]);
    expect([a.numbers(), b.numbers()]).toEqual([[0], [0]]);
  });

  test('carries what a closed room seals, which other tabs hear and cannot read', async () => {
    const { enter } = browser();
    const seal = await RoomSeal.of('lab', 'c2VjcmV0LW9mLWEtcm9vbQ');
    const [a, b] = [enter(0, { name: seal.address }), enter(1, { name: seal.address })];
    await Promise.all([a, b].map(({ until, told }) => until(() => told.members.length === 2)));
    const heard = new BroadcastChannel(`sparkmesh/${seal.address}`);
    const first = new Promise((resolve) => (heard.onmessage = ({ data }: MessageEvent<unknown>) => resolve(data)));
    const sender = new SealedRelay(seal, idOf(0), { send: (to, payload) => a.place.relay(to, payload), receive: () => undefined });
    sender.send(idOf(1), 'the fingerprint');
    const overheard = JSON.stringify(await first);
    heard.close();
    expect(overheard).toContain(idOf(1));
    expect(overheard).not.toContain('fingerprint');
    await b.until(() => b.told.relayed.length > 0);
    const opened = new Promise((resolve) => {
      const ends = { send: () => undefined, receive: (from: string, payload: string) => resolve([from, payload]) };
      new SealedRelay(seal, idOf(1), ends).receive(idOf(0), b.told.relayed[0]!.slice(`${idOf(0)}: `.length));
    });
    expect(await opened).toEqual([idOf(0), 'the fingerprint']);
  });

  test('takes nothing that is not of its protocol', async () => {
    const { room, enter } = browser();
    const [a, b] = [enter(0), enter(1)];
    await Promise.all([a, b].map(({ until, told }) => until(() => told.members.length === 2)));
    const other = new BroadcastChannel(`sparkmesh/${room}`);
    for (const message of ['text', null, { type: 'relay', from: idOf(1), to: idOf(0), payload: 'x'.repeat(40_000) }])
      other.postMessage(message);
    other.postMessage({ type: 'relay', from: idOf(1), to: idOf(0), payload: 'good' });
    await a.until(() => a.told.relayed.length > 0);
    other.close();
    expect(a.told.relayed).toEqual([`${idOf(1)}: good`]);
  });

  test('counts its members for a visitor', async () => {
    const { room, locks, enter } = browser();
    const counts: number[] = [];
    let look = () => {};
    const end = watchTabs(
      room,
      (members) => {
        counts.push(members);
        look();
      },
      locks,
    );
    ends.push(end);
    const until = async (length: number) => {
      while (counts.length < length) await new Promise<void>((resolve) => (look = resolve));
    };
    await until(1);
    const a = enter(0);
    await until(2);
    a.place.close();
    await until(3);
    expect(counts).toEqual([0, 1, 0]);
  });
});
