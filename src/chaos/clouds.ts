/** Data that cost nothing to have: Gaussian clouds, each client with mostly two of the classes. */

import type { ProblemSource, Samples } from '../client/problem.ts';
import { randomStream } from '../math/random.ts';
import { initialWeights } from '../model/model.ts';
import { graphOf } from '../topology/graph.ts';

const [WIDTH, CLASSES] = [8, 6];
const TEST_SAMPLES = 600;

function draw(
  stream: string | number,
  count: number,
  classOf: (random: { integer(n: number): number; uniform(): number }) => number,
): Samples {
  const random = randomStream(11, 'clouds', stream);
  const labels = Uint8Array.from({ length: count }, () => classOf(random));
  const centre = (label: number, i: number) => (i === label ? 1.5 : i === (label + 3) % WIDTH ? 1 : 0);
  const rows = Float32Array.from(
    { length: count * WIDTH },
    (_, i) => centre(labels[Math.floor(i / WIDTH)]!, i % WIDTH) + 0.55 * random.normal(),
  );
  return { rows, labels };
}

/** What ails one of the clients: its first score is no number; its first steps lead to none; its data never come. */
export interface Trouble {
  readonly client: number;
  readonly kind: 'no score' | 'diverges' | 'never ready';
}

export function cloudSource(trouble: Trouble | null = null): ProblemSource {
  return {
    problem: ({ hidden, samples, seed, testSamples }, number) => {
      const ailment = trouble?.client === number ? trouble.kind : null;
      if (ailment === 'never ready') return new Promise(() => undefined);
      const model = { layers: [WIDTH, ...hidden, CLASSES] };
      const test = draw('test', Math.min(testSamples, TEST_SAMPLES), (random) => random.integer(CLASSES));
      const own = draw(number, samples, (random) =>
        random.uniform() < 0.8 ? (2 * number + random.integer(2)) % CLASSES : random.integer(CLASSES),
      );
      return Promise.resolve({
        model,
        own: ailment === 'diverges' ? { ...own, rows: own.rows.map((value) => 1e30 * value) } : own,
        test: ailment === 'no score' ? { ...test, rows: test.rows.map(() => NaN) } : test,
        initialWeights: initialWeights(model, seed),
        startsAlike: true,
        view: null,
        digest: '',
        share: null,
      });
    },
    graph: ({ topology, seed }, clients, round) => graphOf(topology, clients, seed, round),
  };
}
