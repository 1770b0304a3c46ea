/** A saved model asked of a few inputs. */

import { logitsOf, type PlainModel } from './forward.ts';
import { layersOf, momentsOf, type SavedModel } from './savedModel.ts';

/** What a model makes of one input. */
export interface Answer {
  /** Index of the likeliest class. */
  readonly best: number;
  /** C probabilities. */
  readonly probabilities: readonly number[];
}

/** softmax(f). */
function probabilitiesOf(logits: Float64Array): number[] {
  const top = Math.max(...logits);
  const odds = Array.from(logits, (logit) => Math.exp(logit - top));
  const total = odds.reduce((sum, odd) => sum + odd, 0);
  return odds.map((odd) => odd / total);
}

/** @returns what answers for one input as it stands: bytes of an image, or values of a row. */
export function classifier(model: SavedModel): (input: ArrayLike<number>) => Answer {
  const { task } = model.card;
  const { width, height } = task.kind === 'images' ? task : { width: 1, height: 1 };
  const plain: PlainModel = { width, height, ...momentsOf(task), layers: layersOf(model) };
  return (input) => {
    const probabilities = probabilitiesOf(logitsOf(plain, input));
    return { best: probabilities.indexOf(Math.max(...probabilities)), probabilities };
  };
}
