import { describe, expect, it, vi } from 'vitest';
import { createStore } from 'zustand/vanilla';
import type { ImageTask } from '../src/settings/task.ts';
import { nothingAccepted, type Accepted } from '../src/task/fit.ts';
import type { OwnRows } from '../src/task/ownRows.ts';
import { createBringSlice, type BringSlice, type RoomShelf } from './bringSlice.ts';
import type { OwnState } from './ownSlice.ts';

const task: ImageTask = { kind: 'images', width: 2, height: 2, channels: 1, classNames: ['cats', 'dogs'] };
const rows: OwnRows = { digest: 'd', values: new Uint8Array(4), labels: new Uint8Array(1) };

/** Pictures of each class. */
const kept = (each: number): OwnState => {
  const classes = task.classNames.map((name) => ({ name, rows: each }));
  const reading = { kind: 'images', rows: 2 * each, classes, columns: [], dialect: null, leftOut: [], notes: [] } as const;
  const data = { kind: 'images', from: 'files', form: { size: { width: 2, height: 2 }, channels: 1 }, reading, previews: [] } as const;
  return { kind: 'kept', kept: { data, stoppedAt: null }, again: true, onward: false };
};

function inRoom(each = 10, shelf: Partial<RoomShelf> = {}) {
  const brought: OwnRows[] = [];
  const taught: unknown[] = [];
  let said = nothingAccepted;
  const asked: (readonly string[] | Accepted)[] = [];
  const whole: RoomShelf = {
    define: (others) => {
      asked.push(others);
      return Promise.resolve(task);
    },
    take: (_, accepted) => {
      asked.push(accepted);
      return Promise.resolve(rows);
    },
    ...shelf,
  };
  const store = createStore<BringSlice & { own: OwnState }>((set, get) => ({
    own: kept(each),
    ...createBringSlice(set, get, whole, {
      task: () => task,
      bring: (one) => brought.push(one),
      teach: (...given) => taught.push(given),
      keeper: { keep: (_, accepted) => void (said = accepted), kept: () => said },
    }),
  }));
  return { brought, taught, asked, get: store.getState };
}

const settled = () => new Promise((resolve) => setTimeout(resolve));

describe('bringing own data', () => {
  it('offers nothing before it is said, then the rows as they were accepted', async () => {
    const { brought, asked, get } = inRoom();
    get().acceptClass('kats', 'cats');
    get().acceptClass('dgs', 'dogs');
    get().acceptClass('dgs', null);
    get().acceptColumn('age', 'years');
    expect([brought, get().bringing]).toEqual([[], { kind: 'choosing', offered: null, why: null }]);
    get().takePart();
    expect(get().bringing).toEqual({ kind: 'taking' });
    await settled();
    expect(brought).toEqual([rows]);
    expect(asked).toEqual([{ classes: new Map([['kats', 'cats']]), columns: new Map([['age', 'years']]) }]);
    expect(get().bringing).toEqual({ kind: 'brought', task });
    get().chooseAgain();
    expect(get().bringing).toEqual({ kind: 'choosing', offered: task, why: null });
    get().keepOffered();
    expect(get().bringing).toEqual({ kind: 'brought', task });
  });

  it('offers them as before when the tab was loaded again, or says why not', async () => {
    const take = vi.fn<RoomShelf['take']>(() => Promise.resolve(rows));
    const { brought, get } = inRoom(10, { take });
    get().acceptClass('kats', 'cats');
    get().takePart();
    await settled();
    get().acceptClass('kats', null);
    get().takePartAgain(task);
    await settled();
    const [before, after] = take.mock.calls;
    expect(before).toEqual([task, { classes: new Map([['kats', 'cats']]), columns: new Map() }]);
    expect(after).toEqual(before);
    expect([brought, get().bringing]).toEqual([[rows, rows], { kind: 'brought', task }]);
    take.mockRejectedValue(new Error('Nothing of your own is kept in this browser; give it files.'));
    get().takePartAgain(task);
    await settled();
    expect(get().bringing).toMatchObject({ kind: 'choosing', why: expect.stringMatching(/^Nothing of your own is kept/) });
  });

  it('says why it could not be', async () => {
    const take = vi.fn(() => Promise.reject(new Error('a.csv, line 3: "x" is not a number; correct it.')));
    const { brought, get } = inRoom(10, { take });
    get().takePart();
    await settled();
    expect(get().bringing).toMatchObject({ kind: 'choosing', why: 'a.csv, line 3: "x" is not a number; correct it.' });
    expect(brought).toEqual([]);
  });

  it('opens a room with the task that they make, others’ classes among them', async () => {
    const { taught, asked, get } = inRoom();
    get().openRoom(['foxes']);
    await settled();
    expect(taught).toEqual([[task, rows]]);
    expect(asked[0]).toEqual(['foxes']);
  });

  it('opens none with too few rows', async () => {
    const { taught, get } = inRoom(3);
    get().openRoom([]);
    await settled();
    expect(taught).toEqual([]);
    expect(get().bringing).toMatchObject({ why: expect.stringMatching(/^Only 6 pictures of yours .*; give 10 or more/) });
  });

  it('is left alone when the person has turned to something else meanwhile', async () => {
    const { brought, get } = inRoom();
    get().takePart();
    get().chooseAgain();
    await settled();
    expect([brought, get().bringing.kind]).toEqual([[], 'choosing']);
  });
});
