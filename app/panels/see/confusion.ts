/** What a confusion matrix says, class by class. */

/** Samples of one class, and what a model names them. */
export interface ClassRow {
  readonly name: string;
  readonly samples: number;
  /** The fraction that is named rightly; null of no samples. */
  readonly right: number | null;
  /** Samples by the class that the model names. */
  readonly named: readonly number[];
}

/** One class taken for another, and how often. */
export interface MixUp {
  readonly is: string;
  readonly named: string;
  readonly count: number;
}

const nameAt = (names: readonly string[], c: number) => names[c] ?? `class ${c}`;

/** @param confusion C x C, row-major: the samples of each class by the class that the model names. */
export function classRows(confusion: readonly number[], names: readonly string[]): ClassRow[] {
  const classes = Math.sqrt(confusion.length);
  return Array.from({ length: classes }, (_, c) => {
    const named = confusion.slice(c * classes, (c + 1) * classes);
    const samples = named.reduce((sum, count) => sum + count, 0);
    return { name: nameAt(names, c), samples, right: samples === 0 ? null : named[c]! / samples, named };
  });
}

/** The fraction of all samples that is named rightly; null of no samples. */
export function accuracyOf(confusion: readonly number[]): number | null {
  const total = confusion.reduce((sum, count) => sum + count, 0);
  const right = confusion.filter((_, i) => i % (Math.sqrt(confusion.length) + 1) === 0).reduce((sum, count) => sum + count, 0);
  return total === 0 ? null : right / total;
}

/** The classes that are taken for others, most often first. */
export function mixUps(confusion: readonly number[], names: readonly string[]): MixUp[] {
  const classes = Math.sqrt(confusion.length);
  return confusion
    .map((count, i) => ({ is: Math.floor(i / classes), named: i % classes, count }))
    .filter(({ is, named, count }) => is !== named && count > 0)
    .sort((a, b) => b.count - a.count)
    .map(({ is, named, count }) => ({ is: nameAt(names, is), named: nameAt(names, named), count }));
}
