/** A federation in this process, over an in-process transport. */

import { selectBackend, type BackendWish } from '../backend/backend.ts';
import { installDawn } from '../backend/dawnNode.ts';
import { locateWasm } from '../backend/wasmNode.ts';
import { Client } from '../client/client.ts';
import { patientClock } from '../client/clock.ts';
import { usualViewIntervalMs } from '../client/pacer.ts';
import type { Lie } from '../client/participation.ts';
import type { ProblemSource } from '../client/problem.ts';
import type { RoundTrace } from '../client/trace.ts';
import type { Resumption } from '../client/snapshot.ts';
import type { ClientView } from '../client/view.ts';
import type { Log } from '../log/log.ts';
import type { Settings } from '../settings/settings.ts';
import { InProcessNetwork } from '../transport/inProcess.ts';
import type { Transport } from '../transport/transport.ts';
import { Conductor } from './conductor.ts';

/** What the clients of a process may keep together of the products of inputs, bytes. */
const PRODUCT_BUDGET = 128 * 2 ** 20;
/** And of their neighbours' inputs. */
const INPUT_BUDGET = 256 * 2 ** 20;

export interface InProcessRun {
  readonly settings: Settings;
  readonly clients: number;
  readonly backend: BackendWish;
  readonly source: ProblemSource;
  readonly isDone: (view: ClientView) => boolean;
  readonly onTrace?: (client: number, trace: RoundTrace) => void;
  /** What a client sends in place of its messages; null for one that sends what it has to. */
  readonly liesOf?: (client: number) => Lie | null;
  readonly onProgress?: (view: ClientView) => void;
  readonly stop?: AbortSignal;
}

/** What every client of a simulator's thread shares. */
export interface Workplace {
  readonly settings: Settings;
  readonly backend: BackendWish;
  readonly source: ProblemSource;
  readonly onView: (client: number) => (view: ClientView) => void;
  readonly onTrace?: (client: number, trace: RoundTrace) => void;
  readonly liesOf?: InProcessRun['liesOf'];
  /** Where a client tells what it does. */
  readonly log?: (client: number) => Log;
  /** Where clients go on, by number. */
  readonly resumptions?: ReadonlyMap<number, Resumption>;
}

/** The tabs' own clients over other transports: in this process nobody is late, whatever the clock says. */
export function openClients(
  transports: readonly Transport[],
  { settings, backend, source, onView, onTrace, liesOf, log, resumptions }: Workplace,
): Client[] {
  locateWasm();
  const ready = (backend === 'webgpu' ? installDawn() : Promise.resolve()).then(() => selectBackend(backend));
  return transports.map((transport) => {
    const { number } = transport.self;
    const resumption = resumptions?.get(number);
    const lie = liesOf?.(number);
    return new Client({
      transport,
      backend: () => ready,
      source,
      settings,
      clock: patientClock,
      onView: onView(number),
      viewIntervalMs: usualViewIntervalMs,
      gossipWaitMs: 0,
      productBudget: PRODUCT_BUDGET / transports.length,
      inputBudget: INPUT_BUDGET / transports.length,
      ...(log ? { log: log(number) } : {}),
      ...(resumption ? { resumption } : {}),
      ...(lie ? { lie } : {}),
      ...(onTrace ? { trace: (trace: RoundTrace) => onTrace(number, trace) } : {}),
    });
  });
}

/**
 * Runs a federation in this very thread, as small ones are done before others have started.
 * @returns the clients' last views, by number.
 * @throws the first failure of any client.
 */
export async function runInProcess({ clients: count, isDone, onProgress, stop, ...run }: InProcessRun): Promise<ClientView[]> {
  const network = new InProcessNetwork();
  const conductor = new Conductor({ clients: count, isDone, onProgress, stop, command: (k, command) => clients[k]?.command(command) });
  const clients = openClients(
    Array.from({ length: count }, () => network.join()),
    { ...run, onView: (k) => (view) => conductor.update(k, view) },
  );
  try {
    return await conductor.run();
  } finally {
    await Promise.all(clients.map((client) => client.close()));
  }
}
