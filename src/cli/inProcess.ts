import { selectBackend, type BackendWish } from '../backend/backend.ts';
import { locateWasm } from '../backend/wasmNode.ts';
import { Client } from '../client/client.ts';
import { patientClock } from '../client/clock.ts';
import type { ProblemSource } from '../client/problem.ts';
import type { RoundTrace } from '../client/run.ts';
import type { ClientView } from '../client/view.ts';
import type { Settings } from '../settings/settings.ts';
import { InProcessNetwork } from '../transport/inProcess.ts';

/** How often a client's view is looked at, ms. */
const VIEW_INTERVAL_MS = 100;

export interface InProcessRun {
  readonly settings: Settings;
  readonly clients: number;
  readonly backend: BackendWish;
  readonly source: ProblemSource;
  /** Told of client 0's view as it changes. */
  readonly onProgress?: (view: ClientView) => void;
  readonly onTrace?: (client: number, trace: RoundTrace) => void;
  readonly stop?: AbortSignal;
}

/**
 * Runs a whole federation in this process: the tabs' own client code over an in-process transport, without deadlines.
 * @returns the clients' last views, by number.
 * @throws the first failure of any client, saying which.
 */
export async function runInProcess(run: InProcessRun): Promise<ClientView[]> {
  const { settings, source, onProgress, onTrace, stop } = run;
  locateWasm();
  const backend = selectBackend(run.backend);
  const network = new InProcessNetwork();
  const views = new Map<number, ClientView>();
  let notify: () => void = () => undefined;
  const clients = Array.from({ length: run.clients }, (_, k) => {
    return new Client({
      transport: network.join(),
      backend: () => backend,
      source,
      settings,
      clock: patientClock,
      onView: (view) => {
        views.set(k, view);
        if (k === 0) onProgress?.(view);
        notify();
      },
      viewIntervalMs: VIEW_INTERVAL_MS,
      ...(onTrace ? { trace: (trace: RoundTrace) => onTrace(k, trace) } : {}),
    });
  });

  /** Resolves when every client's view fulfils the condition. */
  const everyone = (condition: (view: ClientView) => boolean) =>
    new Promise<void>((resolve, reject) => {
      notify = () => {
        if (stop?.aborted) return reject(new Error('Stopped before the end; nothing was written.'));
        for (const [k, { status }] of views) {
          if (status.kind === 'failed') return reject(new Error(`Client ${k} failed: ${status.message}`));
        }
        if (views.size === clients.length && [...views.values()].every(condition)) resolve();
      };
      notify();
    });

  try {
    await everyone(({ status, peers }) => status.kind === 'lobby' && peers.length === run.clients - 1);
    clients[0]?.command({ type: 'start' });
    // A traced case has no test set to be scored on.
    await everyone(onTrace ? hasReached : isDone);
    return clients.map((client) => client.view());
  } finally {
    await Promise.all(clients.map((client) => client.close()));
  }
}

export function hasReached({ status }: ClientView): boolean {
  return status.kind === 'finished' && status.why === 'reached';
}

/** The target is reached and every round's summary is in. */
export function isDone(view: ClientView): boolean {
  return hasReached(view) && view.summaries.length >= view.settings.rounds;
}
