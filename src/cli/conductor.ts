import type { ClientCommand, ClientView } from '../client/view.ts';

/** Takes a federation of this machine's own clients from its start to its end by watching their views. */

export interface Conducted {
  readonly clients: number;
  readonly command: (client: number, command: ClientCommand) => void;
  readonly isDone: (view: ClientView) => boolean;
  /** Told of client 0's view as it changes. */
  readonly onProgress?: ((view: ClientView) => void) | undefined;
  readonly stop?: AbortSignal | undefined;
}

export class Conductor {
  readonly #views = new Map<number, ClientView>();
  #look: () => void = () => undefined;

  constructor(private readonly conducted: Conducted) {}

  update(client: number, view: ClientView): void {
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
    const { clients, command, isDone } = this.conducted;
    await this.#everyone(({ status, peers }) => status.kind === 'lobby' && peers.length === clients - 1);
    command(0, { type: 'start' });
    await this.#everyone(isDone);
    return [...this.#views].sort(([a], [b]) => a - b).map(([, view]) => view);
  }

  #everyone(condition: (view: ClientView) => boolean): Promise<void> {
    const { clients, stop } = this.conducted;
    return new Promise((resolve, reject) => {
      this.#look = () => {
        if (stop?.aborted) return reject(new Error('Stopped before the end; nothing was written.'));
        for (const [k, { status }] of this.#views) {
          if (status.kind === 'failed') return reject(new Error(`Client ${k} failed: ${status.message}`));
        }
        if (this.#views.size === clients && [...this.#views.values()].every(condition)) resolve();
      };
      this.#look();
    });
  }
}

export function hasReached({ status }: ClientView): boolean {
  return status.kind === 'finished' && status.why === 'reached';
}

/** The target is reached and every round's summary is in. */
export function isDone(view: ClientView): boolean {
  return hasReached(view) && view.summaries.length >= view.settings.rounds;
}
