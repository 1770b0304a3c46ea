import * as tf from '@tensorflow/tfjs';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { randomStream } from '../math/random.ts';
import { classCount, initialWeights, type ModelSpec } from '../model/model.ts';
import { hostBackends, liveTensors, useBackend } from '../testing/backends.ts';
import { networks } from '../testing/kernelCases.ts';
import * as reference from '../testing/reference.ts';
import { descend, type Descent } from './descent.ts';

const SAMPLES = 7;

function problem(spec: ModelSpec) {
  const random = randomStream(5, 'problem', ...spec.layers);
  return {
    weights: initialWeights(spec, 4).map((weight) => weight + 0.1 * random.normal()),
    rows: Float32Array.from({ length: SAMPLES * spec.layers[0]! }, () => random.normal()),
    labels: Uint8Array.from({ length: SAMPLES }, () => random.integer(classCount(spec))),
  };
}

/** ∇F of the chosen rows, from the explicit Jacobian. */
function gradient(
  spec: ModelSpec,
  weights: ArrayLike<number>,
  { rows, labels }: ReturnType<typeof problem>,
  batch: Int32Array,
): Float64Array {
  const sum = new Float64Array(weights.length);
  const width = spec.layers[0]!;
  for (const p of batch) {
    const { logits, jacobian } = reference.linearise(spec, weights, rows.subarray(p * width, (p + 1) * width));
    const powers = logits.map(Math.exp);
    const total = powers.reduce((a, b) => a + b, 0);
    jacobian.forEach((row, k) => {
      const cotangent = (powers[k]! / total - (labels[p] === k ? 1 : 0)) / batch.length;
      row.forEach((derivative, i) => (sum[i]! += cotangent * derivative));
    });
  }
  return sum;
}

const everyRow = Int32Array.from({ length: SAMPLES }, (_, p) => p);

function expected(spec: ModelSpec, given: ReturnType<typeof problem>, descent: Descent): Float64Array {
  const { weights } = given;
  const current = Float64Array.from(weights);
  const velocity = new Float64Array(weights.length);
  for (const batch of descent.batches) {
    const step = gradient(spec, current, given, batch ?? everyRow);
    step.forEach((slope, i) => {
      velocity[i] = descent.momentum * velocity[i]! + slope;
      current[i]! -= descent.learningRate * velocity[i]!;
    });
  }
  return current.map((weight, i) => weight - weights[i]!);
}

describe.each(hostBackends)('descend on %s', (backend) => {
  beforeAll(() => useBackend(backend));
  let before: ReturnType<typeof liveTensors>;
  beforeEach(() => void (before = liveTensors()));
  afterEach(() => expect(liveTensors(), 'tensors left behind').toEqual(before));

  const descents: [string, Descent][] = [
    ['one full step', { learningRate: 0.3, momentum: 0, batches: [null] }],
    ['plain full steps', { learningRate: 0.2, momentum: 0, batches: [null, null, null] }],
    ['a heavy ball on batches', { learningRate: 0.1, momentum: 0.9, batches: [Int32Array.of(6, 0, 3), Int32Array.of(1, 2), null] }],
  ];

  describe.each(networks)('for %s', (_name, spec) => {
    test.each(descents)('%s: the change is that of the explicit gradient', async (_, descent) => {
      const given = problem(spec);
      const inputs = tf.tensor2d(given.rows, [SAMPLES, spec.layers[0]!]);
      try {
        const change = await descend(spec, given.weights, inputs, given.labels, descent);
        expect(reference.relativeError(change, expected(spec, given, descent))).toBeLessThan(1e-5);
      } finally {
        inputs.dispose();
      }
    });
  });
});
