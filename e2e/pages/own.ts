/** A person's own data in a real browser: the reader's worker and the store, driven by tests. */

import { chosenFiles } from '../../src/own/dropped.ts';
import { defaultForm, type FromReader, type KeptData, type OwnForm } from '../../src/own/ownData.ts';
import { OwnStore } from '../../src/own/ownStore.ts';
import { browserShelf } from '../../src/own/shelf.ts';

export interface OwnPage {
  /** Reads what is in the page's inputs; resolves with the last message, and notes how many came before. */
  read(form?: Partial<OwnForm>): Promise<FromReader>;
  /** Reads, and ends it once so many images have been read. */
  readUntil(images: number): Promise<void>;
  readonly messages: number;
  kept(): Promise<KeptData | null>;
  forget(): Promise<void>;
  /** The rows of images that are kept. */
  rows(): Promise<{ readonly path: string; readonly label: string; readonly values: readonly number[] }[]>;
}

declare global {
  interface Window {
    own: OwnPage;
  }
}

const given = () => [...document.querySelectorAll('input')].flatMap(({ files }) => (files ? chosenFiles(files) : []));

let messages = 0;

function start(form: Partial<OwnForm>, tell: (message: FromReader) => void): () => void {
  messages = 0;
  return browserShelf.read(given(), { ...defaultForm, ...form }, (message) => {
    messages++;
    tell(message);
  });
}

window.own = {
  read: (form = {}) =>
    new Promise((resolve) => {
      start(form, (message) => {
        if (message.type !== 'progress') resolve(message);
      });
    }),
  readUntil: (images) =>
    new Promise((resolve) => {
      const cancel = start({}, (message) => {
        if (message.type === 'progress' && message.progress.done < images) return;
        cancel();
        resolve();
      });
    }),
  get messages() {
    return messages;
  },
  kept: browserShelf.kept,
  forget: browserShelf.forget,
  async rows() {
    const store = await OwnStore.open();
    const files = await store.files();
    const rows = await Promise.all(
      files.map(async ({ path, outcome }) => {
        const values = await store.row(path);
        return outcome.kind === 'image' && values ? [{ path, label: outcome.label, values: [...values] }] : [];
      }),
    );
    store.close();
    return rows.flat();
  },
};
