/** The graph of the round: everyone by number, bytes moving on this client's own edges. */

import { useRef } from 'react';
import { useSize } from '../../ui/useSize.ts';
import { useView } from '../../usePage.ts';
import { Graph } from './Graph.tsx';
import './Topology.css';

export function Topology() {
  const host = useRef<HTMLDivElement>(null);
  const size = useSize(host);
  const summary = useView(
    ({ self, peers, graph }) =>
      `${peers.length + 1} clients, ${graph.length} connections; client ${self.number} is this tab, with ` +
      `${peers.filter(({ neighbour }) => neighbour).length} neighbours.`,
  );
  return (
    <div ref={host} className="topology">
      {size && (
        <svg width={size.width} height={size.height} role="img" aria-label={summary}>
          <Graph size={size} />
        </svg>
      )}
    </div>
  );
}
