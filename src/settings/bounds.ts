import * as v from 'valibot';

/** Bytes of the largest message: what one from a peer can make its receiver allocate. */
export const MAX_FRAME_BYTES = 256 * 1024 * 1024;

/** Bounded numbers of the settings' schemas. */

export const count = (min: number, max: number) => v.pipe(v.number(), v.integer(), v.minValue(min), v.maxValue(max));
export const range = (min: number, max: number) => v.pipe(v.number(), v.finite(), v.minValue(min), v.maxValue(max));
