/** A person's names of classes and columns on those of a task: case and blanks aside, near misses offered. */

import { nameKey } from '../settings/task.ts';

/** Names in the order of classes: by number where all are numbers, else by code units. */
export function inOrder(names: readonly string[]): string[] {
  const isNumeric = names.every((name) => Number.isFinite(Number(name)));
  return [...names].sort(isNumeric ? (a, b) => Number(a) - Number(b) : (a, b) => (a < b ? -1 : 1));
}

/** Each name once, in its first spelling. */
export function distinctNames(names: Iterable<string>): string[] {
  const byKey = new Map<string, string>();
  for (const name of names) if (!byKey.has(nameKey(name))) byKey.set(nameKey(name), name);
  return [...byKey.values()];
}

/** The place of a name among others; -1 where it is none of them. */
export function placeOf(name: string, names: readonly string[]): number {
  const key = nameKey(name);
  return names.findIndex((other) => nameKey(other) === key);
}

/** Insertions, deletions and substitutions that make one text of the other (Levenshtein 1966). */
function editDistance(a: string, b: string): number {
  let before = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      row.push(Math.min(row[j - 1]! + 1, before[j]! + 1, before[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)));
    }
    before = row;
  }
  return before[b.length]!;
}

/** The name that was probably meant: a third of its characters differ, at most. @returns null where none is near. */
export function nearest(name: string, names: readonly string[]): string | null {
  const key = nameKey(name);
  let best: string | null = null;
  let least = Infinity;
  for (const other of names) {
    const distance = editDistance(key, nameKey(other));
    if (distance < least && 3 * distance <= Math.max(key.length, nameKey(other).length)) [best, least] = [other, distance];
  }
  return best;
}

/** Names in quotes, the first few of them. */
export function listed(names: readonly string[], most = 8): string {
  const shown = names.slice(0, most).map((name) => `"${name.slice(0, 40)}"`);
  return shown.join(', ') + (names.length > most ? ` and ${names.length - most} more` : '');
}

/** Names as a sentence has them: cats, dogs and foxes; of many the first few. */
export function inWords(names: readonly string[], most = 8): string {
  if (names.length > most) return `${names.slice(0, most).join(', ')} and ${names.length - most} more`;
  return names.length > 1 ? `${names.slice(0, -1).join(', ')} and ${names.at(-1)}` : names.join();
}
