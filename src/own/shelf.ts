/** The page's end of a person's own data: what is kept, a worker that reads more while there is more, and nothing else. */

import type { FromReader, GivenFile, KeptData, OwnForm, ToReader } from './ownData.ts';
import { OwnStore } from './ownStore.ts';

async function withStore<T>(use: (store: OwnStore) => Promise<T>): Promise<T> {
  const store = await OwnStore.open();
  try {
    return await use(store);
  } finally {
    store.close();
  }
}

/** Own data in this browser. */
export const browserShelf = {
  async kept(): Promise<KeptData | null> {
    return withStore(async (store) => (await store.kept()) ?? null);
  },

  forget: (): Promise<void> => withStore((store) => store.clear()),

  /**
   * Reads files, or the table that is kept in another way.
   * @param tell hears of it until it is read, refused or asks.
   * @returns how to end it before that: what has been kept stays.
   */
  read(files: readonly GivenFile[], form: OwnForm, tell: (message: FromReader) => void): () => void {
    const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
    worker.onmessage = ({ data }: MessageEvent<FromReader>) => {
      if (data.type !== 'progress') worker.terminate();
      tell(data);
    };
    worker.onerror = ({ message }) => {
      worker.terminate();
      tell({
        type: 'refused',
        refusal: { message: `The reader stopped (${message}); reload the page, and give the files again.`, saying: null, titles: [] },
      });
    };
    const request: ToReader = { type: 'read', files, form };
    worker.postMessage(request);
    return () => worker.terminate();
  },
};
