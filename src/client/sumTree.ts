/**
 * The tree along which the members of a run sum up what is evaluated: by number, the lowest (the evaluator) at its root. Sums go
 * up and what they came to goes down, so that nobody needs a channel to everybody or takes everyone's weights.
 */
import type { PeerId, Presence } from '../transport/transport.ts';

/** The most members that anyone sums up for: so few need no second level, and are asked at once. */
const BRANCHES = 8;

const parentOf = (index: number) => Math.floor((index - 1) / BRANCHES);

/** A member's place in the tree. */
export interface Branch {
  /** Whom it passes its sums to; null at the root. */
  readonly parent: PeerId | null;
  /** Whose sums it gathers, by ascending number. */
  readonly children: readonly Presence[];
  /** Levels below it. */
  readonly height: number;
}

/** @param members by ascending number. @returns the place of one of them; alone where it is none. */
export function branchOf(members: readonly Presence[], self: PeerId): Branch {
  const me = members.findIndex(({ id }) => id === self);
  if (me < 0) return { parent: null, children: [], height: 0 };
  const first = BRANCHES * me + 1;
  let height = 0;
  for (let below = first; below < members.length; below = BRANCHES * below + 1) height++;
  return { parent: members[parentOf(me)]?.id ?? null, children: members.slice(first, first + BRANCHES), height };
}
