/** For tests: models of any form that can be saved, and inputs for them. */

import fc from 'fast-check';
import type { TableColumn } from '../data/columns.ts';
import { inputShape, momentsOf, specOf, type ModelCard, type SavedModel, type Task } from '../export/savedModel.ts';
import { randomStream } from '../math/random.ts';
import { initialWeights } from '../model/model.ts';
import { linearise } from './reference.ts';

const about = {
  format: 'sparkmesh-model/1',
  weights: 'averaged',
  rounds: 3,
  participants: 4,
  scores: { accuracy: 0.75, loss: 0.5, samples: 100, on: 'test' },
  settings: { seed: 1 },
  versions: { sparkmesh: '0.1.0' },
} as const satisfies Partial<ModelCard>;

/** A model with weights of the usual size, biases too. */
export function modelFor(task: Task, hidden: readonly number[], convolutions: readonly number[], classes: number, seed = 1): SavedModel {
  const names = Array.from({ length: classes }, (_, c) => `class ${c} <&"é`);
  const card: ModelCard = { ...about, task, classes: names, hidden: [...hidden], convolutions: [...convolutions] };
  const random = randomStream(seed, 'saved model');
  return { card, weights: initialWeights(specOf(card), seed).map((weight) => weight + 0.1 * random.normal()) };
}

const images = fc.record({
  width: fc.integer({ min: 4, max: 13 }),
  height: fc.integer({ min: 4, max: 13 }),
  channels: fc.constantFrom(1 as const, 3 as const),
});
const mean = fc.double({ min: -200, max: 200, noNaN: true });
const std = fc.double({ min: 0.5, max: 100, noNaN: true });

const columns: fc.Arbitrary<TableColumn[]> = fc.array(
  fc.oneof(
    fc.record({ kind: fc.constant('number' as const), name: fc.string(), mean, std, hasEmpty: fc.boolean() }),
    fc.record({
      kind: fc.constant('category' as const),
      name: fc.string(),
      categories: fc.uniqueArray(fc.string({ minLength: 1 }), { minLength: 1, maxLength: 4 }),
      hasEmpty: fc.boolean(),
    }),
  ),
  { minLength: 1, maxLength: 6 },
);

const hidden = fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 3 });
const classes = fc.integer({ min: 2, max: 6 });
const seed = fc.integer({ min: 0, max: 1e6 });

const ofImages = fc
  .record({ image: images, hidden, classes, seed, channels: fc.array(fc.integer({ min: 1, max: 5 }), { maxLength: 2 }) })
  .map(({ image, hidden: sizes, classes: count, seed: drawn, channels }) => {
    const random = randomStream(drawn, 'moments');
    const task: Task = {
      kind: 'images',
      ...image,
      values: 'bytes',
      mean: Array.from({ length: image.channels }, () => 128 + 50 * random.normal()),
      std: Array.from({ length: image.channels }, () => 40 + 40 * random.uniform()),
    };
    // As many blocks as leave something of the image.
    const most = Math.min(image.width, image.height) >= 10 ? 2 : 1;
    return modelFor(task, sizes, channels.slice(0, most), count, drawn);
  });

const ofTables = fc
  .record({ columns, hidden, classes, seed })
  .map(({ columns: forms, hidden: sizes, classes: count, seed: drawn }) =>
    modelFor({ kind: 'table', table: { named: true, columns: forms } }, sizes, [], count, drawn),
  );

/** Networks with and without convolutions, of images and of tables. */
export const savedModels: fc.Arbitrary<SavedModel> = fc.oneof(ofImages, ofTables);

/** `count` inputs as they stand, one after the other: bytes of images, or values about their columns' means. */
export function inputsFor({ card: { task } }: SavedModel, count: number): Float32Array {
  const size = inputShape(task).reduce((product, side) => product * side, 1);
  const random = randomStream(7, 'inputs');
  const moments = momentsOf(task);
  return Float32Array.from({ length: count * size }, (_, i) => {
    if (task.kind === 'images') return random.integer(256);
    const k = i % size;
    return moments.mean[k]! + moments.std[k]! * random.normal();
  });
}

/** The logits of each input, one after the other, in float64 by the written-out network. */
export function expectedLogits({ card, weights }: SavedModel, inputs: Float32Array): number[] {
  const { mean: means, std: stds } = momentsOf(card.task);
  const size = inputShape(card.task).reduce((product, side) => product * side, 1);
  return Array.from({ length: inputs.length / size }, (_, n) => {
    const standard = Array.from(
      inputs.subarray(n * size, (n + 1) * size),
      (value, i) => (value - means[i % means.length]!) / stds[i % stds.length]!,
    );
    return [...linearise(specOf(card), weights, standard).logits];
  }).flat();
}
