/** The page's one store: where this tab is, what its client shows, what the panels share, and all that people can do. */

import { createStore, type StoreApi } from 'zustand/vanilla';
import type { BackendWish } from '../src/backend/backend.ts';
import type { Bookmark } from '../src/client/bookmark.ts';
import type { Examination } from '../src/client/examination.ts';
import type { LearnedModel } from '../src/client/learned.ts';
import { emptyView, type ClientCommand, type ClientView, type PeerView } from '../src/client/view.ts';
import type { CatalogueEntry } from '../src/data/catalogue.ts';
import type { PackedInputs } from '../src/data/httpSource.ts';
import type { Presence } from '../src/transport/transport.ts';
import { ownSettings } from '../src/settings/settings.ts';
import type { Task } from '../src/settings/task.ts';
import { nothingAccepted } from '../src/task/fit.ts';
import type { OwnRows } from '../src/task/ownRows.ts';
import type { Pairing } from '../src/transport/pair.ts';
import { ownRoom, type Address } from './address.ts';
import type { AcceptedKeeper } from '../src/own/accepted.ts';
import type { Drawing } from './drawing.ts';
import { createDoorSlice, type DoorSlice } from './doorSlice.ts';
import { createBringSlice, nothingBrought, type BringSlice, type RoomShelf } from './bringSlice.ts';
import { createOwnSlice, type OwnShelf, type OwnSlice } from './ownSlice.ts';
import { keptRuns, withLost, type KeptRun } from './runs.ts';
import type { Session, SessionFactory, SignallingStatus } from './session.ts';
import { reasonOf } from './reasonOf.ts';

/** What there is to learn from. */
export interface Datasets {
  /** Null while it is not known. */
  readonly entries: readonly CatalogueEntry[] | null;
  /** Why it will not be known, in one sentence. */
  readonly problem: string | null;
}

type Edge = ClientView['graph'][number];

interface PageState {
  /** `entrance` until Join and after Leave, `joining` until this client is in the room; `own` where a person's own data is, `model` where a saved model is. */
  readonly place: 'entrance' | 'own' | 'model' | 'joining' | 'room';
  /** Clients in the room, seen from the entrance; null when unknown. */
  readonly present: number | null;
  /** Where this tab was in the room's run before it was loaded again; null where it was in none. */
  readonly earlier: Bookmark | null;
  readonly signalling: SignallingStatus;
  /** Without a meeting point, how far this device and the other are; null in a room. */
  readonly pairing: Pairing | null;
  /** What this client shows; parts that have not changed are the same objects as before. */
  readonly view: ClientView;
  /** What the room learns from everyone's own data, the same object until it is another; null where it learns from a dataset. */
  readonly task: Task | null;
  /** Who else is in the room: the same list until somebody comes or goes, whatever else the view tells of them. */
  readonly others: readonly Presence[];
  readonly datasets: Datasets;
  /** The number of the client that graph, table and curves emphasise. */
  readonly highlight: number | null;
  /** Whether the settings of the next run are in sight after one is over. */
  readonly editing: boolean;
  /** Runs that have ended in this tab; leaving the room keeps them. */
  readonly runs: readonly KeptRun[];
  /** Digests of the saved models that this tab has for the room to go on from. */
  readonly adopted: readonly string[];
}

interface PageActions {
  /** Counts who is in the room; returns how to stop that. */
  readonly watch: () => () => void;
  readonly join: () => void;
  /** Joins where this tab was before it was loaded again. */
  readonly goOn: () => void;
  /** Looks where that was. */
  readonly lookBack: () => void;
  /** Goes to a person's own data or to a saved model, or back to the entrance. */
  readonly setPlace: (place: 'entrance' | 'own' | 'model') => void;
  readonly leave: () => void;
  readonly command: (command: ClientCommand) => void;
  /** Takes the answer of the other device, where there is no meeting point. @returns why not, in one sentence; null when it is taken. */
  readonly answer: (code: string) => Promise<string | null>;
  /** The federation's model where this client knows it, else its own; null where there is none. */
  readonly model: () => Promise<LearnedModel | null>;
  /** What those models make of the samples that are scored on here. */
  readonly examine: () => Promise<readonly Examination[]>;
  /** Has a model ready that the room's settings name by this digest. */
  readonly adopt: (digest: string, weights: Float32Array) => void;
  /** What a dataset of the page's server gives a model. Rejects with a sentence for people. */
  readonly inputs: (dataset: string) => Promise<PackedInputs>;
  readonly setHighlight: (client: number | null) => void;
  readonly setEditing: (editing: boolean) => void;
  /** Loads this tab again with another backend. */
  readonly loadWith: (backend: BackendWish) => void;
}

