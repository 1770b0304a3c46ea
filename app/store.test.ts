import { describe, expect, it } from 'vitest';
import { emptyView, type ClientCommand, type ClientView, type PeerView } from '../src/client/view.ts';
import type { OwnShelf } from './ownSlice.ts';
import type { JoinRequest, Session, SessionFactory } from './session.ts';
import { createPageStore, type PageStore } from './store.ts';

const address = {
  room: 'r',
  secret: null,
  backend: 'wasm',
  log: ['round'],
  logProblem: null,
  secure: true,
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
const emptyShelf: OwnShelf = {
  kept: () => Promise.resolve(null),
  forget: () => Promise.resolve(),
  read: () => () => undefined,
};

/** A room whose one client shows what the test says, and notes what it is asked. */
class Room implements Session, SessionFactory {
  readonly listeners = new Set<() => void>();
  readonly asked: (JoinRequest | ClientCommand | 'leave')[] = [];
  catalogue: ReturnType<SessionFactory['datasets']> = Promise.resolve([]);
  #view: ClientView | null = null;

  show(view: ClientView): void {
    this.#view = view;
    for (const listener of this.listeners) listener();
  }

  getView = () => this.#view;
  signalling = () => 'connected' as const;
  subscribe(listener: () => void) {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }
  command = (command: ClientCommand) => void this.asked.push(command);
  model = () => Promise.resolve(null);
  examine = () => Promise.resolve([]);
  adopt = () => undefined;
  leave = () => void this.asked.push('leave');
  watch(room: string, _secret: string | null, onCount: (present: number | null) => void) {
    onCount(room === address.room ? 3 : null);
    return () => undefined;
  }
  join(request: JoinRequest): Session {
    this.asked.push(request);
    return this;
  }
  datasets = () => this.catalogue;
  inputs = () => Promise.reject(new Error('There are none.'));
}

function inRoom(view: ClientView): { room: Room; store: PageStore } {
  const room = new Room();
  const store = createPageStore(address, room, emptyShelf, () => undefined);
  store.getState().join();
  room.show(view);
  return { room, store };
}

describe('the page’s store', () => {
  it('goes from the entrance over joining into the room, and back with nothing left of it', () => {
    const room = new Room();
    const store = createPageStore(address, room, emptyShelf, () => undefined);
    const { join, leave, watch, command, setHighlight } = store.getState();
    watch();
    expect(store.getState()).toMatchObject({ place: 'entrance', present: 3 });
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
    expect(room.asked).toEqual([{ room: 'r', secret: null, backend: 'wasm', log: ['round'] }, { type: 'start' }, 'leave']);
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
    const store = createPageStore(address, room, emptyShelf, () => undefined);
    store.getState().join();
    await room.catalogue;
    expect(store.getState().datasets).toEqual({ entries, problem: null });
    store.getState().leave();
    room.catalogue = Promise.reject(new Error('The server is away; try again.'));
    store.getState().join();
    await room.catalogue.catch(() => undefined);
    expect(store.getState().datasets).toEqual({ entries: null, problem: 'The server is away; try again.' });
  });
});
