/** What a round puts on a directed edge at 784-100-10: with one neighbour it is what the round costs its client. */

import { describe, expect, it } from 'vitest';
import { selectBackend } from '../backend/backend.ts';
import { locateWasm } from '../backend/wasmNode.ts';
import { randomStream } from '../math/random.ts';
import { initialWeights } from '../model/model.ts';
import { defaultSettings, type Settings } from '../settings/settings.ts';
import { graphOf } from '../topology/graph.ts';
import { InProcessNetwork } from '../transport/inProcess.ts';
import { Client } from './client.ts';
import { wallClock } from './clock.ts';
import type { ProblemSource } from './problem.ts';
import type { ClientView, OwnRound } from './view.ts';

locateWasm();

const source: ProblemSource = {
  async problem({ samples, hidden, seed }, number) {
    const random = randomStream(seed, 'bytes', number);
    const model = { layers: [784, ...hidden, 10] };
    return {
      model,
      own: {
        rows: Float32Array.from({ length: samples * 784 }, () => random.normal()),
        labels: Uint8Array.from({ length: samples }, () => random.integer(10)),
      },
      test: null,
      initialWeights: initialWeights(model, seed),
      startsAlike: true,
      view: null,
      digest: '',
      share: null,
    };
  },
  graph: ({ topology, seed }, clients, round) => graphOf(topology, clients, seed, round),
};

async function rounds(changes: Partial<Settings>): Promise<readonly OwnRound[]> {
  const backend = await selectBackend('wasm');
  const network = new InProcessNetwork();
  const settings: Settings = { ...defaultSettings(), samples: 200, rounds: 3, deadlineMs: 600_000, ...changes };
  const views: ClientView[] = [];
  let check = () => {};
  const clients = [0, 1].map(
    (k) =>
      new Client({
        transport: network.join(),
        backend: () => Promise.resolve(backend),
        source,
        settings,
        clock: wallClock,
        onView: (view) => {
          views[k] = view;
          check();
        },
        viewIntervalMs: () => 5,
        gossipWaitMs: 0,
      }),
  );
  const until = (condition: (view: ClientView) => boolean) =>
    new Promise<void>((resolve, reject) => {
      check = () => {
        for (const { status } of Object.values(views)) if (status.kind === 'failed') reject(new Error(status.message));
        if (Object.values(views).filter(condition).length === 2) resolve();
      };
      check();
    });
  await until(({ status, peers: [other] }) => status.kind === 'lobby' && other?.readiness.kind === 'ready');
  clients[0]!.command({ type: 'start' });
  await until(({ status }) => status.kind === 'finished');
  await Promise.all(clients.map((client) => client.close()));
  return views[0]!.own;
}

describe('a directed edge at 200 samples', () => {
  it.each([
    { wire: 'f16', most: 0.6e6 },
    { wire: 'q8', most: 0.32e6 },
  ] as const)(
    'carries at most $most bytes a round after the first in $wire, with either exchange of activations',
    async ({ wire, most }) => {
      for (const exchange of ['sketch', 'exact'] as const) {
        const [first, ...later] = await rounds({ wire, exchange });
        for (const { bytesSent, missed } of later) {
          expect(missed).toEqual([]);
          expect(bytesSent).toBeLessThan(most);
          // Weights and the mixed model, the step, activations, residuals: no message is missing from the count.
          expect(bytesSent).toBeGreaterThan((wire === 'f16' ? 2 : 1) * (3 * 79_510 + 200 * 100) + 2 * 200 * 10);
        }
        // Inputs or their sketch go once.
        const once = first!.bytesSent - later[0]!.bytesSent;
        expect(once).toBeGreaterThan(2 * 200 * (exchange === 'exact' ? 784 : 64));
        expect(once).toBeLessThan(2 * 200 * (exchange === 'exact' ? 784 : 64) + 10_000);
      }
    },
  );

  it('would carry 8 MB in float32 with Jacobians projected to 1000 dimensions: a fourth of the samples puts a fourth of that on it', async () => {
    const [, later] = await rounds({ wire: 'f32', exchange: 'projected', projectionSize: 1000, samples: 50, rounds: 2 });
    const others = 4 * (3 * 79_510 + 2 * 50 * 10);
    expect((4 * (later!.bytesSent - others)) / 8e6).toBeCloseTo(1, 2);
  });

  it('would carry 636 MB in float32 with whole Jacobians: a fiftieth of the samples puts a fiftieth of that on it', async () => {
    const [, later] = await rounds({ wire: 'f32', exchange: 'jacobian', samples: 4, rounds: 2 });
    const others = 4 * (2 * 79_510 + 4 * 10);
    expect((50 * (later!.bytesSent - others)) / 636e6).toBeCloseTo(1, 2);
  });
});
