/** A client's view on its way to another thread. */

import { emptyView, type ClientView } from './view.ts';

/** What has been added at the ends of the lists that grow with the rounds. */
type Grown = Partial<Pick<ClientView, 'own' | 'summaries'>>;

/**
 * A view on its way to another thread: only the parts that are other objects than in the view before it, and of lists that have grown
 * only what is new, so that a round of a long run costs no more than one of a short run. The rest keeps its identity over there,
 * so whoever draws it can tell that it is the same.
 */
export interface ViewChanges extends Partial<ClientView> {
  readonly grown?: Grown;
}

const extended = <T>(list: readonly T[], before: readonly T[]) =>
  list.length > before.length && before.length > 0 && before.every((item, i) => item === list[i]) ? list.slice(before.length) : null;

/** @returns a listener for one client's views, of which the first is posted whole. */
export function postingChanges(post: (changes: ViewChanges) => void): (view: ClientView) => void {
  let posted: ClientView | null = null;
  return (view) => {
    const before = new Map<string, unknown>(Object.entries(posted ?? {}));
    const own = extended(view.own, posted?.own ?? []);
    const summaries = extended(view.summaries, posted?.summaries ?? []);
    const grown: Grown = { ...(own && { own }), ...(summaries && { summaries }) };
    const isNews = ([name, part]: [string, unknown]) => !(name in grown) && (!before.has(name) || before.get(name) !== part);
    const changes = Object.fromEntries(Object.entries(view).filter(isNews));
    post(own || summaries ? { ...changes, grown } : changes);
    posted = view;
  };
}

/** @returns the view after the changes. @param view the one before, null at first. */
export function changedView(view: ClientView | null, { grown = {}, ...parts }: ViewChanges): ClientView {
  const changed = { ...(view ?? emptyView), ...parts };
  const { own, summaries } = grown;
  return {
    ...changed,
    ...(own && { own: [...changed.own, ...own] }),
    ...(summaries && { summaries: [...changed.summaries, ...summaries] }),
  };
}
