/** What went each way over one of this client's edges so far, beside the edge's middle. */

import type { PeerView } from '../../../src/client/view.ts';
import { formatBytes } from '../../format.ts';
import { totalBytes } from './bytes.ts';
import type { Point } from './layout.ts';
import './EdgeBytes.css';

/** The text's box and its distance from the edge, px. */
const WIDTH = 56;
const HEIGHT = 26;
const AWAY = 10;

export function EdgeBytes({ peer, here, there }: { peer: PeerView; here: Point; there: Point }) {
  const sent = totalBytes(peer.sent);
  const received = totalBytes(peer.received);
  if (sent + received === 0) return null;
  const centre = beside(here, there);
  return (
    <g className="edge-bytes">
      <text x={centre.x} y={centre.y - 3}>
        ↑ {formatBytes(sent)}
      </text>
      <text x={centre.x} y={centre.y + 12}>
        ↓ {formatBytes(received)}
      </text>
    </g>
  );
}

/** The centre of a box that just clears the edge: below an edge that rises, above one that falls or is flat. */
function beside(here: Point, there: Point): Point {
  const dx = there.x - here.x;
  const dy = there.y - here.y;
  const length = Math.hypot(dx, dy) || 1;
  const side = dx > 0 === dy < 0 ? 1 : -1;
  const normal = { x: (-side * dy) / length, y: (side * dx) / length };
  const distance = AWAY + (WIDTH * Math.abs(normal.x) + HEIGHT * Math.abs(normal.y)) / 2;
  return { x: (here.x + there.x) / 2 + distance * normal.x, y: (here.y + there.y) / 2 + distance * normal.y };
}
