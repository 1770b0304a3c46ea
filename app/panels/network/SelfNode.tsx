/** This tab's own client. */

import './ClientNode.css';
import type { Point } from './layout.ts';

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
