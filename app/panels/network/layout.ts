/** Where the clients stand in the picture of the graph. */

import { forceCollide, forceLink, forceManyBody, forceSimulation, forceX, forceY } from 'd3-force';

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Edge {
  readonly a: string;
  readonly b: string;
}

const TICKS = 300;

/** Most clients whose places forces find: with more the edges tell little, and forces cost more than the rest of the page each time one comes. */
const MOST_BY_FORCES = 12;

/** Coordinates scaled to -1 .. 1 on both axes; an axis without extent stays 0. */
function normalise(points: readonly Point[]): Point[] {
  const scale = (values: number[]) => {
    const low = Math.min(...values);
    const high = Math.max(...values);
    const half = (high - low) / 2;
    return (value: number) => (half < 1e-6 ? 0 : (value - low) / half - 1);
  };
  const x = scale(points.map((point) => point.x));
  const y = scale(points.map((point) => point.y));
  return points.map((point) => ({ x: x(point.x), y: y(point.y) }));
}

/**
 * Places the clients of a graph by forces, from a circle in the given order, and many on that circle; turned so that `self` is at the left: the
 * page reads from what I hold to what we learn. The same graph gives the same picture.
 * @param ids every client, in a fixed order.
 * @returns a point in the square -1 .. 1 for each id; a lone client is at 0, 0.
 */
export function layout(ids: readonly string[], self: string, edges: readonly Edge[]): Map<string, Point> {
  const start = Math.max(0, ids.indexOf(self));
  const nodes = ids.map((id, k) => {
    const angle = Math.PI + (2 * Math.PI * (k - start)) / ids.length;
    return { id, x: 100 * Math.cos(angle), y: 100 * Math.sin(angle) };
  });
  if (ids.length > MOST_BY_FORCES) return new Map(nodes.map(({ id, x, y }) => [id, { x: x / 100, y: y / 100 }]));
  const links = edges.map(({ a, b }) => ({ source: a, target: b }));
  forceSimulation(nodes)
    .force(
      'link',
      forceLink<(typeof nodes)[number], (typeof links)[number]>(links)
        .id(({ id }) => id)
        .distance(60),
    )
    .force('charge', forceManyBody().strength(-400))
    .force('apart', forceCollide(32))
    .force('x', forceX(0).strength(0.03))
    .force('y', forceY(0).strength(0.03))
    .stop()
    .tick(TICKS);

  const centre = { x: mean(nodes.map(({ x }) => x)), y: mean(nodes.map(({ y }) => y)) };
  const me = nodes[start];
  const turn = me ? Math.PI - Math.atan2(me.y - centre.y, me.x - centre.x) : 0;
  const turned = nodes.map(({ x, y }) => ({
    x: (x - centre.x) * Math.cos(turn) - (y - centre.y) * Math.sin(turn),
    y: (x - centre.x) * Math.sin(turn) + (y - centre.y) * Math.cos(turn),
  }));
  return new Map(normalise(turned).map((point, k) => [ids[k]!, point]));
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}
