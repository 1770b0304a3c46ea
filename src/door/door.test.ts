import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { makeSecret } from '../signalling/seal.ts';
import { InProcessNetwork } from '../transport/inProcess.ts';
import type { Transport } from '../transport/transport.ts';
import { DoorKey, isGenuine } from './doorKey.ts';
import { decodeDoorMessage, encodeDoorMessage } from './doorMessages.ts';
import { DoorKeeper, MAX_AT_DOOR, type Caller } from './keeper.ts';
import { DoorVisitor, type Visit } from './visitor.ts';

const ROOM = 'lab';
const secret = makeSecret();

let key: DoorKey;
beforeAll(async () => {
  key = await DoorKey.make();
});

/** A door in this process, its keeper, and the visitors that a test sends there. */
class Door {
  readonly network = new InProcessNetwork();
  callers: readonly Caller[] = [];
  readonly keeper = new DoorKeeper(this.network.join(), {
    room: ROOM,
    key,
    secret,
    onCallers: (callers) => {
      this.callers = callers;
    },
  });

  visit(name: string, changes: { readonly room?: string; readonly fingerprint?: string } = {}) {
    const visits: Visit[] = [];
    const transport = this.network.join();
    const given = { room: ROOM, fingerprint: key.fingerprint, ...changes };
    const visitor = new DoorVisitor(transport, { ...given, name, onVisit: (visit) => visits.push(visit) });
    return { visitor, visits, id: transport.self.id, last: () => visits.at(-1) };
  }

  /** Signing takes its time, so nobody knows who is heard first. */
  names = () => this.callers.map(({ name }) => name).sort();
}

/** Sends frames to `peer` as soon as there is a channel to it. @returns when that is closed. */
const say = (transport: Transport, peer: string, ...frames: Uint8Array<ArrayBuffer>[]) =>
  new Promise<void>((resolve) => {
    transport.listen((event) => {
      if (!('peer' in event) || event.peer !== peer) return;
      if (event.type === 'open') for (const frame of frames) void transport.send(peer, frame).catch(() => undefined);
      if (event.type === 'close') resolve();
    });
  });

