/** Where a chart's values lie on the screen: whatever is laid over its canvas is placed by this. */

import type { Size } from '../../ui/useSize.ts';
import type { Axis } from './axes.ts';

/** Room around the plotting area, CSS px; the right one is for the labels at the lines' ends. */
export const TOP = 8;
export const BOTTOM = 22;
export const LEFT = 42;
export const gutters = { large: 130, small: 104 } as const;

/** CSS px from the chart's left and top. */
export interface Frame {
  readonly height: number;
  readonly left: (x: number) => number;
  readonly top: (y: number) => number;
}

export function frameOf({ width, height }: Size, gutter: number, x: Axis, y: Axis): Frame {
  return {
    height,
    left: (value) => LEFT + ((width - LEFT - gutter) * value) / x.max,
    top: (value) => TOP + (height - TOP - BOTTOM) * (1 - Math.min(1, value / y.max)),
  };
}
