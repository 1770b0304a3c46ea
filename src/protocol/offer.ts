/** What a client tells everyone of its own data before the first round: counts and sums, never a row. */

import * as v from 'valibot';
import { MAX_CLASSES, whole } from '../settings/bounds.ts';
import { MAX_COLUMNS } from '../settings/task.ts';
import { momentsSchema } from '../task/moments.ts';

const rowsOfClasses = v.pipe(v.array(whole), v.maxLength(MAX_CLASSES), v.readonly());

export const offerSchema = v.strictObject({
  /** Whose data they are: an offer is passed on by others. */
  peer: v.pipe(v.string(), v.minLength(1), v.maxLength(64)),
  /** How often that client has made one: the latest counts. */
  version: whole,
  /** Of the task that the data were read for. */
  digest: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)),
  train: rowsOfClasses,
  heldOut: rowsOfClasses,
  moments: v.pipe(v.array(momentsSchema), v.maxLength(MAX_COLUMNS), v.readonly()),
});

export type Offer = Readonly<v.InferOutput<typeof offerSchema>>;
