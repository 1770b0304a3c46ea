/** Bounds of what comes from a person, a file or a peer: bytes, and numbers as schemas check them. */

import * as v from 'valibot';

/** Bytes of the largest Jacobian that a client may give its neighbours, projected or not, as float32: they keep it for a round. */
export const MAX_JACOBIAN_BYTES = 64 * 1024 * 1024;

/** A label is a byte. */
export const MAX_CLASSES = 255;
/** No longer name of a class, a category or a column. */
export const MAX_NAME = 100;
/** No row has more values: 256 x 256 pixels. */
export const MAX_ROW_VALUES = 65_536;

export const count = (min: number, max: number) => v.pipe(v.number(), v.integer(), v.minValue(min), v.maxValue(max));
export const range = (min: number, max: number) => v.pipe(v.number(), v.finite(), v.minValue(min), v.maxValue(max));

/** A number that counts from 0: a round, a version, an index. */
export const whole = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
/** A measure that is never negative: bytes, seconds, a loss. */
export const amount = v.pipe(v.number(), v.finite(), v.minValue(0));
/** A share of a whole, 0 .. 1. */
export const fraction = range(0, 1);
