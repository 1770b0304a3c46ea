/** A message on its way, larger for more bytes. */

import type { CSSProperties } from 'react';
import { formatBytes } from '../../format.ts';
import type { Point } from './layout.ts';
import type { Pulse } from './usePulses.ts';
import './PulseDot.css';

/** Half the distance between the lanes out and in, px. */
const LANE = 3.5;

interface PulseDotProps {
  readonly pulse: Pulse;
  readonly here: Point;
  readonly there: Point;
  readonly colour: string;
  readonly onArrived: (key: number) => void;
}

export function PulseDot({ pulse, here, there, colour, onArrived }: PulseDotProps) {
  const [from, to] = pulse.direction === 'out' ? [here, there] : [there, here];
  const length = Math.hypot(to.x - from.x, to.y - from.y) || 1;
  const side = { x: (-LANE * (to.y - from.y)) / length, y: (LANE * (to.x - from.x)) / length };
  const radius = Math.min(6, 1.5 + 0.6 * Math.log10(1 + pulse.bytes));
  const style: CSSProperties = {
    '--from': `${from.x + side.x}px, ${from.y + side.y}px`,
    '--to': `${to.x + side.x}px, ${to.y + side.y}px`,
    fill: `var(${colour})`,
  };
  return (
    <circle r={radius} className="pulse" style={style} onAnimationEnd={() => onArrived(pulse.key)}>
      <title>{formatBytes(pulse.bytes)}</title>
    </circle>
  );
}
