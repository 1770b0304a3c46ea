/** The bookmarks of this browser's tabs, in its IndexedDB: of each tab the latest, for a day at most. */

import { openDB, type DBSchema, type IDBPDatabase, type IDBPObjectStore } from 'idb';
import * as v from 'valibot';
import { bookmarkSchema, type Bookmark, type BookmarkKeeper } from './bookmark.ts';

/** Bookmarks of another version are dropped. */
const VERSION = 2;
/** By then no run goes on, ms. */
const MAX_AGE_MS = 24 * 3600_000;
/** Copying them takes at most this part of the client's time, so that no round is slowed; writing is the browser's. */
const MAX_LOAD = 0.02;
/** The least time between two, ms. */
const MIN_INTERVAL_MS = 500;

/** Whose a bookmark is. */
export interface BookmarkPlace {
  /** Names the tab, over its reloads. */
  readonly tab: string;
  readonly room: string;
}

/** `at` is in ms since 1970. Another version of the page, or anything else of this origin, may have written it. */
const keptSchema = v.object({ room: v.string(), at: v.number(), bookmark: v.looseObject({}) });
type Kept = v.InferOutput<typeof keptSchema>;

/** What of a bookmark grows with the rounds is kept apart, so that keeping it costs no more as a run goes on. */
const lists = ['own', 'summaries'] as const;
type Lists = Pick<Bookmark, (typeof lists)[number]>;

interface Schema extends DBSchema {
  /** By tab, without their lists. */
  bookmarks: { key: string; value: Kept };
  /** The lists' items, by tab, list and place. */
  rounds: { key: [tab: string, list: string, place: number]; value: unknown };
}

type Rounds = IDBPObjectStore<Schema, ('bookmarks' | 'rounds')[], 'rounds', 'readwrite'>;

/** All rounds of a tab, or those of one of its lists, or these from a place on. */
const roundsOf = (...of: readonly IDBValidKey[]) => IDBKeyRange.bound([...of], [...of.slice(0, 2), []]);

async function open(): Promise<IDBPDatabase<Schema>> {
  const database = await openDB<Schema>('sparkmesh-bookmarks', VERSION, {
    upgrade(opened) {
      for (const name of opened.objectStoreNames) opened.deleteObjectStore(name);
      opened.createObjectStore('bookmarks');
      opened.createObjectStore('rounds');
    },
    // Another tab has a later version of the page.
    blocking: () => database.close(),
  });
  return database;
}

/** Where the tab was in the room; null where nothing of use is kept. Forgets what is too old or says no time, of all tabs. */
export async function findBookmark({ tab, room }: BookmarkPlace): Promise<Bookmark | null> {
  const database = await open();
  try {
    const transaction = database.transaction(['bookmarks', 'rounds'], 'readwrite');
    const rounds = transaction.objectStore('rounds');
    let found: Kept | null = null;
    for (let cursor = await transaction.objectStore('bookmarks').openCursor(); cursor; cursor = await cursor.continue()) {
      const kept = v.safeParse(keptSchema, cursor.value);
      if (!kept.success || Date.now() - kept.output.at > MAX_AGE_MS) {
        await cursor.delete();
        await rounds.delete(roundsOf(cursor.key));
      } else if (cursor.key === tab && kept.output.room === room) found = kept.output;
    }
    const [own, summaries] = await Promise.all(lists.map((list) => rounds.getAll(roundsOf(tab, list))));
    await transaction.done;
    const read = v.safeParse(bookmarkSchema, { ...found?.bookmark, own, summaries });
    return read.success ? read.output : null;
  } finally {
    database.close();
  }
}

/** Keeps a tab's bookmarks, as often as costs next to nothing; a browser that keeps nothing is let be. */
export class StoredBookmarks implements BookmarkKeeper {
  #database: Promise<IDBPDatabase<Schema>> | null = null;
  /** What is being done, one after another; never rejects. */
  #work: Promise<void> = Promise.resolve();
  /** Whether one is on its way; for good, where the browser does not keep it. */
  #isKeeping = false;
  /** Before then nothing is kept, ms of `performance.now`. */
  #notBefore = 0;
  /** What the store has of the lists; null while it may have those of an earlier page. */
  #stored: Lists | null;

  /** @param found what the place has, where this client goes on from it: its rounds are not written again. */
  constructor(
    private readonly place: BookmarkPlace,
    found: Lists | null = null,
  ) {
    this.#stored = found;
  }

  keep(bookmark: Bookmark): void {
    if (this.#isKeeping || performance.now() < this.#notBefore) return;
    this.#isKeeping = true;
    const { tab, room } = this.place;
    this.#enqueue(async (database) => {
      const begun = performance.now();
      const transaction = database.transaction(['bookmarks', 'rounds'], 'readwrite');
      const { own, summaries, ...rest } = bookmark;
      const writing = [
        transaction.objectStore('bookmarks').put({ room, at: Date.now(), bookmark: rest }, tab),
        ...this.#store({ own, summaries }, transaction.objectStore('rounds')),
      ];
      const copying = performance.now() - begun;
      this.#notBefore = begun + Math.max(MIN_INTERVAL_MS, copying / MAX_LOAD);
      await Promise.all([...writing, transaction.done]);
      this.#isKeeping = false;
    });
  }

  forget(): void {
    const { tab } = this.place;
    this.#enqueue(async (database) => {
      const transaction = database.transaction(['bookmarks', 'rounds'], 'readwrite');
      const bookmarks = transaction.objectStore('bookmarks');
      const rounds = transaction.objectStore('rounds');
      await Promise.all([bookmarks.delete(tab), rounds.delete(roundsOf(tab)), transaction.done]);
      this.#stored = null;
    });
  }

  /** Closes the store. @returns a promise that all is done. */
  close(): Promise<void> {
    this.#enqueue((database) => Promise.resolve(database.close()));
    return this.#work;
  }

  /** Writes what is new in the lists. */
  #store(now: Lists, rounds: Rounds): Promise<unknown>[] {
    const { tab } = this.place;
    const writing: Promise<unknown>[] = this.#stored ? [] : [rounds.delete(roundsOf(tab))];
    for (const list of lists) {
      const stored = this.#stored?.[list] ?? [];
      now[list].forEach((item, place) => {
        if (item !== stored[place]) writing.push(rounds.put(item, [tab, list, place]));
      });
      if (stored.length > now[list].length) writing.push(rounds.delete(roundsOf(tab, list, now[list].length)));
    }
    this.#stored = now;
    return writing;
  }

  #enqueue(work: (database: IDBPDatabase<Schema>) => Promise<void>): void {
    this.#database ??= open();
    const opening = this.#database;
    this.#work = this.#work.then(async () => work(await opening)).catch(() => undefined);
  }
}
