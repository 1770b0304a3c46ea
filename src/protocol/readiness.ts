/** What a client tells everyone of itself: whether it can take part in a run, and if it has failed, why. */

import * as v from 'valibot';
import { whole } from '../settings/bounds.ts';

/** The longest reason that anyone is told. */
export const MAX_REASON = 500;

const stateSchema = v.variant('kind', [
  /** It fetches data or compiles kernels, or waits for settings or data that it can use. */
  v.strictObject({ kind: v.literal('preparing') }),
  v.strictObject({ kind: v.literal('ready') }),
  /** It takes part in no round until it says that it is ready again. */
  v.strictObject({ kind: v.literal('failed'), why: v.pipe(v.string(), v.maxLength(MAX_REASON)) }),
]);

const readinessSchema = v.strictObject({
  /** Who says so of itself: it is passed on by others. */
  peer: v.pipe(v.string(), v.minLength(1), v.maxLength(64)),
  /** How often that client has said something: the latest counts. */
  version: whole,
  state: stateSchema,
});

/** Most clients that one message tells of: with the longest reasons, every character escaped, they still fit a frame's header. */
export const MAX_TOLD = 64;

/** What some clients say of themselves. */
export const readinessList = v.pipe(v.array(readinessSchema), v.minLength(1), v.maxLength(MAX_TOLD));

export type Readiness = Readonly<v.InferOutput<typeof readinessSchema>>;
export type ReadinessState = Readiness['state'];
