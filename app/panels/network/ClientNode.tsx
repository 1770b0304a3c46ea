/** Another client: filled when it is a neighbour, outlined otherwise, dashed when its connection is lost. */

import { memo } from 'react';
import type { PeerView } from '../../../src/client/view.ts';
import { clientColour } from '../../colours.ts';
import { usePage } from '../../usePage.ts';
import './ClientNode.css';
import type { Point } from './layout.ts';

interface ClientNodeProps {
  readonly peer: PeerView;
  readonly self: number;
  readonly at: Point;
  readonly radius: number;
  /** The side of the node that its word stands on; null for none. */
  readonly word: 'above' | 'below' | null;
  readonly highlit: boolean;
}

export const ClientNode = memo(function ClientNode({ peer, self, at, radius, word, highlit }: ClientNodeProps) {
  const setHighlight = usePage((page) => page.setHighlight);
  const { number, neighbour, channel, readiness } = peer;
  const colour = clientColour(number, self);
  const classes = [
    'node',
    neighbour ? 'neighbour' : 'stranger',
    (channel === 'lost' || readiness.kind === 'failed') && 'lost',
    highlit && 'highlit',
  ];
  return (
    <g
      transform={`translate(${at.x} ${at.y})`}
      className={classes.filter(Boolean).join(' ')}
      style={{ '--colour': `var(${colour})`, '--on': `var(${colour}-ink)` }}
      onPointerEnter={() => setHighlight(number)}
      onPointerLeave={() => setHighlight(null)}
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
});

/** One word for what a client is doing, if anything that concerns this one. */
function stateOf({ readiness, neighbour, channel, activity }: PeerView): string | null {
  if (channel === 'lost') return '✕ lost';
  if (readiness.kind === 'failed') return '✕ failed';
  if (!neighbour) return null;
  if (channel === 'opening') return 'connecting';
  if (activity === 'waiting') return '… waiting';
  if (activity === 'answered') return '✓';
  return activity === 'missed' ? '✕ missed' : null;
}

function describe({ number, neighbour, channel, readiness }: PeerView): string {
  const connection = channel === 'none' ? 'not connected to me' : `connection ${channel}`;
  const failure = readiness.kind === 'failed' ? `, failed: ${readiness.why}` : '';
  return `Client ${number}${neighbour ? ', my neighbour' : ''}, ${connection}${failure}`;
}
