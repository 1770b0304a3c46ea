/** A client's view on its way to another thread. */

import type { ClientView } from './view.ts';

/**
 * A view on its way to another thread: only the parts that are other objects than in the view before it. The rest keeps its
 * identity over there, so whoever draws it can tell that it is the same.
 */
export type ViewChanges = Partial<ClientView>;

/** @returns a listener for one client's views, of which the first is posted whole. */
export function postingChanges(post: (changes: ViewChanges) => void): (view: ClientView) => void {
  let posted = new Map<string, unknown>();
  return (view) => {
    const parts = Object.entries(view);
    post(Object.fromEntries(parts.filter(([name, part]) => !posted.has(name) || posted.get(name) !== part)));
    posted = new Map(parts);
  };
}
