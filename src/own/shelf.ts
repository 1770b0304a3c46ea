/** The page's end of a person's own data: what is kept, a worker that reads more while there is more, and nothing else. */

import type { Task } from '../settings/task.ts';
import type { Accepted } from '../task/fit.ts';
import type { OwnRows } from '../task/ownRows.ts';
import type { Answer, FromReader, GivenFile, KeptData, OwnForm, Refusal, ToReader } from './ownData.ts';
import { OwnStore } from './ownStore.ts';

async function withStore<T>(use: (store: OwnStore) => Promise<T>): Promise<T> {
  const store = await OwnStore.open();
  try {
    return await use(store);
  } finally {
    store.close();
  }
}

const lost = (why: string): Refusal => ({
  message: `The reader stopped (${why}); reload the page, and give the files again.`,
  saying: null,
  titles: [],
});

/** How long the page hands files to a reader before it does something else, ms: browsers look at each on the disk then. */
const HANDING_MS = 16;
const HANDFUL = 8;

interface Reader {
  readonly post: (message: ToReader) => void;
  readonly end: () => void;
}

/** Starts a worker. @param tell hears all that it says, the last of which ends it. */
function startReader<Message extends { readonly type: string }>(
  tell: (message: Message | { readonly type: 'refused'; readonly refusal: Refusal }) => void,
): Reader {
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
  worker.onmessage = ({ data }: MessageEvent<Message>) => {
    if (data.type !== 'progress') worker.terminate();
    tell(data);
  };
  worker.onerror = ({ message }) => {
    worker.terminate();
    tell({ type: 'refused', refusal: lost(message) });
  };
  return { post: (message) => worker.postMessage(message), end: () => worker.terminate() };
}

/** @returns the answer that is no refusal. @throws with a refusal's sentence. */
async function answerTo(request: Extract<ToReader, { type: 'define' | 'take' }>): Promise<Exclude<Answer, { type: 'refused' }>> {
  const answer = await new Promise<Answer>((resolve) => startReader<Answer>(resolve).post(request));
  if (answer.type === 'refused') throw new OwnDataError(answer.refusal.message);
  return answer;
}

/** What keeps own data from a room; the message says in one sentence what to do. */
class OwnDataError extends Error {
  override readonly name = 'OwnDataError';
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
    const reader = startReader(tell);
    let timer: ReturnType<typeof setTimeout> | undefined;
    const hand = (from: number) => {
      const since = performance.now();
      let next = from;
      for (; next < files.length && performance.now() - since < HANDING_MS; next += HANDFUL) {
        reader.post({ type: 'files', files: files.slice(next, next + HANDFUL) });
      }
      if (next < files.length) timer = setTimeout(() => hand(next));
      else reader.post({ type: 'read', form });
    };
    hand(0);
    return () => {
      clearTimeout(timer);
      reader.end();
    };
  },

  /**
   * The task that what is kept makes.
   * @param others names of classes that only others have.
   * @throws with a sentence for people where it makes none.
   */
  async define(others: readonly string[]): Promise<Task> {
    const answer = await answerTo({ type: 'define', others });
    if (answer.type !== 'task') throw new Error('A reader that was asked for a task has answered with rows.');
    return answer.task;
  },

  /** The rows of what is kept, as a task understands them. @throws with a sentence for people where they do not fit. */
  async take(task: Task, accepted: Accepted): Promise<OwnRows> {
    const answer = await answerTo({ type: 'take', task, accepted });
    if (answer.type !== 'rows') throw new Error('A reader that was asked for rows has answered with a task.');
    return answer.rows;
  },
};
