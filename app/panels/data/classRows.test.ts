import { expect, test } from 'vitest';
import { classRows } from './classRows.ts';
import { isInk } from './ink.ts';

test('a few classes are all there, those without samples too', () => {
  expect(classRows([3, 0], ['cat'])).toEqual([
    { name: 'cat', count: 3 },
    { name: 'class 1', count: 0 },
  ]);
});

test('of many classes the largest are there in their order, and the others together', () => {
  const counts = Array.from({ length: 30 }, (_, k) => (k < 20 ? k : 1));
  const rows = classRows(
    counts,
    counts.map((_, k) => `c${k}`),
  );
  expect(rows).toHaveLength(12);
  expect(rows.slice(0, 11).map(({ name }) => name)).toEqual(Array.from({ length: 11 }, (_, i) => `c${9 + i}`));
  expect(rows.at(-1)).toEqual({ name: '19 other classes', count: 36 + 10 });
});

test('of many classes only those with samples are named', () => {
  expect(classRows([...Array<number>(40).fill(0), 5], [])).toEqual([
    { name: 'class 40', count: 5 },
    { name: '40 other classes', count: 0 },
  ]);
});

test('drawings are told from photographs by their empty paper', () => {
  expect(isInk([Uint8Array.of(0, 9, 0, 9), Uint8Array.of(9, 9, 9, 9)])).toBe(true);
  expect(isInk([Uint8Array.of(0, 9, 9, 9), Uint8Array.of(9, 9, 9, 9)])).toBe(false);
});
