/** The channels that keep a room connected whatever a round's graph. */

import type { PeerId, Presence } from '../transport/transport.ts';

/**
 * The peers a client keeps channels to whatever the round's graph, so that the room's register reaches everyone: the members
 * by number form a path and a binary tree, which stays connected and shallow as people come and go.
 */
export function overlayNeighbours(members: readonly Presence[], self: PeerId): PeerId[] {
  const me = members.findIndex(({ id }) => id === self);
  const parent = (index: number) => (index - 1) >> 1;
  const linked = (a: number, b: number) => Math.abs(a - b) === 1 || parent(a) === b || parent(b) === a;
  return members.flatMap(({ id }, index) => (id !== self && linked(me, index) ? [id] : []));
}
