/** A named property that must hold whatever goes wrong, and what was measured of it. */
export interface Invariant {
  readonly name: string;
  readonly measured: string;
  readonly holds: boolean;
}

export const atMost = (name: string, value: number, bound: number, unit: string): Invariant => ({
  name,
  measured: `${value.toFixed(unit === 's' ? 1 : 0)} ${unit} (at most ${bound})`,
  holds: value <= bound,
});

export const atLeast = (name: string, value: number, bound: number, unit: string): Invariant => ({
  name,
  measured: `${value.toFixed(0)} ${unit} (at least ${bound})`,
  holds: value >= bound,
});

/** @param errors what was thrown, or rejected, and nobody caught. */
export const noneUncaught = (errors: readonly unknown[]): Invariant => ({
  name: 'no uncaught error',
  measured: errors.length === 0 ? 'none' : String(errors[0]),
  holds: errors.length === 0,
});
