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

/** The radius of a client's node among so many, px. */
export function nodeRadius(clients: number): number {
  if (clients < 5) return 26;
  if (clients < 12) return 20;
  if (clients < 30) return 11;
  if (clients < 47) return 7;
  return clients < 66 ? 5 : 4;
}

/** Most clients whose places forces find: with more the edges tell little, and forces cost more than the rest of the page each time one comes. */
const MOST_BY_FORCES = 12;

/** How far from the middle many stand, in turn, so that there is room for all; where two at 1 would meet, the last stands further in. */
const RADII = { outer: 1, inner: 0.74, innermost: 0.48 } as const;

function radiusOf(k: number, clients: number): number {
  if (k % 2 === 1) return RADII.inner;
  return k === clients - 1 ? RADII.innermost : RADII.outer;
}

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
 * Places the clients of a graph by forces, from a circle in the given order, and many in a zigzag along that circle; turned so that `self` is at the left: the
 * page reads from what I hold to what we learn. The same graph gives the same picture.
 * @param ids every client, in a fixed order.
 * @returns a point in the square -1 .. 1 for each id; a lone client is at 0, 0.
 */
export function layout(ids: readonly string[], self: string, edges: readonly Edge[]): Map<string, Point> {
  const start = Math.max(0, ids.indexOf(self));
  const circle = ids.map((id, k) => {
    const angle = Math.PI + (2 * Math.PI * (k - start)) / ids.length;
    return { id, x: Math.cos(angle), y: Math.sin(angle) };
  });
  if (ids.length > MOST_BY_FORCES) {
    const radii = ids.map((_, k) => radiusOf((k - start + ids.length) % ids.length, ids.length));
    return new Map(circle.map(({ id, x, y }, k) => [id, { x: radii[k]! * x, y: radii[k]! * y }]));
  }
  const nodes = circle.map(({ id, x, y }) => ({ id, x: 100 * x, y: 100 * y }));
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
