/** The store of bookmarks in a real browser, driven by tests. */

import { findBookmark, StoredBookmarks, type BookmarkPlace } from '../../src/client/bookmarkStore.ts';
import { bookmarkAfter, damaged, plain, type Damage } from './bookmarkCases.ts';

export interface BookmarksPage {
  /** As a tab does it: keeps the bookmarks after these rounds in one breath, or forgets where null stands. */
  keep(place: BookmarkPlace, rounds: readonly (number | null)[]): Promise<void>;
  /** As a tab does it from round to round: each when the one before is kept, with the rounds that it shares with that. */
  keepOn(place: BookmarkPlace, rounds: readonly number[]): Promise<void>;
  find(place: BookmarkPlace): Promise<ReturnType<typeof plain> | null>;
  /** Puts something damaged where a tab has its bookmark. */
  damage(tab: string, damage: Damage): Promise<void>;
  /** Puts something where a tab has a round of its own. */
  damageRound(tab: string, place: number, round: unknown): Promise<void>;
  /** Makes what a tab has kept older, ms. */
  age(tab: string, ms: number): Promise<void>;
  /** The tabs of whom anything is kept. */
  tabs(): Promise<readonly string[]>;
  /** Those of whom rounds are kept, and how many in all lists. */
  rounds(): Promise<Readonly<Record<string, number>>>;
}

declare global {
  interface Window {
    bookmarks: BookmarksPage;
  }
}

/** Without the store's own code. */
async function inStore<T>(work: (store: IDBObjectStore) => IDBRequest<T>, name = 'bookmarks'): Promise<T> {
  const opened = await done(indexedDB.open('sparkmesh-bookmarks'));
  try {
    return await done(work(opened.transaction(name, 'readwrite').objectStore(name)));
  } finally {
    opened.close();
  }
}

function done<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error('The store does not say why.'));
  });
}

window.bookmarks = {
  keep(place, rounds) {
    const store = new StoredBookmarks(place);
    for (const round of rounds) {
      if (round === null) store.forget();
      else store.keep(bookmarkAfter(round));
    }
    return store.close();
  },
  async keepOn(place, rounds) {
    const store = new StoredBookmarks(place);
    const { own, summaries } = bookmarkAfter(Math.max(...rounds));
    for (const round of rounds) {
      store.keep({ ...bookmarkAfter(round), own: own.slice(0, round), summaries: summaries.slice(0, round) });
      await new Promise((resolve) => setTimeout(resolve, 600));
    }
    await store.close();
  },
  async find(place) {
    const found = await findBookmark(place);
    return found && plain(found);
  },
  damage: async (tab, damage) => void (await inStore((store) => store.put(damaged[damage](), tab))),
  damageRound: async (tab, place, round) => void (await inStore((store) => store.put(round, [tab, 'own', place]), 'rounds')),
  async age(tab, ms) {
    const kept = await inStore<{ readonly at: number }>((store) => store.get(tab));
    await inStore((store) => store.put({ ...kept, at: kept.at - ms }, tab));
  },
  tabs: async () => (await inStore((store) => store.getAllKeys())).map(String),
  async rounds() {
    const counts: Record<string, number> = {};
    for (const key of await inStore((store) => store.getAllKeys(), 'rounds')) {
      const tab = Array.isArray(key) ? String(key[0]) : '';
      counts[tab] = (counts[tab] ?? 0) + 1;
    }
    return counts;
  },
};
