/** Many pieces of bytes looked for at once. */

/** The fewest bytes that a piece may have. */
const LEAST = 4;

/** How many of these pieces stand anywhere in the parts: each part is gone through once, however many pieces there are. */
export function countFound(parts: readonly Buffer[], pieces: readonly Buffer[]): number {
  const byStart = new Map<number, Buffer[]>();
  /** Whether any piece begins with these two bytes. */
  const begins = new Uint8Array(2 ** 16);
  for (const piece of pieces) {
    if (piece.length < LEAST)
      throw new RangeError(`A piece of ${piece.length} bytes stands everywhere; look for one of ${LEAST} at least.`);
    const start = piece.readUInt32LE();
    byStart.set(start, [...(byStart.get(start) ?? []), piece]);
    begins[piece.readUInt16LE()] = 1;
  }
  const found = new Set<Buffer>();
  for (const part of parts) {
    for (let at = 0; at + LEAST <= part.length; at++) {
      if (begins[part[at]! | (part[at + 1]! << 8)] === 0) continue;
      for (const piece of byStart.get(part.readUInt32LE(at)) ?? []) {
        if (part.subarray(at, at + piece.length).equals(piece)) found.add(piece);
      }
    }
  }
  return found.size;
}
