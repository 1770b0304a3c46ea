/// <reference lib="webworker" />
/** The worker that reads a person's own files, and takes rows of them to a room; to cancel is to end it, and what it has kept stays. */

import { DatasetError } from '../data/dataset.ts';
import { TaskError } from '../task/taskError.ts';
import type { Answer, FromReader, GivenFile, Refusal, ToReader } from './ownData.ts';
import { OwnStore } from './ownStore.ts';
import { readOwn, RefusedError } from './readOwn.ts';
import { takenRows, taskOf } from './roomRows.ts';

const post = (message: FromReader | Answer) => self.postMessage(message);

function refusalOf(error: unknown): Refusal {
  if (error instanceof RefusedError) return error.refusal;
  const other = { saying: null, titles: [] };
  if (error instanceof DatasetError || error instanceof TaskError) return { message: error.message, ...other };
  if (error instanceof DOMException && error.name === 'QuotaExceededError') {
    return { message: 'This browser has no room left for them; free some, choose a smaller size, or give fewer.', ...other };
  }
  console.error(error);
  return { message: `Reading failed (${String(error)}); give the files again, or others.`, ...other };
}

const given: GivenFile[] = [];

async function answerTo(request: Exclude<ToReader, { type: 'files' }>, store: OwnStore): Promise<FromReader | Answer> {
  switch (request.type) {
    case 'read':
      return readOwn(given, request.form, store, post);
    case 'define':
      return { type: 'task', task: await taskOf(store, request.others) };
    case 'take':
      return { type: 'rows', rows: await takenRows(store, request.task, request.accepted) };
  }
}

self.onmessage = async ({ data }: MessageEvent<ToReader>) => {
  if (data.type === 'files') {
    given.push(...data.files);
    return;
  }
  const store = await OwnStore.open();
  try {
    post(await answerTo(data, store));
  } catch (error) {
    post({ type: 'refused', refusal: refusalOf(error) });
  } finally {
    store.close();
  }
};
