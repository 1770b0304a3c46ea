/** A federation in this process on a network with faults, and what of it can be measured. */

import { selectBackend } from '../backend/backend.ts';
import { Client } from '../client/client.ts';
import type { ClientView } from '../client/view.ts';
import { defaultSettings, type Settings } from '../settings/settings.ts';
import { InProcessNetwork } from '../transport/inProcess.ts';
import { cloudSource, type Trouble } from './clouds.ts';
import { VirtualClock } from './virtualClock.ts';
import { Weather, type Faults } from './weather.ts';

export interface TrialOptions {
  readonly clients: number;
  readonly seed: number;
  readonly faults?: Faults;
  readonly settings?: Partial<Settings>;
  readonly trouble?: Trouble;
}

const base: Settings = { ...defaultSettings(), hidden: [12], samples: 20, testSamples: 30, sketchSize: 4, rounds: 100_000 };

export class Trial {
  readonly clock = new VirtualClock();
  readonly clients: Client[] = [];
  /** When each client's rounds ended, ms. */
  readonly ends: number[][] = [];
  /** The rounds in which each client mixed weights that had come late. */
  readonly late: number[] = [];
  /** What has rejected and nobody has caught. */
  readonly uncaught: unknown[] = [];
  readonly #weather: Weather;
  readonly #network: InProcessNetwork;
  readonly #catch = (error: unknown) => this.uncaught.push(error);

  constructor(private readonly options: TrialOptions) {
    this.#weather = new Weather(this.clock, options.faults ?? {}, options.seed);
    this.#network = new InProcessNetwork(this.#weather.deliver, this.clock.after);
    process.on('unhandledRejection', this.#catch);
    for (let k = 0; k < options.clients; k++) this.join();
  }

  join(): Client {
    const { seed, settings, trouble } = this.options;
    const transport = this.#network.join();
    const ends: number[] = [];
    this.ends.push(ends);
    const k = this.late.push(0) - 1;
    const client = new Client({
      transport,
      backend: () => selectBackend('cpu'),
      source: cloudSource(trouble),
      settings: { ...base, seed, ...settings },
      clock: this.#weather.clockOf(transport.self.id),
      onView: () => undefined,
      viewIntervalMs: () => 1_000_000,
      gossipWaitMs: 30,
      log: (topic, event) => {
        if (topic === 'round' && event === 'ends') ends.push(this.clock.now());
        if (topic === 'round' && event === 'mixed late') this.late[k]!++;
      },
    });
    this.clients.push(client);
    return client;
  }

  views(): ClientView[] {
    return this.clients.map((client) => client.view());
  }

  /** Whether what is sent may never arrive. */
  get losesFrames(): boolean {
    const { drop = 0, corrupt = 0 } = this.options.faults ?? {};
    return drop + corrupt > 0;
  }

  /** Starts when everyone is ready that ever will be. @returns the time, ms. */
  async start(): Promise<number> {
    const { trouble } = this.options;
    const never = trouble?.kind === 'never ready' ? trouble.client : null;
    const isReady = ({ self, status, peers }: ClientView) =>
      self.number === never ||
      (status.kind === 'lobby' &&
        peers.length === this.clients.length - 1 &&
        peers.every(({ number, readiness }) => number === never || readiness.kind === 'ready'));
    const isThere = await this.clock.run(() => this.views().every(isReady), 60_000);
    if (!isThere) throw new Error('The clients of a trial never got ready.');
    this.clients[0]!.command({ type: 'start' });
    return this.clock.now();
  }

  /** Lets so much time pass, ms. */
  async pass(ms: number): Promise<void> {
    await this.clock.run(() => false, ms);
  }

  /** Rounds a second of a client from one time to another, ms. */
  pace(client: number, from: number, to: number): number {
    return (1000 * this.ends[client]!.filter((end) => end >= from && end < to).length) / (to - from);
  }

  /** The longest that a client went without ending a round, ms. */
  standstill(client: number, from: number, to: number): number {
    const within = [from, ...this.ends[client]!.filter((end) => end > from && end < to), to];
    return Math.max(...within.slice(1).map((end, i) => end - within[i]!));
  }

  async close(): Promise<void> {
    await Promise.all(this.clients.map((client) => client.close()));
    process.off('unhandledRejection', this.#catch);
  }
}
