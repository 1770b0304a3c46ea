/** The page in one state, `?state=`, over a client that does nothing but take notes. */

import type { RunOptions } from 'axe-core';
import { flushSync } from 'react-dom';
import { createRoot } from 'react-dom/client';
import { pairLink, readAddress, type Address } from '../../app/address.ts';
import { App } from '../../app/App.tsx';
import { BadRoom } from '../../app/entrance/BadRoom.tsx';
import type { RoomShelf } from '../../app/bringSlice.ts';
import type { OwnShelf } from '../../app/ownSlice.ts';
import type { Session, SessionFactory } from '../../app/session.ts';
import { acceptedKeeper } from '../../src/own/accepted.ts';
import { createPageStore } from '../../app/store.ts';
import { PageContext } from '../../app/usePage.ts';
import '../../app/ui/tokens.css';
import '../../app/ui/base.css';
import type { BackendWish } from '../../src/backend/backend.ts';
import type { ClientCommand, ClientView } from '../../src/client/view.ts';
import { galleryExaminations, galleryInputs, galleryModel } from './learned.ts';
import { galleryDatasets, galleryStates, loadShare, type GalleryState } from './states.ts';

export interface Gallery {
  readonly states: readonly string[];
  readonly commands: readonly ClientCommand[];
  readonly backends: readonly BackendWish[];
  readonly left: number;
  /** Listeners that the page has on the session or on the count of clients. */
  readonly listeners: number;
  /** Draws the page anew, in another state. */
  show(name: string): void;
  /** Lets bytes move to and from every neighbour. */
  moveBytes(): void;
  /** Ends so many rounds more of a run of thousands, each painted before the next. */
  endRounds(count: number): Promise<void>;
  /** Every rule of axe, or of those that colours decide, that the page breaks, and where. */
  violations(rules: 'all' | 'colours'): Promise<{ readonly rule: string; readonly at: readonly string[] }[]>;
}

declare global {
  interface Window {
    gallery: Gallery;
  }
}

class NotedSession implements Session {
  readonly commands: ClientCommand[] = [];
  readonly listeners = new Set<() => void>();
  readonly adopted: string[] = [];
  left = 0;

  constructor(
    private view: ClientView | null,
    private readonly status: ReturnType<Session['signalling']>,
    private readonly pair: ReturnType<Session['pairing']> = null,
  ) {}

  getView(): ClientView | null {
    return this.view;
  }

  signalling(): ReturnType<Session['signalling']> {
    return this.status;
  }

  pairing(): ReturnType<Session['pairing']> {
    return this.pair;
  }

  answer(): Promise<void> {
    return Promise.reject(new Error('That is no whole answer; copy all of it, or scan it again.'));
  }

  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  command(command: ClientCommand): void {
    this.commands.push(command);
    if (command.type === 'configure') this.change((view) => ({ ...view, settings: command.settings }));
  }

  model(): ReturnType<Session['model']> {
    return Promise.resolve(this.view && galleryModel(this.view));
  }

  examine(): ReturnType<Session['examine']> {
    return Promise.resolve(this.view ? galleryExaminations(this.view) : []);
  }

  adopt(digest: string): void {
    this.adopted.push(digest);
  }

  bring(): void {
    // A client would tell everyone of them, and show them as its own.
  }

  leave(): void {
    this.left++;
  }

  moveBytes(): void {
    const more = (kinds: Readonly<Record<string, number>>) => ({ ...kinds, weights: (kinds['weights'] ?? 0) + 318_044 });
    this.change((view) => ({
      ...view,
      peers: view.peers.map((peer) => (peer.neighbour ? { ...peer, sent: more(peer.sent), received: more(peer.received) } : peer)),
    }));
  }

  endRound(): void {
    this.moveBytes();
    this.change((view) => {
      const { own, summaries, round } = view;
      const again = <T extends object>(list: readonly T[]): T[] => [...list, ...list.slice(-1).map((last) => ({ ...last, round }))];
      const settings = view.settings.rounds < 1000 ? { ...view.settings, rounds: 5000 } : view.settings;
      return { ...view, settings, round: round + 1, own: again(own), summaries: again(summaries) };
    });
  }

  show(view: ClientView | null): void {
    this.change((before) => view ?? before);
  }

  private change(next: (view: ClientView) => ClientView): void {
    if (!this.view) return;
    this.view = next(this.view);
    for (const listener of this.listeners) listener();
  }
}

/** Resolves when what there is has been painted. */
const painted = () => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));

const states = galleryStates(await loadShare());

function stateOf(name: string): GalleryState {
  const found = states[name];
  if (!found) throw new Error(`No state ${name}; choose one of ${Object.keys(states).join(', ')}.`);
  return found;
}

/** What a link to a closed room, or to its door, ends with. */
const SECRET = 'c2VjcmV0LW9mLWEtcm9vbQ';

const found = document.getElementById('root');
if (!found) throw new Error('The gallery has no #root; load gallery.html.');
const root = found;

function hrefOf(shown: GalleryState): string {
  if ('pairing' in shown) return pairLink('https://sparkmesh.example/');
  if (shown.kind === 'bad') return shown.href;
  const kind = shown.kind === 'door' ? 'door' : 'callers' in shown || 'closed' in shown ? 'closed' : null;
  if (kind === null) return location.href;
  const url = new URL(location.href);
  url.searchParams.set(kind, 'main');
  url.hash = SECRET;
  return url.href;
}

