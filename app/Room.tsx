/** In a room: connecting the other device where there is no meeting point, with what this tab learns from in hand, or asked to bring it. */

import { lazy, Suspense } from 'react';
import { Bringing } from './panels/bring/Bringing.tsx';
import { Participation } from './Participation.tsx';
import { usePage } from './usePage.ts';

/** Loaded where there is no meeting point. */
const PairPlace = lazy(() => import('./panels/pair/PairPlace.tsx'));

export function Room() {
  const pairing = usePage((page) => page.pairing);
  // What was learned before the other device was lost stays in sight, and why nothing can be.
  const isConnecting = usePage(({ view }) => view.run === null && view.status.kind !== 'failed');
  const isBringing = usePage(({ task, bringing, address, view }) => {
    if (task) return bringing.kind !== 'brought' || bringing.task !== task;
    return address.own && view.run === null;
  });
  if (pairing && pairing.kind !== 'connected' && isConnecting) {
    return (
      <Suspense>
        <PairPlace pairing={pairing} />
      </Suspense>
    );
  }
  return isBringing ? <Bringing /> : <Participation />;
}
