import { describe, expect, it } from 'vitest';
import { createStore } from 'zustand/vanilla';
import {
  defaultForm,
  type FromReader,
  type GivenFile,
  type KeptData,
  type OwnForm,
  type OwnImages,
  type OwnTable,
} from '../src/own/ownData.ts';
import type { Task } from '../src/settings/task.ts';
import { createOwnSlice, type OwnShelf, type OwnSlice } from './ownSlice.ts';

const given = (...names: readonly string[]): GivenFile[] => names.map((path) => ({ path, file: new File([], path) }));

const reading = (kind: 'images' | 'table', rows: number) =>
  ({ kind, rows, classes: [{ name: 'a', rows }], columns: [], dialect: null, leftOut: [], notes: [] }) as const;

const images = (rows: number): OwnImages => ({
  kind: 'images',
  from: 'files',
  form: defaultForm.image,
  reading: reading('images', rows),
  previews: [],
});

const table: OwnTable = {
  kind: 'table',
  name: 'a.csv',
  form: { ...defaultForm.table, label: 'kind' },
  titles: ['x', 'kind'],
  reading: reading('table', 3),
};

/** A shelf whose reader says what the test says, and notes what it is asked. */
class NotedShelf implements OwnShelf {
  readonly asked: { readonly files: readonly string[]; readonly form: OwnForm }[] = [];
  stopped = 0;
  tell: (message: FromReader) => void = () => undefined;

  constructor(public stored: KeptData | null = null) {}

  kept = () => Promise.resolve(this.stored);
  forget = () => {
    this.stored = null;
    return Promise.resolve();
  };
  read(files: readonly GivenFile[], form: OwnForm, tell: (message: FromReader) => void): () => void {
    this.asked.push({ files: files.map(({ path }) => path), form });
    this.tell = tell;
    return () => void this.stopped++;
  }
}

function deferred<T>() {
  let resolve: (value: T) => void = () => undefined;
  const promise = new Promise<T>((settle) => (resolve = settle));
  return { promise, resolve };
}

async function opened(stored: KeptData | null = null) {
  const shelf = new NotedShelf(stored);
  const store = createStore<OwnSlice>((set, get) => createOwnSlice(set, get, shelf));
  store.getState().lookAtOwn();
  await Promise.resolve();
  return { shelf, get: store.getState };
}

