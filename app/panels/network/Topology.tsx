import { useMemo, useRef } from 'react';
import type { ClientView } from '../../../src/client/view.ts';
import { isChanging } from '../../../src/settings/settings.ts';
import { clientColour } from '../../colours.ts';
import { useMedia } from '../../ui/useMedia.ts';
import { useSize, type Size } from '../../ui/useSize.ts';
import { ClientNode, FreePlace, SelfNode } from './ClientNode.tsx';
import { EdgeBytes } from './EdgeBytes.tsx';
import { layout, type Point } from './layout.ts';
import { PulseDot } from './PulseDot.tsx';
import { usePulses, type Pulse } from './usePulses.ts';

interface TopologyProps {
  readonly view: ClientView;
  readonly highlight: number | null;
  readonly onHighlight: (client: number | null) => void;
}

/** The graph of the round: everyone by number, bytes moving on this client's own edges. */
export function Topology({ view, highlight, onHighlight }: TopologyProps) {
  const host = useRef<HTMLDivElement>(null);
  const size = useSize(host);
  const still = useMedia('(prefers-reduced-motion: reduce)');
  const { pulses, arrived } = usePulses(view.peers, still);
  const points = usePoints(view);
  const { self, peers, graph } = view;
  const neighbours = peers.filter((peer) => peer.neighbour).length;
  const summary =
    `${peers.length + 1} clients, ${graph.length} connections; ` + `client ${self.number} is this tab, with ${neighbours} neighbours.`;

  return (
    <div ref={host} className="topology">
      {size && (
        <svg width={size.width} height={size.height} role="img" aria-label={summary}>
          <Picture
            view={view}
            place={placeIn(size, points, nodeRadius(peers.length))}
            pulses={pulses}
            still={still}
            onArrived={arrived}
            highlight={highlight}
            onHighlight={onHighlight}
          />
        </svg>
      )}
    </div>
  );
}

/** The place beside a lone client, where the next one will be. */
const FREE = 'free';

/** Places stay while the same clients are here, even when the graph changes every round. */
function usePoints({ self, peers, graph, settings }: ClientView): Map<string, Point> {
  const members = [self, ...peers].toSorted((a, b) => a.number - b.number).map(({ id }) => id);
  if (peers.length === 0) members.push(FREE);
  const edges = peers.length === 0 ? [{ a: self.id, b: FREE }] : isChanging(settings.topology) ? [] : graph;
  const shape = JSON.stringify([self.id, members, edges]);
  // The shape's text stands for its parts, which are new objects in every view.
  return useMemo(() => layout(members, self.id, edges), [shape]);
}

/** Most peers around whom there is room for words. */
const MOST_LABELLED = 10;

function nodeRadius(peers: number): number {
  if (peers < 4) return 26;
  if (peers <= MOST_LABELLED) return 20;
  return peers < 40 ? 11 : 7;
}

/** Most that the picture is stretched to fill its frame. */
const MOST_STRETCH = 1.8;

function placeIn({ width, height }: Size, points: Map<string, Point>, radius: number): (id: string) => Point | null {
  const halfWidth = width / 2 - radius - 12;
  const halfHeight = height / 2 - radius - 24;
  const across = Math.min(halfWidth, halfHeight * MOST_STRETCH);
  const along = Math.min(halfHeight, halfWidth * MOST_STRETCH);
  return (id) => {
    const point = points.get(id);
    return point ? { x: width / 2 + across * point.x, y: height / 2 + along * point.y } : null;
  };
}

/** Most own edges that carry their bytes as text; with more only the table tells them. */
const MOST_EDGE_LABELS = 4;

interface PictureProps extends TopologyProps {
  readonly place: (id: string) => Point | null;
  readonly pulses: readonly Pulse[];
  readonly still: boolean;
  readonly onArrived: (key: number) => void;
}

function Picture({ view, place, pulses, still, onArrived, highlight, onHighlight }: PictureProps) {
  const { self, peers, graph } = view;
  const radius = nodeRadius(peers.length);
  const centre = place(self.id);
  const free = place(FREE);
  const labelled = peers.length <= MOST_LABELLED;
  if (!centre) return null;
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
        return <PulseDot key={pulse.key} pulse={pulse} here={centre} there={other} colour={colour} onArrived={onArrived} />;
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
              onHighlight={onHighlight}
            />
          )
        );
      })}
      <SelfNode number={self.number} at={centre} radius={radius} named={labelled} />
    </>
  );
}
