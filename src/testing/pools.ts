/** Small pools of samples for tests of what a client computes over them. */

import fc from 'fast-check';
import { randomStream } from '../math/random.ts';
import { classCount, initialWeights, isConvolutional, ModelError, parameterCount, type ModelSpec } from '../model/model.ts';
import type { NtkEngine } from '../ntk/engine.ts';
import type { PoolMember } from '../ntk/pool.ts';
import { cnn } from './kernelCases.ts';

/** Up to two convolutions and two hidden layers; what images are too small for is left out. */
export const anyNetwork = fc
  .record({
    image: fc.tuple(fc.integer({ min: 4, max: 11 }), fc.integer({ min: 4, max: 11 }), fc.integer({ min: 1, max: 4 })),
    channels: fc.array(fc.integer({ min: 1, max: 5 }), { maxLength: 2 }),
    hidden: fc.array(fc.integer({ min: 1, max: 6 }), { maxLength: 2 }),
    classes: fc.integer({ min: 2, max: 4 }),
  })
  .map(({ image, channels, hidden, classes }) => cnn(image, channels, hidden, classes))
  .filter((spec) => {
    try {
      return parameterCount(spec) > 0;
    } catch (error) {
      if (error instanceof ModelError) return false;
      throw error;
    }
  });

export interface Holder {
  readonly key: string;
  readonly rows: Float32Array;
  readonly labels: Uint8Array;
}

/** Clients with 3, 4, 5, .. samples each; weights with biases, so that those are tested too. */
export function problem(spec: ModelSpec, clients: number): { weights: Float32Array; holders: Holder[] } {
  const random = randomStream(3, 'problem', ...spec.layers, ...(spec.convolutions?.channels ?? []));
  const holders = Array.from({ length: clients }, (_, k) => ({
    key: `c${k}`,
    rows: Float32Array.from({ length: (3 + k) * spec.layers[0]! }, () => random.normal()),
    labels: Uint8Array.from({ length: 3 + k }, () => random.integer(classCount(spec))),
  }));
  return { weights: initialWeights(spec, 4).map((weight) => weight + 0.1 * random.normal()), holders };
}

/** Each sample's inputs. */
export const samplesOf = (spec: ModelSpec, { rows }: Holder) => {
  const width = spec.layers[0]!;
  return Array.from({ length: rows.length / width }, (_, p) => rows.subarray(p * width, (p + 1) * width));
};

/** Each holder's answer in `linearise`. */
export async function members(engine: NtkEngine, weights: Float32Array, holders: readonly Holder[]): Promise<PoolMember[]> {
  const width = engine.spec.layers[0]!;
  const answers: PoolMember[] = [];
  for (const { key, rows, labels } of holders) {
    const inputs = engine.upload(rows, labels.length, width);
    const own = isConvolutional(engine.spec) || engine.form !== 'layers' ? null : ({ kind: 'exact', rows, width } as const);
    answers.push({ key, inputs: own, features: await engine.features(weights, inputs), teacher: null, labels });
    engine.release(inputs);
  }
  return answers;
}