export interface Page extends PageState, PageActions, OwnSlice, BringSlice, DoorSlice {
  readonly address: Address;
}

export type PageStore = StoreApi<Page>;

const outside: Omit<PageState, 'runs'> = {
  place: 'entrance',
  present: null,
  earlier: null,
  signalling: 'connecting',
  pairing: null,
  view: emptyView,
  task: null,
  others: [],
  datasets: { entries: null, problem: null },
  highlight: null,
  editing: false,
  adopted: [],
};

/** The list before, if it has the same items: what is made of it need not be made again. */
function steady<T>(before: readonly T[], now: readonly T[], same: (a: T, b: T) => boolean): readonly T[] {
  return before.length === now.length && now.every((item, k) => same(item, before[k]!)) ? before : now;
}

/** The peers now, each the object before if nothing about it has changed: it need not be drawn again. */
function steadyPeers(before: readonly PeerView[], now: readonly PeerView[]): readonly PeerView[] {
  if (before === now) return now;
  const known = new Map(before.map((peer) => [peer.id, peer]));
  return now.map((peer) => {
    const then = known.get(peer.id);
    return then && JSON.stringify(then) === JSON.stringify(peer) ? then : peer;
  });
}

const sameClient = (a: Presence, b: Presence) => a.id === b.id && a.number === b.number;
const sameEdge = (one: Edge, other: Edge) => one.a === other.a && one.b === other.b;

/** The task of new settings: the object that it was, or that this tab has brought data for, where it is the same. */
function steadyTask({ settings }: ClientView, { view, task, bringing }: Page): Task | null {
  if (settings === view.settings || !settings.task) return settings === view.settings ? task : null;
  const text = JSON.stringify(settings.task);
  const known = [task, bringing.kind === 'brought' ? bringing.task : null];
  return known.find((one) => one && JSON.stringify(one) === text) ?? settings.task;
}

/** Whether people would act on what is no more, were the new view not shown at once. */
function isUrgent(now: ClientView | null, { settings, status, run }: ClientView): boolean {
  return now !== null && (now.settings !== settings || now.status.kind !== status.kind || now.run !== run);
}

/** A new view as the state has it, after the one before. */
function shown(given: ClientView, page: Page): Pick<PageState, 'place' | 'view' | 'task' | 'others' | 'editing' | 'runs'> {
  const { view: before, others, editing, runs } = page;
  const view = withLost(given, before);
  return {
    place: 'room',
    task: steadyTask(view, page),
    view: { ...view, graph: steady(before.graph, view.graph, sameEdge), peers: steadyPeers(before.peers, view.peers) },
    others: steady(
      others,
      view.peers.map(({ id, number }) => ({ id, number })),
      sameClient,
    ),
    editing: editing && view.status.kind !== 'running',
    runs: keptRuns(runs, view),
  };
}

/** Whether what this client would have reached alone can be asked for: the run is over, and all that there will be of it is here. */
function isComparable({ settings, status, own, summaries, alone }: ClientView): boolean {
  if (!settings.task || alone || status.kind !== 'finished' || own.length === 0) return false;
  return status.why !== 'reached' || summaries.at(-1)?.round === own.at(-1)?.round;
}

/** What the page needs of its tab. */
export interface Tab {
  /** Draws by calling back when it is told of changes. */
  readonly drawing: (draw: () => void) => Drawing;
  /** Loads this tab again with another backend. */
  readonly loadWith: Page['loadWith'];
  /** Shows another address without loading it. */
  readonly show: (href: string) => void;
  /** Loads another address in place of this one. */
  readonly enter: (href: string) => void;
  /** Keeps what a person has said of how their data fit. */
  readonly accepted: AcceptedKeeper;
}

/** A room as its opener begins it. */
interface Opening {
  readonly task: Task;
  readonly rows: OwnRows;
}

