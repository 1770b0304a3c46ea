import { expect, it } from 'vitest';
import { createStore } from 'zustand/vanilla';
import type { KeepRequest, KnockRequest } from '../src/client/door.ts';
import { readAddress } from './address.ts';
import { createDoorSlice, type DoorSlice } from './doorSlice.ts';

const SECRET = 'c2VjcmV0LW9mLWEtcm9vbQ';
const FINGERPRINT = 'ZmluZ2VycHJpbnQtb2YtaQ';

/** A slice at an address, over doors that open when the test says so and note what they are asked. */
function at(href: string) {
  const found = readAddress(href);
  if (typeof found === 'string') throw new Error(found);
  const done: string[] = [];
  const kept: KeepRequest[] = [];
  const knocks: KnockRequest[] = [];
  const openings: (() => void)[] = [];
  const opened = <T>(value: T) => new Promise<T>((resolve) => openings.push(() => resolve(value)));
  const noting = (what: string) => (id?: string) => void done.push([what, id].join(' ').trim());
  const store = createStore<DoorSlice>((set, get) =>
    createDoorSlice(set, get, {
      address: () => found,
      enter: noting('enter'),
      doors: {
        keepsDoor: (room) => room === 'lab',
        forgetDoor: noting('forget'),
        keepDoor: (request) => {
          kept.push(request);
          return opened({ fingerprint: FINGERPRINT, admit: noting('admit'), turnAway: noting('turn away'), close: noting('close') });
        },
        knock: (request) => {
          knocks.push(request);
          return opened(noting('gone'));
        },
      },
    }),
  );
  const open = async () => {
    openings.shift()?.();
    await Promise.resolve();
    await Promise.resolve();
  };
  return { get: store.getState, done, kept, knocks, open };
}

it('keeps the door of a closed room, with its link and who asks, until it is closed', async () => {
  const { get, done, kept, open } = at(`https://mesh.example/?closed=lab#${SECRET}`);
  get().resumeDoor();
  expect(get().keptDoor).toEqual({ kind: 'opening' });
  expect(kept[0]).toMatchObject({ room: 'lab', secret: SECRET });
  await open();
  expect(get().keptDoor).toEqual({ kind: 'kept', link: `https://mesh.example/?door=lab#${FINGERPRINT}`, callers: [] });
  kept[0]!.onCallers([{ id: 'a', name: 'Anna' }]);
  expect(get().keptDoor).toMatchObject({ callers: [{ name: 'Anna' }] });
  get().admit('a');
  get().turnAway('b');
  get().closeDoor();
  expect(get().keptDoor).toEqual({ kind: 'none' });
  kept[0]!.onCallers([]);
  expect(get().keptDoor).toEqual({ kind: 'none' });
  expect(done).toEqual(['admit a', 'turn away b', 'forget lab', 'close']);
});

it('closes a door that opens when nobody waits for it any more, and keeps none of an open room', async () => {
  const closed = at(`https://mesh.example/?closed=hall#${SECRET}`);
  closed.get().resumeDoor();
  expect(closed.kept).toEqual([]);
  closed.get().keepDoor();
  closed.get().leaveDoor();
  await closed.open();
  expect([closed.done, closed.get().keptDoor]).toEqual([['close'], { kind: 'none' }]);
  const other = at('https://mesh.example/?room=lab');
  other.get().keepDoor();
  expect(other.kept).toEqual([]);
});

it('asks at a door, and goes in when it is opened', async () => {
  const { get, done, knocks, open } = at(`https://mesh.example/?door=lab&own=#${FINGERPRINT}`);
  get().knock('Anna');
  expect(knocks[0]).toMatchObject({ room: 'lab', fingerprint: FINGERPRINT, name: 'Anna' });
  await open();
  knocks[0]!.onVisit({ kind: 'waiting' });
  expect(get().knocking).toEqual({ kind: 'waiting', name: 'Anna' });
  get().stopKnocking();
  // What the first comes to does not count any more.
  knocks[0]!.onVisit({ kind: 'turnedAway' });
  expect([done, get().knocking]).toEqual([['gone'], { kind: 'naming' }]);
  get().knock('Anna');
  knocks[1]!.onVisit({ kind: 'admitted', secret: SECRET });
  expect(done).toEqual(['gone', `enter https://mesh.example/?own=&closed=lab#${SECRET}`]);
});