describe('a door', () => {
  it('shows the keeper who asks, by name, and gives the secret to whom the keeper lets in alone', async () => {
    const door = new Door();
    const anna = door.visit('  Anna ');
    const mallory = door.visit('Mallory');
    expect([anna.visits, mallory.visits]).toEqual([[{ kind: 'looking' }], [{ kind: 'looking' }]]);
    await expect.poll(door.names).toEqual(['Anna', 'Mallory']);
    expect([anna.last(), mallory.last()]).toEqual([{ kind: 'waiting' }, { kind: 'waiting' }]);
    door.keeper.admit(anna.id);
    await expect.poll(anna.last).toEqual({ kind: 'admitted', secret });
    expect(door.names()).toEqual(['Mallory']);
    door.keeper.turnAway(mallory.id);
    await expect.poll(mallory.last).toEqual({ kind: 'turnedAway' });
    expect(door.names()).toEqual([]);
  });

  it('forgets who goes away, and tells visitors when its keeper does; they ask the next that has the key', async () => {
    const door = new Door();
    const [anna, ben] = [door.visit('Anna'), door.visit('Ben')];
    await expect.poll(door.names).toEqual(['Anna', 'Ben']);
    anna.visitor.close();
    await expect.poll(door.names).toEqual(['Ben']);
    door.keeper.close();
    await expect.poll(ben.last).toEqual({ kind: 'looking' });
    let callers: readonly Caller[] = [];
    const again = new DoorKeeper(door.network.join(), {
      room: ROOM,
      key: await DoorKey.from(await key.text()),
      secret,
      onCallers: (now) => {
        callers = now;
      },
    });
    await expect.poll(() => callers.map(({ name }) => name)).toEqual(['Ben']);
    again.admit(ben.id);
    await expect.poll(ben.last).toEqual({ kind: 'admitted', secret });
  });

  it.each([
    ['another key', { fingerprint: 'A'.repeat(22) }],
    ['another room', { room: 'hall' }],
  ])('gives its name to nobody who keeps %s', async (_, changes) => {
    const door = new Door();
    const [stray, honest] = [door.visit('Stray', changes), door.visit('Anna')];
    await expect.poll(door.names).toEqual(['Anna']);
    expect([stray.last(), honest.last()]).toEqual([{ kind: 'looking' }, { kind: 'waiting' }]);
  });

  it('takes no secret from another visitor, whatever that one says', async () => {
    const door = new Door();
    const anna = door.visit('Anna');
    await expect.poll(door.names).toEqual(['Anna']);
    const liar = door.network.join();
    liar.want([anna.id]);
    await say(liar, anna.id, encodeDoorMessage({ type: 'admitted', secret: makeSecret() }));
    door.keeper.admit(anna.id);
    await expect.poll(anna.last).toEqual({ kind: 'admitted', secret });
    expect(anna.visits.map(({ kind }) => kind)).toEqual(['looking', 'waiting', 'admitted']);
  });

  it('has no channel any more with who says something else, or asks twice', async () => {
    const door = new Door();
    const knock = encodeDoorMessage({ type: 'knock', name: 'Again' });
    for (const frames of [[encodeDoorMessage({ type: 'turnedAway' })], [new Uint8Array(2000)], [knock, knock]]) {
      await say(door.network.join(), 'c0', ...frames);
    }
    await expect.poll(door.names).toEqual([]);
  });

  it('has a channel to those who came first, as many as it can look at', async () => {
    const door = new Door();
    const visitors = Array.from({ length: MAX_AT_DOOR + 2 }, (_, k) => door.visit(`Visitor ${k}`));
    await expect.poll(() => door.callers.length).toBe(MAX_AT_DOOR);
    visitors[0]!.visitor.close();
    await expect.poll(door.names).toContain(`Visitor ${MAX_AT_DOOR}`);
  });
});

describe('a greeting', () => {
  const meeting = { room: ROOM, keeper: 'keeper01', visitor: 'visitor1' };

  it('is genuine of its own meeting alone', async () => {
    const greeting = await key.greet(meeting);
    expect(await isGenuine(greeting, key.fingerprint, meeting)).toBe(true);
    for (const part of ['room', 'keeper', 'visitor'] as const) {
      expect(await isGenuine(greeting, key.fingerprint, { ...meeting, [part]: 'another1' })).toBe(false);
    }
    const other = await DoorKey.make();
    expect(await isGenuine(greeting, other.fingerprint, meeting)).toBe(false);
    expect(await isGenuine({ ...(await other.greet(meeting)), key: greeting.key }, key.fingerprint, meeting)).toBe(false);
  });

  it('of garbage is none', async () => {
    const text = fc.string({ unit: fc.constantFrom('A', 'Z', 'a', '0', '-', '_', 'ß', '='), maxLength: 90 });
    await fc.assert(
      fc.asyncProperty(text, text, async (publicKey, signature) => {
        expect(await isGenuine({ key: publicKey, signature }, key.fingerprint, meeting)).toBe(false);
      }),
      { numRuns: 50 },
    );
  });
});

describe('a message at the door', () => {
  it('is read as it was written, or not at all', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 1500 }), (bytes) => {
        expect(decodeDoorMessage(bytes)).toBeNull();
      }),
    );
    const said = { type: 'knock', name: 'Zoë 王' } as const;
    expect(decodeDoorMessage(encodeDoorMessage(said))).toEqual(said);
  });

  it.each(['', '   ', 'a\nb', 'x'.repeat(41), '\u202Eanna'])('has no name like %j', (name) => {
    expect(decodeDoorMessage(new TextEncoder().encode(JSON.stringify({ type: 'knock', name })))).toBeNull();
  });
});