function begin(session: Session, { task, rows }: Opening): void {
  session.bring(rows);
  session.command({ type: 'configure', settings: ownSettings(task) });
}

/** The store of one tab, at the entrance of the room that its address names. */
export function createPageStore(first: Address, sessions: SessionFactory, shelf: OwnShelf & RoomShelf, tab: Tab): PageStore {
  return createStore<Page>((set, get) => {
    let joined: { readonly session: Session; readonly leave: () => void } | null = null;

    /** @param opening what the room is to learn as soon as this client is in it; null to learn what it says. */
    const join = (opening: Opening | null, bookmark: Bookmark | null = null) => {
      const { room, secret, pair, backend, log } = get().address;
      const session = sessions.join({ room, secret, pair, backend, log, bookmark });
      let waiting = opening;
      /** The run that was compared: once each. */
      let compared: string | null = null;
      const show = () => {
        const view = session.getView();
        if (view && waiting) {
          begin(session, waiting);
          waiting = null;
        }
        // An opener's room is one only with its task.
        const isThere = view && (!opening || view.settings.task || view.status.kind === 'failed' || get().place === 'room');
        const before = get().task;
        set({ signalling: session.signalling(), pairing: session.pairing(), ...(isThere && shown(view, get())) });
        const { task } = get();
        if (task !== before) {
          get().readFor(task);
          set({ accepted: nothingAccepted });
        }
        if (view && view.run !== compared && isComparable(view)) {
          compared = view.run;
          session.command({ type: 'compare' });
        }
      };
      const { changed, end } = tab.drawing(show);
      const stop = session.subscribe(() => changed(isUrgent(session.getView(), get().view)));
      joined = {
        session,
        leave: () => {
          stop();
          end();
          session.leave();
        },
      };
      set({ ...outside, ...(opening ? {} : nothingBrought), place: 'joining' });
      changed();
      get().resumeDoor();
      sessions.datasets().then(
        (entries) => set({ datasets: { entries, problem: null } }),
        (error: unknown) => set({ datasets: { entries: null, problem: reasonOf(error) } }),
      );
    };

    return {
      ...outside,
      runs: [],
      ...createOwnSlice(set, get, shelf),
      ...createBringSlice(set, get, shelf, {
        task: () => get().task,
        bring: (rows) => joined?.session.bring(rows),
        teach: (task, rows) => {
          if (joined) return begin(joined.session, { task, rows });
          const address = ownRoom(get().address);
          tab.show(address.href);
          set({ address });
          join({ task, rows });
        },
        keeper: tab.accepted,
      }),
      ...createDoorSlice(set, get, { address: () => get().address, doors: sessions, enter: tab.enter }),
      address: first,
      loadWith: tab.loadWith,
      watch: () => {
        const { room, secret, pair } = get().address;
        // Nobody can be there before two devices are connected.
        if (pair) return () => undefined;
        return sessions.watch(room, secret, (present, signalling) => set({ present, signalling }));
      },
      join: () => join(null),
      goOn: () => {
        const { earlier } = get();
        join(null, earlier);
        const task = earlier?.register.settings.task;
        if (task) get().takePartAgain(task);
      },
      lookBack: () => {
        void sessions.earlier(get().address.room).then((earlier) => {
          if (get().place === 'entrance') set({ earlier });
        });
      },
      setPlace: (place) => set({ ...nothingBrought, place, filming: false, drawing: false }),
      leave: () => {
        joined?.leave();
        joined = null;
        get().leaveDoor();
        get().readFor(null);
        set({ ...outside, ...nothingBrought, filming: false, drawing: false });
      },
      command: (command) => joined?.session.command(command),
      answer: async (code) => {
        try {
          await joined?.session.answer(code);
          return null;
        } catch (error) {
          return reasonOf(error);
        }
      },
      model: async () => (await joined?.session.model()) ?? null,
      examine: async () => (await joined?.session.examine()) ?? [],
      adopt: (digest, weights) => {
        joined?.session.adopt(digest, weights);
        set({ adopted: [...get().adopted, digest] });
      },
      inputs: (dataset) => sessions.inputs(dataset),
      setHighlight: (highlight) => set({ highlight }),
      setEditing: (editing) => set({ editing }),
    };
  });
}
