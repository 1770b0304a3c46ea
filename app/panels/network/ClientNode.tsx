import type { PeerView } from '../../../src/client/view.ts';
import { clientColour } from '../../colours.ts';
import type { Point } from './layout.ts';

interface ClientNodeProps {
  readonly peer: PeerView;
  readonly self: number;
  readonly at: Point;
  readonly radius: number;
  /** The side of the node that its word stands on; null for none. */
  readonly word: 'above' | 'below' | null;
  readonly highlit: boolean;
  readonly onHighlight: (client: number | null) => void;
}

/** Another client: filled when it is a neighbour, outlined otherwise, dashed when its connection is lost. */
export function ClientNode({ peer, self, at, radius, word, highlit, onHighlight }: ClientNodeProps) {
  const { number, neighbour, channel } = peer;
  const colour = clientColour(number, self);
  const classes = ['node', neighbour ? 'neighbour' : 'stranger', channel === 'lost' && 'lost', highlit && 'highlit'];
  return (
    <g
      transform={`translate(${at.x} ${at.y})`}
      className={classes.filter(Boolean).join(' ')}
      style={{ '--colour': `var(${colour})`, '--on': `var(${colour}-ink)` }}
      onPointerEnter={() => onHighlight(number)}
      onPointerLeave={() => onHighlight(null)}
    >
      <title>{describe(peer)}</title>
      <circle r={neighbour ? radius : 0.8 * radius} />
      <text dy="0.36em">{number}</text>
      {word && (
        <text className="state" y={word === 'above' ? -radius - 6 : radius + 14}>
          {stateOf(peer)}
        </text>
      )}
    </g>
  );
}

/** This tab's own client. */
export function SelfNode({ number, at, radius, named }: { number: number; at: Point; radius: number; named: boolean }) {
  return (
    <g transform={`translate(${at.x} ${at.y})`} className="node self">
      <circle r={radius + 5} />
      <text dy="0.36em">{number}</text>
      {named && (
        <text className="state" y={radius + 19}>
          me
        </text>
      )}
    </g>
  );
}

/** The place beside a lone client. */
export function FreePlace({ at, from, radius }: { at: Point; from: Point; radius: number }) {
  return (
    <g className="free-place">
      <line x1={from.x} y1={from.y} x2={at.x} y2={at.y} />
      <circle cx={at.x} cy={at.y} r={radius} />
      <text x={at.x} y={at.y + radius + 16}>
        the next tab
      </text>
    </g>
  );
}

/** One word for what a client is doing, if anything that concerns this one. */
function stateOf({ neighbour, channel, activity }: PeerView): string | null {
  if (channel === 'lost') return '✕ lost';
  if (!neighbour) return null;
  if (channel === 'opening') return 'connecting';
  if (activity === 'waiting') return '… waiting';
  if (activity === 'answered') return '✓';
  return activity === 'missed' ? '✕ missed' : null;
}

function describe({ number, neighbour, channel }: PeerView): string {
  const connection = channel === 'none' ? 'not connected to me' : `connection ${channel}`;
  return `Client ${number}${neighbour ? ', my neighbour' : ''}, ${connection}`;
}
