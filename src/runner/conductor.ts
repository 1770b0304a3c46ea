/** Takes a federation of this machine's own clients from its start to its end by watching their views. */

import type { ClientCommand, ClientView } from '../client/view.ts';
import { changedView, type ViewChanges } from '../client/viewChanges.ts';

export interface Conducted {
  readonly clients: number;
  readonly command: (client: number, command: ClientCommand) => void;
  readonly isDone: (view: ClientView) => boolean;
  /** Told of client 0's view as it changes. */
  readonly onProgress?: ((view: ClientView) => void) | undefined;
  readonly stop?: AbortSignal | undefined;
  readonly checkpoints?: Checkpoints | undefined;
}

/** How a run is made to stand still between two rounds. */
export interface Checkpoints {
  /** The round to begin with. */
  readonly round: number;
  /** About how much time may pass between two of them, ms. */
  readonly intervalMs: number;
  /** Keeps every client from beginning this round; null lets them go. */
  readonly hold: (round: number | null) => void;
  /** Keeps what the clients know now, all of them before the same round. */
  readonly save: () => Promise<void>;
}

export class Conductor {
  readonly #views = new Map<number, ClientView>();
  #look: () => void = () => undefined;
  /** After how many rounds the latest checkpoint was taken. */
  #saved: number | null = null;

  constructor(private readonly conducted: Conducted) {}

  update(client: number, changes: ViewChanges): void {
    const view = changedView(this.#views.get(client) ?? null, changes);
    this.#views.set(client, view);
    if (client === 0) this.conducted.onProgress?.(view);
    this.#look();
  }

  /**
   * Starts the run when everyone is there.
   * @returns the clients' views, by number, when all are done.
   * @throws the first failure of any client, saying which.
   */
  async run(): Promise<ClientView[]> {
    const { clients, command, isDone, checkpoints } = this.conducted;
    await this.#everyone((view) => isReady(view, clients));
    const start = () => command(0, { type: 'start' });
    if (checkpoints) await this.#inStages(checkpoints, start);
    else start();
    await this.#everyone(isDone);
    return [...this.#views].sort(([a], [b]) => a - b).map(([, view]) => view);
  }

  #farewell(): string {
    if (this.#saved === null) return 'Stopped before the end; nothing was written.';
    return `Stopped before the end; the same command goes on after round ${this.#saved}.`;
  }

  /** Everyone stands still after about every interval's rounds, and what they know is saved. */
  async #inStages({ round: first, intervalMs, hold, save }: Checkpoints, start: () => void): Promise<void> {
    const target = this.#views.get(0)?.settings.rounds ?? 0;
    let round = first;
    let ahead = 1;
    let begun = performance.now();
    hold(round + ahead);
    start();
    while (round + ahead < target) {
      const next = round + ahead;
      await this.#everyone((view) => hasSettled(view) || (view.own.length >= next && view.phase === null && view.summaries.length >= next));
      if ([...this.#views.values()].some(hasSettled)) break;
      const elapsed = performance.now() - begun;
      ahead = Math.max(1, Math.round((ahead * intervalMs) / elapsed));
      if (elapsed > intervalMs / 2) {
        await save();
        this.#saved = next;
      }
      begun = performance.now();
      round = next;
      hold(round + ahead);
    }
    hold(null);
  }

  #everyone(condition: (view: ClientView) => boolean): Promise<void> {
    const { clients, stop } = this.conducted;
    return new Promise((resolve, reject) => {
      this.#look = () => {
        if (stop?.aborted) return reject(new Error(this.#farewell()));
        for (const [k, { status }] of this.#views) {
          if (status.kind === 'failed') return reject(new Error(`Client ${k} failed: ${status.message}`));
        }
        if (this.#views.size === clients && [...this.#views.values()].every(condition)) resolve();
      };
      this.#look();
    });
  }
}

/** Everyone is there, in the lobby, known to be ready and, where the room has a task, known by what they hold. */
export function isReady({ status, settings, peers }: ClientView, clients: number): boolean {
  const areReady = peers.length === clients - 1 && peers.every(({ readiness }) => readiness.kind === 'ready');
  const isHere = (status.kind === 'lobby' || status.kind === 'finished') && areReady;
  return isHere && (settings.task === null || peers.every(({ holding }) => holding !== null));
}

export function hasReached({ status }: ClientView): boolean {
  return status.kind === 'finished' && status.why === 'reached';
}

const hasSettled = ({ status }: ClientView) => status.kind === 'finished' && status.why === 'settled';

/** The run has settled, or the target is reached and the last round's summary is in, which comes after all others. */
export function isDone(view: ClientView): boolean {
  return hasSettled(view) || (hasReached(view) && view.summaries.at(-1)?.round === view.settings.rounds - 1);
}
