/** The place beside a lone client. */

import './FreePlace.css';
import type { Point } from './layout.ts';

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
