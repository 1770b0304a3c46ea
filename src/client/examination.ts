/** What a model makes of the samples that this client scores on, for the person at this client: rows of it go to nobody else. */

import type { ModelSpec } from '../model/model.ts';
import { evaluate, type WrongAnswer } from '../ntk/evaluation.ts';
import type { LearnedModel } from './learned.ts';
import type { Samples } from './problem.ts';

/** A sample that the model named wrongly. */
export interface Mistake extends Omit<WrongAnswer, 'row'> {
  /** The sample as the model sees it, standardised. */
  readonly values: Float32Array;
}

export interface Examination extends Omit<LearnedModel, 'weights'> {
  /** C x C, row-major: the samples of each class by the class that the model names. */
  readonly confusion: readonly number[];
  /** The wrong answers that the model was surest of, surest first. */
  readonly mistakes: readonly Mistake[];
}

/** As many as a person looks at. */
const MOST_MISTAKES = 24;

/** @throws {DeviceError} when the GPU has failed. */
export async function examine(spec: ModelSpec, { weights, ...learned }: LearnedModel, samples: Samples): Promise<Examination> {
  const wrong: WrongAnswer[] = [];
  const { confusion } = await evaluate(spec, weights, samples, (answer) => wrong.push(answer));
  const width = samples.rows.length / samples.labels.length;
  const mistakes = wrong
    .sort((a, b) => b.probability - a.probability)
    .slice(0, MOST_MISTAKES)
    .map(({ row, ...answer }) => ({ ...answer, values: samples.rows.slice(row * width, (row + 1) * width) }));
  return { ...learned, confusion, mistakes };
}
