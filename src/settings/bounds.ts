import * as v from 'valibot';

/** Bytes of the largest message: what one from a peer can make its receiver allocate. */
export const MAX_FRAME_BYTES = 256 * 1024 * 1024;

/** Bytes of the largest Jacobian that a client may give its neighbours, projected or not, as float32: they keep it for a round. */
export const MAX_JACOBIAN_BYTES = 64 * 1024 * 1024;

/** Bounded numbers of the settings' schemas. */

export const count = (min: number, max: number) => v.pipe(v.number(), v.integer(), v.minValue(min), v.maxValue(max));
export const range = (min: number, max: number) => v.pipe(v.number(), v.finite(), v.minValue(min), v.maxValue(max));
