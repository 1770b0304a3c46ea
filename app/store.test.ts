import { describe, expect, it, vi } from 'vitest';
import type { Bookmark } from '../src/client/bookmark.ts';
import { emptyView, type ClientCommand, type ClientView, type OwnRound, type PeerView } from '../src/client/view.ts';
import { defaultSettings, ownSettings, type Settings } from '../src/settings/settings.ts';
import type { Task } from '../src/settings/task.ts';
import { nothingAccepted } from '../src/task/fit.ts';
import type { OwnRows } from '../src/task/ownRows.ts';
import type { RoomShelf } from './bringSlice.ts';
import type { OwnShelf } from './ownSlice.ts';
import type { JoinRequest, Session, SessionFactory } from './session.ts';
import { createPageStore, type PageStore, type Tab } from './store.ts';

const address = {
  room: 'r',
  secret: null,
  door: null,
  pair: null,
  backend: 'wasm',
  log: ['round'],
  logProblem: null,
  secure: true,
  own: false,
  href: 'http://localhost/?room=r',
  invitation: 'http://localhost/?room=r',
} as const;

const peer = (number: number, sent = 0): PeerView => ({
  id: `peer${number}`,
  number,
  channel: 'open',
  neighbour: true,
  readiness: { kind: 'ready' },
  activity: 'idle',
  sent: { weights: sent },
  received: {},
  missedRounds: 0,
  holding: null,
});

const edges = () => [{ a: 'me', b: 'peer1' }];

const lobby: ClientView = {
  ...emptyView,
  self: { id: 'me', number: 0 },
  status: { kind: 'lobby' },
  peers: [peer(1), peer(2)],
  graph: edges(),
};

/** Where nothing is kept and nothing is read. */
const emptyShelf: OwnShelf & RoomShelf = {
  kept: () => Promise.resolve(null),
  forget: () => Promise.resolve(),
  read: () => () => undefined,
  define: () => Promise.reject(new Error('Nothing is kept.')),
  take: () => Promise.reject(new Error('Nothing is kept.')),
};

const tab: Tab = {
  drawing: (draw) => ({ changed: draw, end: () => undefined }),
  loadWith: () => undefined,
  show: () => undefined,
  enter: () => undefined,
  accepted: { keep: () => undefined, kept: () => nothingAccepted },
};

const pictures: Task = { kind: 'images', width: 2, height: 2, channels: 1, classNames: ['a', 'b'] };
const rows: OwnRows = { digest: 'd', values: new Uint8Array(4), labels: new Uint8Array(1) };

const keptBookmark = (settings: Settings): Bookmark => ({
  number: 2,
  register: { version: 1, author: 'a', settings, run: null },
  round: 3,
  weights: new Float32Array(2),
  velocity: null,
  own: [],
  summaries: [],
  missedRounds: new Map(),
});

/** A room whose one client shows what the test says, and notes what it is asked. */
class Room implements Session, SessionFactory {
  readonly listeners = new Set<() => void>();
  readonly asked: (JoinRequest | ClientCommand | OwnRows | 'leave')[] = [];
  kept: Bookmark | null = null;
  catalogue: ReturnType<SessionFactory['datasets']> = Promise.resolve([]);
  #view: ClientView | null = null;

  show(view: ClientView): void {
    this.#view = view;
    for (const listener of this.listeners) listener();
  }

  getView = () => this.#view;
  signalling = () => 'connected' as const;
  pairing = () => null;
  answer = () => Promise.reject(new Error('There is nobody to answer.'));
  subscribe(listener: () => void) {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }
  command = (command: ClientCommand) => void this.asked.push(command);
  model = () => Promise.resolve(null);
  examine = () => Promise.resolve([]);
  adopt = () => undefined;
  bring = (rows: OwnRows) => void this.asked.push(rows);
  leave = () => void this.asked.push('leave');
  watch(room: string, _secret: string | null, onCount: Parameters<SessionFactory['watch']>[2]) {
    onCount(room === address.room ? 3 : null, 'local');
    return () => undefined;
  }
  join(request: JoinRequest): Session {
    this.asked.push(request);
    return this;
  }
  earlier = () => Promise.resolve(this.kept);
  keepsDoor = () => false;
  keepDoor = () => Promise.reject(new Error('There is no door.'));
  forgetDoor = () => undefined;
  knock = () => Promise.reject(new Error('There is no door.'));
  datasets = () => this.catalogue;
  inputs = () => Promise.reject(new Error('There are none.'));
}

function inRoom(view: ClientView): { room: Room; store: PageStore } {
  const room = new Room();
  const store = createPageStore(address, room, emptyShelf, tab);
  store.getState().join();
  room.show(view);
  return { room, store };
}

