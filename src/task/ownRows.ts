/** A person's rows as a task understands them: what of them is learned from, what is held out, and what everyone is told of them. */

import { stratifiedSplit } from '../data/split.ts';
import { randomStream } from '../math/random.ts';
import type { Settings } from '../settings/settings.ts';
import type { Task } from '../settings/task.ts';
import { constantCount, momentsOf, scaleOf, standardised, type Moments, type RawValues, type Scale } from './moments.ts';
import { TaskError } from './taskError.ts';

/** The part of each class's rows that only scores are taken on. */
const HELD_OUT = 0.15;

/** Nobody brings fewer rows: a sum over few of them would tell them. */
export const LEAST_ROWS = 10;

/** And none of fewer values of a column is told, for the same reason. */
const LEAST_VALUES = 5;

export interface OwnRows {
  /** Of the task that they were read for. */
  readonly digest: string;
  /** Raw, n x the task's width. */
  readonly values: RawValues;
  /** n class indices. */
  readonly labels: Uint8Array;
}

/** Row numbers. */
export interface Division {
  readonly train: readonly number[];
  readonly heldOut: readonly number[];
}

/** What everyone is told of a client's rows before the first round: counts and sums, never a row. */
export interface Contribution {
  readonly digest: string;
  /** Rows of each class that are learned from, and that are held out. */
  readonly train: readonly number[];
  readonly heldOut: readonly number[];
  /** Of each constant of standardisation, over the rows that are learned from. */
  readonly moments: readonly Moments[];
}

/** Samples as a model sees them. */
interface Samples {
  readonly rows: Float32Array;
  readonly labels: Uint8Array;
}

const NOTHING: Moments = { count: 0, mean: 0, squares: 0 };

/** Holds back what is scored on, of every class its part, and takes at most `samples` of the others, in a fixed random order. */
export function divided(
  { labels }: OwnRows,
  { classNames }: Task,
  { seed, samples, testSamples }: Pick<Settings, 'seed' | 'samples' | 'testSamples'>,
): Division {
  const byClass = classNames.map(() => new Array<number>());
  labels.forEach((label, row) => byClass[label]!.push(row));
  const { train, test } = stratifiedSplit(byClass, HELD_OUT, (c) => randomStream(seed, 'held out', c));
  const drawn = (rows: readonly number[], name: string, most: number) => randomStream(seed, 'own rows', name).shuffle(rows).slice(0, most);
  return { train: drawn(train.flat(), 'train', samples), heldOut: drawn(test.flat(), 'held out', testSamples) };
}

function countOf(rows: readonly number[], labels: Uint8Array, classes: number): number[] {
  const counts = Array<number>(classes).fill(0);
  for (const row of rows) counts[labels[row]!]!++;
  return counts;
}

/** What a client learns from and is scored on, and what everyone is told of it. */
export class OwnShare {
  readonly contribution: Contribution;
  readonly #division: Division;

  /** @throws {TaskError} when there are too few rows. */
  constructor(
    private readonly task: Task,
    private readonly own: OwnRows,
    settings: Pick<Settings, 'seed' | 'samples' | 'testSamples'>,
  ) {
    const { digest, labels, values } = own;
    if (labels.length < LEAST_ROWS) {
      throw new TaskError(
        `There are only ${labels.length} rows of your own; bring ${LEAST_ROWS} or more, so that no sum tells one of them.`,
      );
    }
    const division = divided(own, task, settings);
    if (division.heldOut.length === 0) {
      throw new TaskError(
        'There is no class with two rows of your own, so that none could be held out to score on; bring more of a class.',
      );
    }
    const classes = task.classNames.length;
    this.#division = division;
    this.contribution = {
      digest,
      train: countOf(division.train, labels, classes),
      heldOut: countOf(division.heldOut, labels, classes),
      moments: momentsOf(task, values, division.train).map((moments) => (moments.count < LEAST_VALUES ? NOTHING : moments)),
    };
  }

  /** The rows to learn from, and those that are held out, standardised by these constants: by the own rows' where none are given. */
  standardised(scale: Scale = scaleOf([this.contribution.moments])): { readonly own: Samples; readonly test: Samples } {
    const { values, labels } = this.own;
    const samples = (rows: readonly number[]): Samples => ({
      rows: standardised(this.task, values, rows, scale),
      labels: Uint8Array.from(rows, (row) => labels[row]!),
    });
    return { own: samples(this.#division.train), test: samples(this.#division.heldOut) };
  }
}

/** Whether a contribution is to this task, whoever made it. */
export function fits({ digest, train, heldOut, moments }: Contribution, task: Task, taskDigest: string): boolean {
  const classes = task.classNames.length;
  return digest === taskDigest && train.length === classes && heldOut.length === classes && moments.length === constantCount(task);
}
