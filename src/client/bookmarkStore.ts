/** The bookmarks of this browser's tabs, in its IndexedDB: of each tab the latest, for a day at most. */

import { openDB, type DBSchema, type IDBPDatabase } from 'idb';
import * as v from 'valibot';
import { bookmarkSchema, type Bookmark, type BookmarkKeeper } from './bookmark.ts';

/** Bookmarks of another version are dropped. */
const VERSION = 1;
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
const keptSchema = v.object({ room: v.string(), at: v.number(), bookmark: v.unknown() });
type Kept = v.InferOutput<typeof keptSchema>;

interface Schema extends DBSchema {
  /** By tab. */
  bookmarks: { key: string; value: Kept };
}

async function open(): Promise<IDBPDatabase<Schema>> {
  const database = await openDB<Schema>('sparkmesh-bookmarks', VERSION, {
    upgrade(opened) {
      for (const name of opened.objectStoreNames) opened.deleteObjectStore(name);
      opened.createObjectStore('bookmarks');
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
    const transaction = database.transaction('bookmarks', 'readwrite');
    let found: Kept | null = null;
    for (let cursor = await transaction.store.openCursor(); cursor; cursor = await cursor.continue()) {
      const kept = v.safeParse(keptSchema, cursor.value);
      if (!kept.success || Date.now() - kept.output.at > MAX_AGE_MS) await cursor.delete();
      else if (cursor.key === tab && kept.output.room === room) found = kept.output;
    }
    await transaction.done;
    const read = v.safeParse(bookmarkSchema, found?.bookmark);
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

  constructor(private readonly place: BookmarkPlace) {}

  keep(bookmark: Bookmark): void {
    if (this.#isKeeping || performance.now() < this.#notBefore) return;
    this.#isKeeping = true;
    const { tab, room } = this.place;
    this.#enqueue(async (database) => {
      const begun = performance.now();
      const written = database.put('bookmarks', { room, at: Date.now(), bookmark }, tab);
      const copying = performance.now() - begun;
      this.#notBefore = begun + Math.max(MIN_INTERVAL_MS, copying / MAX_LOAD);
      await written;
      this.#isKeeping = false;
    });
  }

  forget(): void {
    this.#enqueue((database) => database.delete('bookmarks', this.place.tab));
  }

  /** Closes the store. @returns a promise that all is done. */
  close(): Promise<void> {
    this.#enqueue((database) => Promise.resolve(database.close()));
    return this.#work;
  }

  #enqueue(work: (database: IDBPDatabase<Schema>) => Promise<void>): void {
    this.#database ??= open();
    const opening = this.#database;
    this.#work = this.#work.then(async () => work(await opening)).catch(() => undefined);
  }
}