describe('the page’s store', () => {
  it('goes from the entrance over joining into the room, and back with nothing left of it', () => {
    const room = new Room();
    const store = createPageStore(address, room, emptyShelf, tab);
    const { join, leave, watch, command, setHighlight } = store.getState();
    watch();
    expect(store.getState()).toMatchObject({ place: 'entrance', present: 3, signalling: 'local' });
    join();
    expect(store.getState()).toMatchObject({ place: 'joining', present: null, signalling: 'connected' });
    room.show(lobby);
    expect(store.getState()).toMatchObject({ place: 'room', view: lobby });
    setHighlight(2);
    command({ type: 'start' });
    leave();
    command({ type: 'stop' });
    expect(store.getState()).toMatchObject({ place: 'entrance', view: emptyView, others: [], highlight: null });
    expect(room.listeners.size).toBe(0);
    expect(room.asked).toEqual([
      { room: 'r', secret: null, pair: null, backend: 'wasm', log: ['round'], bookmark: null },
      { type: 'start' },
      'leave',
    ]);
  });

  it('joins where its tab was before it was loaded again, or afresh', async () => {
    const room = new Room();
    const bookmark = keptBookmark(defaultSettings());
    room.kept = bookmark;
    const store = createPageStore(address, room, emptyShelf, tab);
    const { lookBack, goOn, join, leave } = store.getState();
    lookBack();
    await Promise.resolve();
    expect(store.getState().earlier).toBe(room.kept);
    goOn();
    expect(store.getState().earlier).toBeNull();
    leave();
    join();
    expect(room.asked).toMatchObject([{ bookmark }, 'leave', { bookmark: null }]);
  });

  it('brings own data again where its tab had brought them before it was loaded again', async () => {
    const room = new Room();
    room.kept = keptBookmark(ownSettings(pictures));
    const take = vi.fn(() => Promise.resolve(rows));
    const kept = { classes: new Map([['as', 'a']]), columns: new Map() };
    const accepted = { keep: () => undefined, kept: () => kept };
    const store = createPageStore(address, room, { ...emptyShelf, take }, { ...tab, accepted });
    store.getState().lookBack();
    await Promise.resolve();
    store.getState().goOn();
    await new Promise((resolve) => setTimeout(resolve));
    expect(take.mock.calls).toEqual([[pictures, kept]]);
    expect(room.asked).toMatchObject([{ bookmark: room.kept }, rows]);
    room.show({ ...lobby, settings: ownSettings(pictures), status: { kind: 'running' } });
    expect(store.getState()).toMatchObject({ place: 'room', bringing: { kind: 'brought' } });
  });

  it('keeps the others and the graph the same objects while only bytes move, and not when somebody comes', () => {
    const { room, store } = inRoom(lobby);
    const before = store.getState();
    expect(before.others).toEqual([
      { id: 'peer1', number: 1 },
      { id: 'peer2', number: 2 },
    ]);
    room.show({ ...lobby, peers: [peer(1, 500), peer(2)], graph: edges() });
    const moved = store.getState();
    expect(moved.view.peers[0]?.sent['weights']).toBe(500);
    expect(moved.others).toBe(before.others);
    expect(moved.view.graph).toBe(before.view.graph);
    room.show({ ...lobby, peers: [peer(1), peer(2), peer(3)], graph: [...edges(), { a: 'me', b: 'peer3' }] });
    expect(store.getState().others).toHaveLength(3);
    expect(store.getState().view.graph).toHaveLength(2);
  });

  it('puts the settings of the next run away when it starts', () => {
    const { room, store } = inRoom({ ...lobby, status: { kind: 'finished', why: 'reached' } });
    store.getState().setEditing(true);
    room.show({ ...lobby, status: { kind: 'finished', why: 'reached' }, notice: 'Client 2 has left.' });
    expect(store.getState().editing).toBe(true);
    room.show({ ...lobby, status: { kind: 'running' } });
    expect(store.getState().editing).toBe(false);
  });

  it('has the datasets of the server, or why there are none', async () => {
    const room = new Room();
    const entries = [{ name: 'mine', kind: 'table', width: 3, height: 1, classes: 2, trainSamples: 9, testSamples: 1 }] as const;
    room.catalogue = Promise.resolve(entries);
    const store = createPageStore(address, room, emptyShelf, tab);
    store.getState().join();
    await room.catalogue;
    expect(store.getState().datasets).toEqual({ entries, problem: null });
    store.getState().leave();
    room.catalogue = Promise.reject(new Error('The server is away; try again.'));
    store.getState().join();
    await room.catalogue.catch(() => undefined);
    expect(store.getState().datasets).toEqual({ entries: null, problem: 'The server is away; try again.' });
  });

  it('opens a new room that learns from own data, and compares when its run is over', async () => {
    const task = pictures;
    const shelf = { ...emptyShelf, define: () => Promise.resolve(task), take: () => Promise.resolve(rows) };
    const room = new Room();
    const shown: string[] = [];
    const store = createPageStore(address, room, shelf, { ...tab, show: (href) => shown.push(href) });
    store.getState().openRoom([]);
    await new Promise((resolve) => setTimeout(resolve));
    const { secret } = store.getState().address;
    expect(shown).toEqual([`http://localhost/?closed=own-data&own=#${secret}`]);
    expect(room.asked).toMatchObject([{ room: 'own-data', secret }]);
    room.show(lobby);
    const settings = ownSettings(task);
    expect(room.asked.slice(1)).toEqual([rows, { type: 'configure', settings }]);
    expect(store.getState().place).toBe('joining');
    room.show({ ...lobby, settings: structuredClone(settings) });
    expect(store.getState()).toMatchObject({ place: 'room', bringing: { kind: 'brought' } });
    expect(store.getState().task).toBe(task);

    const own: OwnRound[] = [
      { round: 0, score: { accuracy: 1, loss: 0 }, phases: {}, work: {}, solver: null, bytesSent: 0, neighbours: [], missed: [] },
    ];
    const over: ClientView = { ...lobby, settings, run: 'r', own, status: { kind: 'finished', why: 'reached' } };
    room.show(over);
    expect(room.asked).toHaveLength(3);
    const { score } = own[0]!;
    const summaries = [{ round: 0, averaged: score, confusion: [], mean: score, clients: [], bytesSent: 0, seconds: 1 }];
    room.show({ ...over, summaries });
    room.show({ ...over, summaries });
    expect(room.asked.slice(3)).toEqual([{ type: 'compare' }]);
  });
});
