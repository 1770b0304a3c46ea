import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { packTest, packTrain } from './pack.ts';
import { histogram } from '../data/samples.ts';

const ROW_BYTES = 2;

/** Rows [class, row], a list a class. */
const rowsByClass = (counts: readonly number[]) =>
  counts.map((count, c) => Uint8Array.from({ length: count * ROW_BYTES }, (_, i) => (i % 2 === 0 ? c : i >> 1)));

const rowsOf = (packed: Uint8Array) => Array.from({ length: packed.length / ROW_BYTES }, (_, i) => [packed[2 * i]!, packed[2 * i + 1]!]);
const sorted = (rows: number[][]) => rows.sort(([a = 0, b = 0], [c = 0, d = 0]) => a - c || b - d);

const classCounts = fc.array(fc.integer({ min: 0, max: 30 }), { minLength: 1, maxLength: 6 });

describe('packTrain', () => {
  test('keeps every row, sorted by class', () => {
    fc.assert(
      fc.property(classCounts, (counts) => {
        const rows = rowsOf(packTrain(rowsByClass(counts), ROW_BYTES));
        const labels = rows.map(([label]) => label!);
        expect(labels).toEqual(counts.flatMap((count, c) => Array<number>(count).fill(c)));
        expect(sorted(rows)).toEqual(counts.flatMap((count, c) => Array.from({ length: count }, (_, row) => [c, row])));
      }),
    );
  });

  test('shuffles within a class, the same way every time', () => {
    const packed = packTrain(rowsByClass([30]), ROW_BYTES);
    expect(rowsOf(packed)).not.toEqual(sorted(rowsOf(packed)));
    expect(packTrain(rowsByClass([30]), ROW_BYTES)).toEqual(packed);
  });
});

describe('packTest', () => {
  test('keeps every row with its label, and every prefix as even as the classes allow', () => {
    fc.assert(
      fc.property(classCounts, (counts) => {
        const { rows, labels } = packTest(rowsByClass(counts), ROW_BYTES);
        expect(rowsOf(rows).map(([label]) => label)).toEqual([...labels]);
        expect(sorted(rowsOf(rows))).toEqual(counts.flatMap((count, c) => Array.from({ length: count }, (_, row) => [c, row])));
        for (let length = 1; length <= labels.length; length++) {
          const seen = histogram(labels.subarray(0, length), counts.length);
          const most = Math.max(...seen);
          expect(seen.every((n, c) => n >= Math.min(counts[c]!, most - 1))).toBe(true);
        }
      }),
    );
  });
});
