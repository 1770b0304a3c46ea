import { randomStream } from '../math/random.ts';

/** Brings rows into the order of the packed files. The orders are fixed: packing twice gives the same bytes. */

/** The rows of each class, one after the other: class c has `byClass[c].length / rowBytes` rows. */
export type RowsByClass = readonly Uint8Array[];

/** The row numbers of each class in a fixed random order. */
function shuffledRows(byClass: RowsByClass, rowBytes: number, split: string): number[][] {
  return byClass.map((rows, c) =>
    randomStream(0, 'pack', split, c).shuffle(Array.from({ length: rows.length / rowBytes }, (_, row) => row)),
  );
}

function concatenate(byClass: RowsByClass, rowBytes: number, order: readonly { label: number; row: number }[]): Uint8Array {
  const packed = new Uint8Array(order.length * rowBytes);
  order.forEach(({ label, row }, i) => packed.set(byClass[label]!.subarray(row * rowBytes, (row + 1) * rowBytes), i * rowBytes));
  return packed;
}

/** Sorted by class, shuffled within each. */
export function packTrain(byClass: RowsByClass, rowBytes: number): Uint8Array {
  const order = shuffledRows(byClass, rowBytes, 'train').flatMap((rows, label) => rows.map((row) => ({ label, row })));
  return concatenate(byClass, rowBytes, order);
}

/** One row of each class in turn while it has any, so that every prefix is as even as it can be. */
export function packTest(byClass: RowsByClass, rowBytes: number): { pixels: Uint8Array; labels: Uint8Array } {
  const order = shuffledRows(byClass, rowBytes, 'test')
    .flatMap((rows, label) => rows.map((row, turn) => ({ label, row, turn })))
    .sort((a, b) => a.turn - b.turn || a.label - b.label);
  return { pixels: concatenate(byClass, rowBytes, order), labels: Uint8Array.from(order, ({ label }) => label) };
}
