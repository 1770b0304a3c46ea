import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { randomStream } from './random.ts';

const draws = (count: number, draw: () => number) => Array.from({ length: count }, draw);
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
const variance = (values: readonly number[]) => {
  const centre = mean(values);
  return mean(values.map((value) => (value - centre) ** 2));
};

describe('randomStream', () => {
  test('gives the same numbers on every platform', () => {
    const random = randomStream(1, 'partition', 0);
    expect(draws(4, () => random.integer(1000))).toEqual([14, 469, 731, 493]);
  });

  test('starts over when it is opened again', () => {
    fc.assert(
      fc.property(fc.nat(), fc.string(), (seed, name) => {
        const [a, b] = [randomStream(seed, name), randomStream(seed, name)];
        expect(draws(5, a.uniform)).toEqual(draws(5, b.uniform));
      }),
    );
  });

  test('streams that differ in seed or in any part of the name differ', () => {
    const firsts = [
      randomStream(1, 'a', 1),
      randomStream(2, 'a', 1),
      randomStream(1, 'b', 1),
      randomStream(1, 'a', 2),
      randomStream(1, 'a'),
    ];
    expect(new Set(firsts.map((random) => random.uniform())).size).toBe(firsts.length);
  });

  test.each([0, 1, 2, 3])('draw %i of neighbouring streams is uniform and unrelated', (skipped) => {
    const values = Array.from({ length: 4000 }, (_, client) => {
      const random = randomStream(1, 'partition', client);
      draws(skipped, random.uniform);
      return random.uniform();
    });
    expect(mean(values)).toBeCloseTo(0.5, 1);
    expect(variance(values)).toBeCloseTo(1 / 12, 2);
    const products = values.slice(1).map((value, i) => (value - 0.5) * (values[i]! - 0.5) * 12);
    expect(Math.abs(mean(products))).toBeLessThan(0.08);
  });

  test('normals have mean 0, variance 1 and normal tails', () => {
    const random = randomStream(3, 'normal');
    const values = draws(40_000, random.normal);
    expect(Math.abs(mean(values))).toBeLessThan(0.02);
    expect(variance(values)).toBeCloseTo(1, 1);
    expect(values.filter((value) => Math.abs(value) > 1.959964).length / values.length).toBeCloseTo(0.05, 2);
  });

  test.each([0.1, 0.5, 1, 3.5])('gamma(%d) has mean and variance of its shape', (shape) => {
    const random = randomStream(4, 'gamma', shape);
    const values = draws(60_000, () => random.gamma(shape));
    expect(mean(values) / shape).toBeCloseTo(1, 1);
    expect(variance(values) / shape).toBeCloseTo(1, 1);
    expect(values.every((value) => value >= 0)).toBe(true);
  });

  test('a Dirichlet draw is a point of the simplex, also where gamma variates underflow', () => {
    fc.assert(
      fc.property(fc.nat(), fc.double({ min: 1e-3, max: 1e6, noNaN: true }), fc.integer({ min: 1, max: 20 }), (seed, alpha, size) => {
        const point = randomStream(seed, 'dirichlet').dirichlet(alpha, size);
        expect(point).toHaveLength(size);
        expect(Math.min(...point)).toBeGreaterThanOrEqual(0);
        expect(point.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 9);
      }),
    );
  });

  test.each([0.1, 1, 10])('Dirichlet(%d) has the mean and variance of its concentration', (alpha) => {
    const random = randomStream(5, 'dirichlet', alpha);
    const size = 5;
    const firsts = draws(20_000, () => random.dirichlet(alpha, size)[0]!);
    const expected = (size - 1) / (size * size * (size * alpha + 1));
    expect(mean(firsts)).toBeCloseTo(1 / size, 1);
    expect(variance(firsts) / expected).toBeCloseTo(1, 1);
  });

  test('integers cover 0 .. n-1 evenly', () => {
    const random = randomStream(6, 'integers');
    const counts = Array<number>(7).fill(0);
    for (let i = 0; i < 14_000; i++) counts[random.integer(7)]!++;
    for (const count of counts) expect(Math.abs(count - 2000)).toBeLessThan(200);
  });

  test('a shuffle keeps the items, leaves its argument alone and puts each item anywhere', () => {
    const random = randomStream(7, 'shuffle');
    const items = ['a', 'b', 'c'];
    const seen = new Map<string, number>();
    for (let i = 0; i < 6000; i++) {
      const shuffled = random.shuffle(items);
      expect([...shuffled].sort()).toEqual(items);
      seen.set(shuffled.join(''), (seen.get(shuffled.join('')) ?? 0) + 1);
    }
    expect(items).toEqual(['a', 'b', 'c']);
    expect(seen.size).toBe(6);
    for (const count of seen.values()) expect(Math.abs(count - 1000)).toBeLessThan(150);
  });
});
