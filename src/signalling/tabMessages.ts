/** What the tabs of one browser tell each other without a server: words through a channel, and their places in a room as names of locks. */

import * as v from 'valibot';
import { idSchema, memberSchema, payloadSchema, type Member } from './messages.ts';

/** Said to all tabs with somebody in the room. */
const tabMessageSchema = v.variant('type', [
  /** Somebody has come; who goes is told of by their lock. */
  v.strictObject({ type: v.literal('came') }),
  v.strictObject({ type: v.literal('relay'), from: idSchema, to: idSchema, payload: payloadSchema }),
]);

export type TabMessage = v.InferOutput<typeof tabMessageSchema>;

/** Whether what came through the channel is one of these. */
export const isTabMessage = (data: unknown): data is TabMessage => v.is(tabMessageSchema, data);

export const memberPrefix = (room: string): string => `sparkmesh/${room}/member/`;

/** The member that holds a lock of that name, if it is one of the room. */
export function memberOf(room: string, name: string): Member | null {
  if (!name.startsWith(memberPrefix(room))) return null;
  try {
    const result = v.safeParse(memberSchema, JSON.parse(name.slice(memberPrefix(room).length)));
    return result.success ? result.output : null;
  } catch {
    return null;
  }
}
