/** Where everyone stands in a picture of a given size. */

import { useMemo } from 'react';
import { isChanging } from '../../../src/settings/settings.ts';
import type { Size } from '../../ui/useSize.ts';
import { usePage, useView } from '../../usePage.ts';
import { layout, type Edge, type Point } from './layout.ts';

/** The place beside a lone client, where the next one will be. */
export const FREE = 'free';

/** Most that the picture is stretched to fill its frame. */
const MOST_STRETCH = 1.8;

const NO_EDGES: readonly Edge[] = [];

/**
 * The place of each client, px, by id, the same object while it is the same. It stays while the same clients are here, even when the graph changes every round.
 * @param radius of a node, px.
 */
export function usePlaces({ width, height }: Size, radius: number): (id: string) => Point | null {
  const self = useView((view) => view.self);
  const others = usePage((page) => page.others);
  const edges = useView(({ graph, settings }) => (isChanging(settings.topology) ? NO_EDGES : graph));
  const points = useMemo(() => {
    if (others.length === 0) return layout([self.id, FREE], self.id, [{ a: self.id, b: FREE }]);
    const members = [self, ...others].toSorted((a, b) => a.number - b.number);
    return layout(
      members.map(({ id }) => id),
      self.id,
      edges,
    );
  }, [self, others, edges]);
  const places = useMemo(() => {
    const halfWidth = width / 2 - radius - 12;
    const halfHeight = height / 2 - radius - 24;
    const across = Math.min(halfWidth, halfHeight * MOST_STRETCH);
    const along = Math.min(halfHeight, halfWidth * MOST_STRETCH);
    return new Map([...points].map(([id, { x, y }]) => [id, { x: width / 2 + across * x, y: height / 2 + along * y }]));
  }, [points, width, height, radius]);
  return (id) => places.get(id) ?? null;
}
