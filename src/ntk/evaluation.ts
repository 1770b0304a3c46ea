/** What a model makes of labelled samples: counts of its answers, and where it was wrong. */

import * as tf from '@tensorflow/tfjs';
import { classCount, inputWidth, type ModelSpec } from '../model/model.ts';
import { logitsAt, networkOf } from './network.ts';
import { takeOne } from './readback.ts';
import type { Tally } from './tally.ts';

/** Rows that one forward pass holds at once. */
const BATCH = 2000;

/** A sample that a model names wrongly. */
export interface WrongAnswer {
  readonly row: number;
  readonly label: number;
  /** The class that the model names. */
  readonly named: number;
  /** The probability that it gives that class. */
  readonly probability: number;
}

/** Labelled samples: rows n x width, row-major. */
interface Labelled {
  readonly rows: Float32Array;
  readonly labels: Uint8Array;
}

/**
 * Counts a model's answers. The rows go to the backend in batches: a test set is large, and many clients of one process share it.
 * @param onWrong told of every wrong answer, in the order of the rows.
 * @throws {DeviceError} when the GPU has failed.
 */
export async function evaluate(
  spec: ModelSpec,
  weights: Float32Array,
  { rows, labels }: Labelled,
  onWrong: (answer: WrongAnswer) => void = () => undefined,
): Promise<Tally> {
  const classes = classCount(spec);
  const width = inputWidth(spec);
  const confusion = Array<number>(classes * classes).fill(0);
  let loss = 0;
  for (let start = 0; start < labels.length; start += BATCH) {
    const count = Math.min(BATCH, labels.length - start);
    const logits = await takeOne(
      tf.tidy(() => {
        const batch = tf.tensor2d(rows.subarray(start * width, (start + count) * width), [count, width]);
        return logitsAt(networkOf(spec, weights), batch);
      }),
    );
    // Thousands of rows a round: nothing is made for any of them.
    for (let p = 0; p < count; p++) {
      const label = labels[start + p]!;
      const first = p * classes;
      const own = logits[first + label]!;
      // Of equal logits the label's counts.
      let [named, top] = [label, own];
      for (let c = 0; c < classes; c++) if (logits[first + c]! > top) [named, top] = [c, logits[first + c]!];
      let odds = 0;
      for (let c = 0; c < classes; c++) odds += Math.exp(logits[first + c]! - top);
      confusion[label * classes + named]!++;
      loss += top - own + Math.log(odds);
      if (named !== label) onWrong({ row: start + p, label, named, probability: 1 / odds });
    }
  }
  return { confusion, loss };
}
