import { useEffect, useRef, useState } from 'react';
import type { PeerView } from '../../../src/client/view.ts';
import type { PeerId } from '../../../src/transport/transport.ts';
import { totalBytes } from './bytes.ts';

/** Bytes that just moved between this client and a peer. */
export interface Pulse {
  readonly key: number;
  readonly peer: PeerId;
  readonly direction: 'out' | 'in';
  readonly bytes: number;
}

export interface Pulses {
  readonly pulses: readonly Pulse[];
  readonly arrived: (key: number) => void;
}

/** Most pulses under way at once, each direction of each peer: more would blur into a line. */
const MOST_UNDER_WAY = 3;

/**
 * A pulse for each growth of a peer's byte counters, until `arrived` is called for it; or, where nothing may move (`still`),
 * those of the latest change only.
 */
export function usePulses(peers: readonly PeerView[], still: boolean): Pulses {
  const [pulses, setPulses] = useState<readonly Pulse[]>([]);
  const seen = useRef(new Map<PeerId, { out: number; in: number }>());
  const nextKey = useRef(0);

  useEffect(() => {
    const grown: Pulse[] = [];
    const now = new Map(peers.map(({ id, sent, received }) => [id, { out: totalBytes(sent), in: totalBytes(received) }]));
    for (const [peer, totals] of now) {
      const before = seen.current.get(peer) ?? totals;
      for (const direction of ['out', 'in'] as const) {
        const bytes = totals[direction] - before[direction];
        if (bytes > 0) grown.push({ key: nextKey.current++, peer, direction, bytes });
      }
    }
    seen.current = now;
    setPulses((under) => {
      if (still) return grown;
      const alive = under.filter(({ peer }) => now.has(peer));
      const lane = ({ peer, direction }: Pulse) => `${peer} ${direction}`;
      const fresh = grown.filter((pulse) => alive.filter((other) => lane(other) === lane(pulse)).length < MOST_UNDER_WAY);
      return fresh.length === 0 && alive.length === under.length ? under : [...alive, ...fresh];
    });
  }, [peers, still]);

  const arrived = (key: number) => setPulses((under) => under.filter((pulse) => pulse.key !== key));
  return { pulses, arrived };
}
