/// <reference lib="webworker" />
/** The worker that reads a person's own files, so that the page stays at hand; to cancel is to end it, and what it has kept stays. */

import { DatasetError } from '../data/dataset.ts';
import type { FromReader, Refusal, ToReader } from './ownData.ts';
import { OwnStore } from './ownStore.ts';
import { readOwn, RefusedError } from './readOwn.ts';

const post = (message: FromReader) => self.postMessage(message);

function refusalOf(error: unknown): Refusal {
  if (error instanceof RefusedError) return error.refusal;
  const other = { saying: null, titles: [] };
  if (error instanceof DatasetError) return { message: error.message, ...other };
  if (error instanceof DOMException && error.name === 'QuotaExceededError') {
    return { message: 'This browser has no room left for them; free some, choose a smaller size, or give fewer.', ...other };
  }
  console.error(error);
  return { message: `Reading failed (${String(error)}); give the files again, or others.`, ...other };
}

self.onmessage = async ({ data: { files, form } }: MessageEvent<ToReader>) => {
  const store = await OwnStore.open();
  try {
    post(await readOwn(files, form, store, post));
  } catch (error) {
    post({ type: 'refused', refusal: refusalOf(error) });
  } finally {
    store.close();
  }
};
