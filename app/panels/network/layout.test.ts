import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { layout } from './layout.ts';

const ring = (size: number) => Array.from({ length: size }, (_, k) => ({ a: `c${k}`, b: `c${(k + 1) % size}` }));
const ids = (size: number) => Array.from({ length: size }, (_, k) => `c${k}`);

describe('layout', () => {
  it('puts a lone client in the middle', () => {
    expect(layout(['c0'], 'c0', []).get('c0')).toEqual({ x: 0, y: 0 });
  });

  it('puts two clients left and right', () => {
    const points = layout(['c0', 'c1'], 'c1', [{ a: 'c0', b: 'c1' }]);
    expect(points.get('c1')).toEqual({ x: -1, y: 0 });
    expect(points.get('c0')).toEqual({ x: 1, y: 0 });
  });

  it('keeps every client in the square, this one at the left, and no two on one spot', () => {
    fc.assert(
      fc.property(fc.integer({ min: 3, max: 12 }), fc.nat({ max: 11 }), (size, k) => {
        const self = `c${k % size}`;
        const points = layout(ids(size), self, ring(size));
        const places = [...points.values()];
        expect(points.size).toBe(size);
        for (const { x, y } of places) expect(Math.max(Math.abs(x), Math.abs(y))).toBeLessThanOrEqual(1 + 1e-9);
        expect(points.get(self)!.x).toBeLessThan(-0.7);
        for (const [i, a] of places.entries()) {
          for (const b of places.slice(i + 1)) expect(Math.hypot(a.x - b.x, a.y - b.y)).toBeGreaterThan(0.1);
        }
      }),
      { numRuns: 20 },
    );
  });

  it('puts many clients on a circle in their order, this one at the left', () => {
    const places = [...layout(ids(40), 'c7', ring(40)).values()];
    for (const { x, y } of places) expect(Math.hypot(x, y)).toBeCloseTo(1, 9);
    expect(places[7]!.x).toBeCloseTo(-1, 9);
    expect(places[7]!.y).toBeCloseTo(0, 9);
    const distances = places.map(({ x, y }, k) => Math.hypot(x - places[(k + 1) % 40]!.x, y - places[(k + 1) % 40]!.y));
    for (const distance of distances) expect(distance).toBeCloseTo(distances[0]!, 9);
  });

  it('gives the same picture for the same graph', () => {
    expect(layout(ids(7), 'c3', ring(7))).toEqual(layout(ids(7), 'c3', ring(7)));
  });
});
