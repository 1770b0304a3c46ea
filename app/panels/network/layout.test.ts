import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { layout, nodeRadius } from './layout.ts';

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

  it('puts many clients along a circle in their order, this one at the left, and none on another though it is drawn wide and low', () => {
    fc.assert(
      fc.property(fc.integer({ min: 13, max: 75 }), fc.nat({ max: 74 }), (size, k) => {
        const self = `c${k % size}`;
        const points = layout(ids(size), self, ring(size));
        expect(points.get(self)).toEqual({ x: expect.closeTo(-1, 9), y: expect.closeTo(0, 9) });
        const places = Array.from(points.values(), ({ x, y }) => ({ x: 126 * x, y: 70 * y }));
        for (const [i, a] of places.entries()) {
          for (const b of places.slice(i + 1)) expect(Math.hypot(a.x - b.x, a.y - b.y)).toBeGreaterThan(2 * nodeRadius(size));
        }
      }),
    );
  });

  it('gives the same picture for the same graph', () => {
    expect(layout(ids(7), 'c3', ring(7))).toEqual(layout(ids(7), 'c3', ring(7)));
  });
});