/** Presses the button of that name. */
function press(named: string): void {
  [...document.querySelectorAll('button')].find(({ textContent }) => textContent === named)?.click();
}

/** Draws the page in a state. */
function open(state: GalleryState) {
  const session =
    state.kind === 'joined'
      ? new NotedSession(state.before ?? state.view, state.signalling, state.pairing)
      : new NotedSession(null, 'connected');
  const watchers = new Set<Parameters<SessionFactory['watch']>[2]>();
  const backends: BackendWish[] = [];

  const factory: SessionFactory = {
    watch(_room, _secret, onCount) {
      watchers.add(onCount);
      if (state.kind === 'entrance') onCount(state.present, state.signalling ?? 'connected');
      else onCount(5, 'connected');
      return () => watchers.delete(onCount);
    },
    earlier: () => Promise.resolve(state.kind === 'entrance' ? (state.earlier ?? null) : null),
    join: () => session,
    keepsDoor: () => 'callers' in state,
    forgetDoor: () => undefined,
    keepDoor({ onCallers }) {
      let callers = 'callers' in state ? (state.callers ?? []) : [];
      const answer = (id: string) => {
        callers = callers.filter((caller) => caller.id !== id);
        onCallers(callers);
      };
      // It is kept by then.
      setTimeout(() => onCallers(callers));
      return Promise.resolve({ fingerprint: SECRET, admit: answer, turnAway: answer, close: () => undefined });
    },
    knock({ onVisit }) {
      if (state.kind === 'door' && state.visit) onVisit(state.visit);
      return Promise.resolve(() => undefined);
    },
    datasets: () => Promise.resolve(galleryDatasets),
    inputs: (dataset) => Promise.resolve(galleryInputs(dataset)),
  };

  const shelf: OwnShelf & RoomShelf = {
    kept: () => Promise.resolve('kept' in state ? (state.kept ?? null) : null),
    forget: () => Promise.resolve(),
    define: () => new Promise(() => undefined),
    take: () => new Promise(() => undefined),
    read(_files, _form, tell) {
      queueMicrotask(() => {
        if (state.kind === 'own' && state.message) tell(state.message);
      });
      return () => undefined;
    },
  };

  const address = readAddress(hrefOf(state));
  const store = typeof address === 'string' ? null : storeAt(address);

  function storeAt(found: Address) {
    const { secret } = found;
    const open = 'invitation' in state && state.invitation ? state.invitation : 'https://sparkmesh.example/?room=main';
    const invitation = secret === null ? open : `https://sparkmesh.example/?closed=main#${secret}`;
    return createPageStore({ ...found, secure: !('plain' in state), invitation }, factory, shelf, {
      drawing: (draw) => ({ changed: draw, end: () => undefined }),
      loadWith: (backend) => void backends.push(backend),
      show: () => undefined,
      enter: () => undefined,
      accepted: acceptedKeeper(() => sessionStorage),
    });
  }

  const page = store && (
    <PageContext value={store}>
      <App />
    </PageContext>
  );
  const drawn = createRoot(root);
  flushSync(() => drawn.render(typeof address === 'string' ? <BadRoom problem={address} /> : page));
  if (state.kind === 'joined') {
    root.querySelector('button')?.click();
    if (state.before) session.show(state.view);
    const { press: named, brought } = state;
    // The room is there by then.
    if (named !== undefined) setTimeout(() => press(named));
    const task = store?.getState().task;
    if (brought && task) store.setState({ bringing: { kind: 'brought', task } });
  }
  if (state.kind === 'door' && state.visit) store?.getState().knock('Anna');
  if (state.kind === 'model') store?.getState().setPlace('model');
  if (state.kind === 'own' && store) {
    store.getState().setPlace('own');
    const { found } = state;
    // What is kept has been looked at by then.
    if (found !== undefined) {
      setTimeout(() =>
        store.getState().giveFound((tell) => {
          tell(found);
          return new Promise(() => undefined);
        }),
      );
    }
    if (state.message) setTimeout(() => store.getState().give([{ path: 'given', file: new File([], 'given') }]));
  }
  return { drawn, session, backends, watchers };
}

let shown = open(stateOf(new URL(location.href).searchParams.get('state') ?? 'running'));

window.gallery = {
  states: Object.keys(states),
  get commands() {
    return shown.session.commands;
  },
  get backends() {
    return shown.backends;
  },
  get left() {
    return shown.session.left;
  },
  get listeners() {
    return shown.session.listeners.size + shown.watchers.size;
  },
  show(name) {
    flushSync(() => shown.drawn.unmount());
    shown = open(stateOf(name));
  },
  moveBytes: () => shown.session.moveBytes(),
  async endRounds(count) {
    for (let k = 0; k < count; k++) {
      shown.session.endRound();
      await painted();
    }
  },
  async violations(rules) {
    const { default: axe } = await import('axe-core');
    const some: RunOptions = rules === 'colours' ? { runOnly: ['color-contrast', 'link-in-text-block'] } : {};
    const { violations } = await axe.run({ resultTypes: ['violations'], ...some });
    return violations.map(({ id, nodes }) => ({ rule: id, at: nodes.map(({ html }) => html) }));
  },
};
