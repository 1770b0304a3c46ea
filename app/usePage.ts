/** The page's store in components: each renders again only when the slice that it selects is another. */

import { createContext, useContext } from 'react';
import { useStore } from 'zustand';
import type { ClientView } from '../src/client/view.ts';
import type { Page, PageStore } from './store.ts';

export const PageContext = createContext<PageStore | null>(null);

/** The store itself, for who wants to hear of changes without rendering. */
export function usePageStore(): PageStore {
  const store = useContext(PageContext);
  if (!store) throw new Error('The page’s components need its store; put them into a PageContext.');
  return store;
}

/** A slice of the page; the selector gives what is there, and makes no new objects. */
export function usePage<T>(selector: (page: Page) => T): T {
  return useStore(usePageStore(), selector);
}

/** A slice of what this client shows. */
export function useView<T>(selector: (view: ClientView) => T): T {
  return usePage(({ view }) => selector(view));
}
