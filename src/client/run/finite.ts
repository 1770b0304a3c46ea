/** Numbers that are no numbers any more: they stop where they arise, before a neighbour gets them. */

/** Signals a client whose training has diverged; its message says what to do. */
export class DivergenceError extends Error {
  override readonly name = 'DivergenceError';

  constructor(what: string) {
    super(
      `${what} are not finite any more: training has diverged. In the next run take a smaller step size, a larger ridge or another method.`,
    );
  }
}

export function areFinite(values: Float32Array): boolean {
  // Five times as fast as `every(Number.isFinite)`; NaN fails it too.
  for (let i = 0; i < values.length; i++) if (!(Math.abs(values[i]!) < Infinity)) return false;
  return true;
}

/** @param what the numbers are, e.g. `The weights`. @throws {DivergenceError} when one of them is not finite. */
export function finite(what: string, values: Float32Array): Float32Array {
  if (!areFinite(values)) throw new DivergenceError(what);
  return values;
}
