/** The page's one store: where this tab is, what its client shows, what the panels share, and all that people can do. */

import { createStore, type StoreApi } from 'zustand/vanilla';
import type { BackendWish } from '../src/backend/backend.ts';
import type { Examination } from '../src/client/examination.ts';
import type { LearnedModel } from '../src/client/learned.ts';
import { emptyView, type ClientCommand, type ClientView } from '../src/client/view.ts';
import type { CatalogueEntry } from '../src/data/catalogue.ts';
import type { PackedInputs } from '../src/data/httpSource.ts';
import type { Presence } from '../src/transport/transport.ts';
import type { Address } from './address.ts';
import { createOwnSlice, type OwnShelf, type OwnSlice } from './ownSlice.ts';
import { keptRuns, type KeptRun } from './runs.ts';
import type { Session, SessionFactory, SignallingStatus } from './session.ts';

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
  readonly signalling: SignallingStatus;
  /** What this client shows; parts that have not changed are the same objects as before. */
  readonly view: ClientView;
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
  /** Goes to a person's own data or to a saved model, or back to the entrance. */
  readonly setPlace: (place: 'entrance' | 'own' | 'model') => void;
  readonly leave: () => void;
  readonly command: (command: ClientCommand) => void;
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

export interface Page extends PageState, PageActions, OwnSlice {
  readonly address: Address;
}

export type PageStore = StoreApi<Page>;

const outside: Omit<PageState, 'runs'> = {
  place: 'entrance',
  present: null,
  signalling: 'connecting',
  view: emptyView,
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

const sameClient = (a: Presence, b: Presence) => a.id === b.id && a.number === b.number;
const sameEdge = (one: Edge, other: Edge) => one.a === other.a && one.b === other.b;

/** A new view as the state has it, after the one before. */
function shown(
  view: ClientView,
  { view: before, others, editing, runs }: PageState,
): Pick<PageState, 'place' | 'view' | 'others' | 'editing' | 'runs'> {
  return {
    place: 'room',
    view: { ...view, graph: steady(before.graph, view.graph, sameEdge) },
    others: steady(
      others,
      view.peers.map(({ id, number }) => ({ id, number })),
      sameClient,
    ),
    editing: editing && view.status.kind !== 'running',
    runs: keptRuns(runs, view),
  };
}

/** The store of one tab, at the entrance of the room that its address names. */
export function createPageStore(address: Address, sessions: SessionFactory, shelf: OwnShelf, loadWith: Page['loadWith']): PageStore {
  return createStore<Page>((set, get) => {
    let joined: { readonly session: Session; readonly stop: () => void } | null = null;

    const join = () => {
      const { room, secret, backend, log } = address;
      const session = sessions.join({ room, secret, backend, log });
      const show = () => {
        const view = session.getView();
        set({ signalling: session.signalling(), ...(view && shown(view, get())) });
      };
      const stop = session.subscribe(show);
      joined = { session, stop };
      set({ ...outside, place: 'joining' });
      show();
      sessions.datasets().then(
        (entries) => set({ datasets: { entries, problem: null } }),
        (error: unknown) => set({ datasets: { entries: null, problem: error instanceof Error ? error.message : String(error) } }),
      );
    };

    return {
      ...outside,
      runs: [],
      ...createOwnSlice(set, get, shelf),
      address,
      loadWith,
      watch: () => sessions.watch(address.room, address.secret, (present) => set({ present })),
      join,
      setPlace: (place) => set({ place, filming: false, drawing: false }),
      leave: () => {
        joined?.stop();
        joined?.session.leave();
        joined = null;
        set(outside);
      },
      command: (command) => joined?.session.command(command),
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
