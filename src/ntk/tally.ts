/** What a model makes of labelled samples, as counts that add up over whoever has them. */

export interface Tally {
  /** C x C, row-major: samples of each class (row) by the class that the model names (column). */
  readonly confusion: readonly number[];
  /** Summed cross-entropy, nats. */
  readonly loss: number;
}

/** How many samples a tally is of. */
export const countOf = ({ confusion }: Pick<Tally, 'confusion'>): number => confusion.reduce((sum, count) => sum + count, 0);

/** The fraction classified correctly and the mean cross-entropy; zeros of no samples. */
export function scoreOf({ confusion, loss }: Tally): { accuracy: number; loss: number } {
  const total = countOf({ confusion });
  if (total === 0) return { accuracy: 0, loss: 0 };
  const classes = Math.sqrt(confusion.length);
  const right = confusion.reduce((sum, count, i) => (i % (classes + 1) === 0 ? sum + count : sum), 0);
  return { accuracy: right / total, loss: loss / total };
}

/** The tally of all samples together; each is of the same classes. */
export function sumOf([first, ...others]: readonly Tally[]): Tally {
  if (!first) return { confusion: [], loss: 0 };
  return others.reduce(
    (sum, { confusion, loss }) => ({ confusion: sum.confusion.map((count, i) => count + confusion[i]!), loss: sum.loss + loss }),
    first,
  );
}
