import { useCallback, useSyncExternalStore } from 'react';
import type { ClientView } from '../src/client/view.ts';
import type { Session, SignallingStatus } from './session.ts';

/** What a session shows now; renders again as it changes. */
export function useSession(session: Session): { view: ClientView | null; signalling: SignallingStatus } {
  const subscribe = useCallback((listener: () => void) => session.subscribe(listener), [session]);
  const view = useSyncExternalStore(subscribe, () => session.getView());
  const signalling = useSyncExternalStore(subscribe, () => session.signalling());
  return { view, signalling };
}
