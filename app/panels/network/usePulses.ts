/** Bytes that are moving between this client and its peers, for the picture of the graph. */

import { useEffect, useRef, useState } from 'react';
import type { PeerView } from '../../../src/client/view.ts';
import type { PeerId } from '../../../src/transport/transport.ts';
import { usePageStore } from '../../usePage.ts';
import { totalBytes } from './bytes.ts';

interface Movement {
  readonly peer: PeerId;
  readonly direction: 'out' | 'in';
  readonly bytes: number;
}

export interface Pulse extends Movement {
  readonly key: number;
}

interface Pulses {
  readonly pulses: readonly Pulse[];
  readonly arrived: (key: number) => void;
}

/** Most pulses under way at once, each direction of each peer: more would blur into a line. */
const MOST_UNDER_WAY = 3;

/** What has moved between two looks at the peers' byte counters. */
function movements(before: readonly PeerView[], now: readonly PeerView[]): Movement[] {
  const known = new Map(before.map((peer) => [peer.id, peer]));
  return now.flatMap((peer) => {
    const then = known.get(peer.id) ?? peer;
    return [
      { peer: peer.id, direction: 'out' as const, bytes: totalBytes(peer.sent) - totalBytes(then.sent) },
      { peer: peer.id, direction: 'in' as const, bytes: totalBytes(peer.received) - totalBytes(then.received) },
    ].filter(({ bytes }) => bytes > 0);
  });
}

/** The pulses under way and those that still fit in; the same list where nothing is another. */
function joined(under: readonly Pulse[], fresh: readonly Pulse[], peers: readonly PeerView[]): readonly Pulse[] {
  const here = new Set(peers.map(({ id }) => id));
  const alive = under.filter(({ peer }) => here.has(peer));
  const fits = ({ peer, direction }: Pulse) =>
    alive.filter((other) => other.peer === peer && other.direction === direction).length < MOST_UNDER_WAY;
  const added = fresh.filter(fits);
  return added.length === 0 && alive.length === under.length ? under : [...alive, ...added];
}

/**
 * A pulse for each growth of a peer's byte counters, until `arrived` is called for it; or, where nothing may move (`still`),
 * those of the latest change only.
 */
export function usePulses(still: boolean): Pulses {
  const store = usePageStore();
  const [pulses, setPulses] = useState<readonly Pulse[]>([]);
  const nextKey = useRef(0);

  useEffect(
    () =>
      store.subscribe(({ view: { peers } }, { view: { peers: before } }) => {
        if (peers === before) return;
        const fresh = movements(before, peers).map((movement) => ({ ...movement, key: nextKey.current++ }));
        setPulses((under) => (still ? fresh : joined(under, fresh, peers)));
      }),
    [store, still],
  );

  const arrived = (key: number) => setPulses((under) => under.filter((pulse) => pulse.key !== key));
  return { pulses, arrived };
}
