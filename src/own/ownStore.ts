/** Own data in this browser alone, in its IndexedDB: images as rows of their form, a table or IDX files as the files that they are. */

import { openDB, type DBSchema, type IDBPDatabase } from 'idb';
import type { LeftOut } from '../data/formats/reading.ts';
import type { GivenFile, KeptData } from './ownData.ts';

/** Data of another version is dropped: it was of a format that nobody reads any more. */
const VERSION = 1;

/** What became of a file that was given. */
export type FileOutcome =
  | { readonly kind: 'image'; readonly label: string }
  | { readonly kind: 'left out'; readonly what: LeftOut['what']; readonly why: string };

/** A file that has been looked at; the same one is not read again. */
export interface SeenFile {
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  /** Of its last change, ms since 1970. */
  readonly modified: number;
  readonly outcome: FileOutcome;
}

/** A seen file, and of an image its row. */
export interface SeenRow {
  readonly seen: SeenFile;
  readonly values: Uint8Array | null;
}

export interface Own extends KeptData {
  /** Of a table and of IDX files: what their rows are read from. */
  readonly sources: readonly GivenFile[];
}

interface Schema extends DBSchema {
  about: { key: 'own'; value: Own };
  files: { key: string; value: SeenFile };
  /** By path. */
  rows: { key: string; value: Uint8Array };
}

export class OwnStore {
  private constructor(private readonly database: IDBPDatabase<Schema>) {}

  static async open(): Promise<OwnStore> {
    const database = await openDB<Schema>('sparkmesh-own', VERSION, {
      upgrade(opened) {
        for (const name of opened.objectStoreNames) opened.deleteObjectStore(name);
        opened.createObjectStore('about');
        opened.createObjectStore('files', { keyPath: 'path' });
        opened.createObjectStore('rows');
      },
      // Another tab has a later version of the page.
      blocking: () => database.close(),
    });
    return new OwnStore(database);
  }

  kept(): Promise<Own | undefined> {
    return this.database.get('about', 'own');
  }

  files(): Promise<SeenFile[]> {
    return this.database.getAll('files');
  }

  row(path: string): Promise<Uint8Array | undefined> {
    return this.database.get('rows', path);
  }

  /** All images, in the order of their paths. */
  async images(): Promise<{ readonly label: string; readonly values: Uint8Array }[]> {
    const transaction = this.database.transaction(['files', 'rows']);
    const [files, paths, rows] = await Promise.all([
      transaction.objectStore('files').getAll(),
      transaction.objectStore('rows').getAllKeys(),
      transaction.objectStore('rows').getAll(),
    ]);
    const valuesOf = new Map(paths.map((path, i) => [path, rows[i]]));
    return files.flatMap(({ path, outcome }) => {
      const values = valuesOf.get(path);
      return outcome.kind === 'image' && values ? [{ label: outcome.label, values }] : [];
    });
  }

  /** Forgets all of it. */
  async clear(): Promise<void> {
    const transaction = this.database.transaction(['about', 'files', 'rows'], 'readwrite');
    await Promise.all([...(['about', 'files', 'rows'] as const).map((name) => transaction.objectStore(name).clear()), transaction.done]);
  }

  /** Keeps more rows of images, and what is known of all of them, or neither. */
  async addImages(rows: readonly SeenRow[], about: KeptData): Promise<void> {
    const transaction = this.database.transaction(['about', 'files', 'rows'], 'readwrite');
    const [files, values] = [transaction.objectStore('files'), transaction.objectStore('rows')];
    await Promise.all([
      ...rows.map(({ seen }) => files.put(seen)),
      ...rows.map((row) => (row.values ? values.put(row.values, row.seen.path) : values.delete(row.seen.path))),
      transaction.objectStore('about').put({ ...about, sources: [] }, 'own'),
      transaction.done,
    ]);
  }

  /** Keeps a table or IDX files in place of what was there. */
  async replace(about: KeptData, sources: readonly GivenFile[]): Promise<void> {
    await this.clear();
    await this.database.put('about', { ...about, sources }, 'own');
  }

  close(): void {
    this.database.close();
  }
}
