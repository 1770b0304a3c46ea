/** A federation on all cores: its clients in threads, the network between them here. */

import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { BackendWish } from '../backend/backend.ts';
import type { LearnedModel } from '../client/learned.ts';
import { takenBy } from '../client/snapshot.ts';
import type { ClientView } from '../client/view.ts';
import type { LogTopic } from '../log/log.ts';
import type { Settings } from '../settings/settings.ts';
import type { OwnRows } from '../task/ownRows.ts';
import { InProcessNetwork } from '../transport/inProcess.ts';
import { movedBuffers, serveTransport } from '../transport/remote.ts';
import type { Checkpoint } from './checkpoint.ts';
import { Conductor, isDone } from './conductor.ts';
import type { FromThread, ToThread } from './threadMessages.ts';

export interface ThreadedRun {
  readonly settings: Settings;
  readonly clients: number;
  /** The data of each one's own, by number, where the settings have a task. */
  readonly own?: readonly OwnRows[];
  readonly backend: BackendWish;
  /** The weights of models that the run may go on from, by their digests. */
  readonly models?: ReadonlyMap<string, Float32Array>;
  /** What the clients tell stderr of; nothing by default. */
  readonly log?: readonly LogTopic[];
  readonly onProgress?: (view: ClientView) => void;
  readonly stop?: AbortSignal;
  /** Where what the clients know is kept on the way, and found again after an interruption. */
  readonly checkpoint?: Checkpoint;
}

export interface ThreadedResult {
  /** The clients' last views, by number. */
  readonly views: readonly ClientView[];
  /** Of client 0, which evaluates: the average of all. */
  readonly model: LearnedModel | null;
}

/** Node's workers do not inherit the loader for TypeScript, so the first thing in them is to register it. */
function startThread(): Worker {
  const loader = JSON.stringify(import.meta.resolve('tsx/esm/api'));
  const entry = JSON.stringify(new URL('./thread.ts', import.meta.url).href);
  const code = `import { register } from ${loader}; register(); await import(${entry});`;
  return new Worker(new URL(`data:text/javascript,${encodeURIComponent(code)}`));
}

/**
 * Runs a federation on all cores of this machine: the clients live in worker threads, dealt out in turn; the network between them
 * in this one. A round's result does not depend on the order of events, so neither does it on the number of threads.
 * @throws the first failure of any client, saying which.
 */
export async function runInThreads({
  settings,
  clients,
  own = [],
  backend,
  models = new Map(),
  log = [],
  onProgress,
  stop,
  checkpoint,
}: ThreadedRun): Promise<ThreadedResult> {
  const before = (await checkpoint?.load()) ?? [];
  const network = new InProcessNetwork();
  const transports = Array.from({ length: clients }, () => network.join());
  const threads = Array.from({ length: Math.min(availableParallelism(), clients) }, startThread);
  const threadOf = (client: number) => threads[client % threads.length]!;
  const post = (thread: Worker, message: ToThread, moved: ArrayBuffer[] = []) => thread.postMessage(message, moved);
  const asked: ((taken: ReadonlyMap<number, Uint8Array>) => void)[] = [];
  const snapshotsOf = (thread: Worker) =>
    new Promise<ReadonlyMap<number, Uint8Array>>((resolve) => {
      asked[threads.indexOf(thread)] = resolve;
      post(thread, { type: 'snapshot' });
    });
  const conductor = new Conductor({
    clients,
    isDone,
    onProgress,
    stop,
    checkpoints: checkpoint && {
      round: before[0]?.round ?? 0,
      intervalMs: checkpoint.intervalMs,
      hold: (round) => threads.forEach((thread) => post(thread, { type: 'hold', round })),
      async save() {
        const taken = (await Promise.all(threads.map(snapshotsOf))).flatMap((snapshots) => [...snapshots]);
        await checkpoint.save(taken.sort(([a], [b]) => a - b).map(([, snapshot]) => snapshot));
      },
    },
    command: (client, command) => post(threadOf(client), { type: 'command', client, command }),
  });
  const snapshots = new Map(before.map((snapshot, k) => [transports[k]!.self.id, snapshot]));
  const serve = transports.map((transport, client) =>
    serveTransport(transport, (reply) => post(threadOf(client), { type: 'reply', client, reply }, movedBuffers(reply))),
  );
  const failure = new Promise<never>((_, reject) => {
    for (const thread of threads) thread.on('error', reject);
  });
  const closed = threads.map((thread) => new Promise((resolve) => thread.on('exit', resolve)));
  let give: (model: LearnedModel | null) => void = () => undefined;
  const modelOfEvaluator = () =>
    new Promise<LearnedModel | null>((resolve) => {
      give = resolve;
      post(threadOf(0), { type: 'model', client: 0 });
    });
  threads.forEach((thread, t) => {
    thread.on('message', (message: FromThread) => {
      if (message.type === 'view') conductor.update(message.client, message.changes);
      else if (message.type === 'call') serve[message.client]?.(message.call);
      else if (message.type === 'snapshots') asked[t]?.(message.snapshots);
      else if (message.type === 'model') give(message.model);
    });
    const members = transports.map(({ self }) => self).filter(({ number }) => number % threads.length === t);
    const resumptions = members.flatMap(({ id, number }) => {
      const snapshot = before[number];
      return snapshot ? [{ snapshot, taken: takenBy(id, snapshots) }] : [];
    });
    post(thread, {
      type: 'start',
      members,
      settings,
      own: members.flatMap(({ number }) => own[number] ?? []),
      backend,
      models,
      log,
      resumptions,
    });
  });
  try {
    const views = await Promise.race([conductor.run(), failure]);
    const model = await Promise.race([modelOfEvaluator(), failure]);
    await checkpoint?.remove();
    return { views, model };
  } finally {
    for (const thread of threads) post(thread, { type: 'close' });
    await Promise.all(closed);
    for (const transport of transports) transport.close();
  }
}
