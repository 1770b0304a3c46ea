/** The picture of the graph: edges, their bytes, what moves on them, and the clients on top. */

import { clientColour } from '../../colours.ts';
import { useMedia } from '../../ui/useMedia.ts';
import type { Size } from '../../ui/useSize.ts';
import { usePage, useView } from '../../usePage.ts';
import { ClientNode } from './ClientNode.tsx';
import { EdgeBytes } from './EdgeBytes.tsx';
import { FreePlace } from './FreePlace.tsx';
import './Graph.css';
import { nodeRadius } from './layout.ts';
import { PulseDot } from './PulseDot.tsx';
import { SelfNode } from './SelfNode.tsx';
import { FREE, usePlaces } from './usePlaces.ts';
import { usePulses } from './usePulses.ts';

/** Most peers around whom there is room for words. */
const MOST_LABELLED = 10;

/** Most own edges that carry their bytes as text; with more only the table tells them. */
const MOST_EDGE_LABELS = 4;

export function Graph({ size }: { size: Size }) {
  const self = useView((view) => view.self);
  const peers = useView((view) => view.peers);
  const graph = useView((view) => view.graph);
  const highlight = usePage((page) => page.highlight);
  const still = useMedia('(prefers-reduced-motion: reduce)');
  const { pulses, arrived } = usePulses(still);
  const radius = nodeRadius(peers.length + 1);
  const place = usePlaces(size, radius);
  const centre = place(self.id);
  const free = place(FREE);
  if (!centre) return null;
  const labelled = peers.length <= MOST_LABELLED;
  const neighbours = peers.filter((peer) => peer.neighbour);
  const peerOf = new Map(peers.map((peer) => [peer.id, peer]));
  return (
    <>
      {graph.map(({ a, b }) => {
        const from = place(a);
        const to = place(b);
        const peer = a === self.id ? peerOf.get(b) : b === self.id ? peerOf.get(a) : undefined;
        const moving = pulses.some((pulse) => pulse.peer === peer?.id);
        const classes = `edge ${peer ? `own ${peer.channel}` : 'other'} ${moving ? 'moving' : ''}`;
        return from && to && <line key={`${a} ${b}`} x1={from.x} y1={from.y} x2={to.x} y2={to.y} className={classes} />;
      })}
      {labelled &&
        neighbours.length <= MOST_EDGE_LABELS &&
        neighbours.map((peer) => {
          const there = place(peer.id);
          return there && <EdgeBytes key={peer.id} peer={peer} here={centre} there={there} />;
        })}
      {(still ? [] : pulses).map((pulse) => {
        const other = place(pulse.peer);
        const peer = peerOf.get(pulse.peer);
        if (!other || !peer) return null;
        const colour = pulse.direction === 'out' ? '--me' : clientColour(peer.number, self.number);
        return <PulseDot key={pulse.key} pulse={pulse} here={centre} there={other} colour={colour} onArrived={arrived} />;
      })}
      {free && <FreePlace at={free} from={centre} radius={radius} />}
      {peers.map((peer) => {
        const at = place(peer.id);
        return (
          at && (
            <ClientNode
              key={peer.id}
              peer={peer}
              self={self.number}
              at={at}
              radius={radius}
              word={!labelled ? null : at.y < centre.y - 1 ? 'above' : 'below'}
              highlit={highlight === peer.number}
            />
          )
        );
      })}
      <SelfNode number={self.number} at={centre} radius={radius} named={labelled} />
    </>
  );
}
