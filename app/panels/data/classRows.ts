/** The classes by name and count: all of a few; of many those with samples, the largest if need be, in their order, and the others together. */

import { formatCount } from '../../format.ts';

export interface ClassRow {
  readonly name: string;
  readonly count: number;
}

/** As many rows as are in sight at once. */
const MOST_ROWS = 12;

export function classRows(counts: readonly number[], names: readonly string[]): ClassRow[] {
  const rows = counts.map((count, k) => ({ name: names[k] ?? `class ${k}`, count, k }));
  if (rows.length <= MOST_ROWS) return rows.map(({ name, count }) => ({ name, count }));
  const ranked = [...rows].sort((a, b) => b.count - a.count || a.k - b.k);
  const shown = ranked.slice(0, MOST_ROWS - 1).filter(({ count }) => count > 0);
  const others = ranked.slice(shown.length);
  return [
    ...shown.sort((a, b) => a.k - b.k).map(({ name, count }) => ({ name, count })),
    { name: formatCount(others.length, 'other class'), count: others.reduce((sum, { count }) => sum + count, 0) },
  ];
}
