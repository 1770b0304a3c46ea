/** What two members tell each other through signalling until they have a channel, as JSON. */

import * as v from 'valibot';

/** What the two ends of a connection have to tell each other before they have one. */
export const connectionSignalSchema = v.variant('type', [
  v.strictObject({ type: v.picklist(['offer', 'answer']), sdp: v.pipe(v.string(), v.maxLength(16 * 1024)) }),
  v.strictObject({
    type: v.literal('candidate'),
    candidate: v.strictObject({
      candidate: v.pipe(v.string(), v.maxLength(1024)),
      sdpMLineIndex: v.pipe(v.number(), v.integer()),
      sdpMid: v.pipe(v.string(), v.maxLength(64)),
    }),
  }),
]);

export type ConnectionSignal = v.InferOutput<typeof connectionSignalSchema>;

const relayedSchema = v.variant('type', [
  /** To the end that dials: the other one wants a channel and has none from `epoch` or any before. */
  v.strictObject({ type: v.literal('ask'), epoch: v.pipe(v.number(), v.safeInteger(), v.minValue(0)) }),
  v.strictObject({
    type: v.literal('signal'),
    epoch: v.pipe(v.number(), v.safeInteger(), v.minValue(1)),
    fromDialler: v.boolean(),
    signal: connectionSignalSchema,
  }),
]);

export type Relayed = v.InferOutput<typeof relayedSchema>;

/** What another member sent, or nothing if it is not of this protocol: a bad member harms only its own channels. */
export function parseRelayed(payload: string): Relayed | undefined {
  try {
    const result = v.safeParse(relayedSchema, JSON.parse(payload));
    return result.success ? result.output : undefined;
  } catch {
    return undefined;
  }
}