describe('own data', () => {
  it('is looked for, read one lot after the other, and there in the end', async () => {
    const { shelf, get } = await opened();
    expect(get().own).toEqual({ kind: 'empty' });
    get().give(given('a/1.png'));
    get().give(given('b/2.png'));
    expect(shelf.asked.map(({ files }) => files)).toEqual([['a/1.png']]);
    const progress = { unit: 'images', done: 0, total: 1 } as const;
    shelf.tell({ type: 'progress', progress, data: images(0) });
    expect(get().own).toEqual({ kind: 'reading', progress, data: images(0) });
    shelf.tell({ type: 'read', data: images(1) });
    expect(shelf.asked.map(({ files }) => files)).toEqual([['a/1.png'], ['b/2.png']]);
    shelf.tell({ type: 'read', data: images(2) });
    expect(get().own).toEqual({ kind: 'kept', kept: { data: images(2), stoppedAt: null }, again: true, onward: false });
  });

  it('is found before it is read, and read with what there is; who stops that, or gives nothing, has what was there', async () => {
    const { shelf, get } = await opened();
    const found = deferred<readonly GivenFile[]>();
    get().giveFound((tell) => {
      tell(100);
      return found.promise;
    });
    expect(get().own).toEqual({ kind: 'finding', found: 100 });
    found.resolve(given('a/1.png'));
    await found.promise;
    await Promise.resolve();
    expect(shelf.asked.map(({ files }) => files)).toEqual([['a/1.png']]);
    shelf.tell({ type: 'read', data: images(1) });
    shelf.stored = { data: images(1), stoppedAt: null };

    const stopped = deferred<readonly GivenFile[]>();
    get().giveFound((tell) => {
      tell(7);
      return stopped.promise;
    });
    expect(get().own.kind).toBe('finding');
    get().endReading();
    stopped.resolve(given('b/1.png'));
    await expect.poll(() => get().own.kind).toBe('kept');
    get().giveFound((tell) => {
      tell(0);
      return Promise.resolve([]);
    });
    expect(get().own.kind).toBe('finding');
    await expect.poll(() => get().own.kind).toBe('kept');
    expect(shelf.asked).toHaveLength(1);
    get().giveFound(() => Promise.reject(new DOMException('gone', 'NotFoundError')));
    await expect.poll(() => get().own).toMatchObject({ kind: 'refused', refusal: { message: expect.stringContaining('give it again') } });
  });

  it('in another form is all read again, each lot as it was given', async () => {
    const { shelf, get } = await opened();
    get().give(given('a/1.png'));
    shelf.tell({ type: 'read', data: images(1) });
    get().give(given('2.png'), 'foxes');
    shelf.tell({ type: 'read', data: images(2) });
    const grey = { ...defaultForm.image, channels: 1 } as const;
    get().readAs({ image: grey, table: defaultForm.table });
    shelf.tell({ type: 'read', data: { ...images(1), form: grey } });
    shelf.tell({ type: 'read', data: { ...images(2), form: grey } });
    expect(shelf.asked.slice(2).map(({ files, form }) => [files, form.looseClass, form.image.channels])).toEqual([
      [['a/1.png'], null, 1],
      [['2.png'], 'foxes', 1],
    ]);
  });

  it('of an earlier visit cannot be read in another form with what was added to it', async () => {
    const { shelf, get } = await opened({ data: images(5), stoppedAt: null });
    expect(get().own).toMatchObject({ kind: 'kept', again: false });
    get().give(given('a/1.png'));
    shelf.tell({ type: 'read', data: images(6) });
    expect(get().own).toMatchObject({ kind: 'kept', again: false });
    get().give(given('a.csv'));
    shelf.tell({ type: 'read', data: table });
    expect(get().own).toMatchObject({ kind: 'kept', again: true });
    expect(get().ownForm.table.label).toBe('kind');
  });

  it('of one table says nothing of how the next is meant', async () => {
    const { shelf, get } = await opened({ data: table, stoppedAt: null });
    get().readAs({ image: defaultForm.image, table: { ...defaultForm.table, label: 'x' } });
    get().endReading();
    get().give(given('b.csv'));
    expect(shelf.asked.map(({ files, form }) => [files, form.table.label])).toEqual([
      [[], 'x'],
      [['b.csv'], null],
    ]);
  });

  it('goes on after Stop where it was, with what was kept in sight', async () => {
    const { shelf, get } = await opened();
    get().give(given('a/1.png', 'a/2.png'));
    shelf.stored = { data: images(1), stoppedAt: { unit: 'images', done: 1, total: 2 } };
    get().endReading();
    await Promise.resolve();
    expect(shelf.stopped).toBe(1);
    expect(get().own).toMatchObject({ kind: 'kept', onward: true });
    get().readOn();
    shelf.tell({ type: 'read', data: images(2) });
    expect(shelf.asked.map(({ files }) => files.length)).toEqual([2, 2]);
    expect(get().own).toMatchObject({ kind: 'kept', onward: false, again: true });
  });

  it('that is refused or asked about is read on a word, or let be', async () => {
    const { shelf, get } = await opened();
    get().give(given('1.png'));
    shelf.tell({ type: 'asked', images: 1 });
    expect(get().own).toEqual({ kind: 'asked', images: 1 });
    get().sayClass('owls');
    expect(shelf.asked.at(-1)?.form.looseClass).toBe('owls');
    const refusal = { message: 'a.csv is unclear', saying: 'names', titles: ['x'] } as const;
    shelf.tell({ type: 'refused', refusal });
    expect(get().own).toEqual({ kind: 'refused', refusal });
    get().readAs({ image: defaultForm.image, table: { ...defaultForm.table, names: true } });
    expect(shelf.asked.at(-1)).toMatchObject({ files: ['1.png'], form: { table: { names: true } } });
    shelf.tell({ type: 'refused', refusal });
    get().endReading();
    await Promise.resolve();
    expect(get().own).toEqual({ kind: 'empty' });
  });

  it('is forgotten', async () => {
    const { shelf, get } = await opened({ data: images(5), stoppedAt: null });
    get().forgetOwn();
    await new Promise((resolve) => setTimeout(resolve));
    expect(shelf.stored).toBeNull();
    expect(get().own).toEqual({ kind: 'empty' });
  });

  it('is read for a room’s task: what is given, and what is kept where it fits only then', async () => {
    const task: Task = { kind: 'images', width: 8, height: 8, channels: 1, classNames: ['a', 'b'] };
    const { shelf, get } = await opened();
    get().give(given('a/1.png'));
    shelf.tell({ type: 'read', data: images(1) });
    get().readFor(task);
    const form = { size: { width: 8, height: 8 }, channels: 1 } as const;
    expect(shelf.asked.at(-1)).toMatchObject({ files: ['a/1.png'], form: { image: form, task } });
    shelf.tell({ type: 'read', data: { ...images(1), form } });
    get().give(given('b/1.png'));
    expect(shelf.asked.at(-1)).toMatchObject({ files: ['b/1.png'], form: { image: form, task } });
    expect(shelf.asked).toHaveLength(3);
  });

  it('a table that is kept is read again for a task that names its class, and not for one that it cannot fit', async () => {
    const columns = [{ kind: 'number', name: 'kind', hasEmpty: false }] as const;
    const task: Task = { kind: 'table', columns: [...columns], label: 'X', names: true, empty: 'impute', classNames: ['1', '2'] };
    const { shelf, get } = await opened({ data: table, stoppedAt: null });
    get().readFor(task);
    expect(shelf.asked.map(({ files, form }) => [files, form.task])).toEqual([[[], task]]);
    const other = await opened({ data: table, stoppedAt: null });
    other.get().readFor({ kind: 'images', width: 8, height: 8, channels: 1, classNames: ['a', 'b'] });
    expect(other.shelf.asked).toEqual([]);
    expect(other.get().own.kind).toBe('kept');
  });
});
