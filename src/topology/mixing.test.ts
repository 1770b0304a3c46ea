import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { mixingRow, type MixingRule } from './mixing.ts';

/** Undirected graphs of any shape, isolated clients too, as adjacency lists. */
const graphs = fc.integer({ min: 1, max: 12 }).chain((clients) =>
  fc.array(fc.tuple(fc.nat(clients - 1), fc.nat(clients - 1)), { maxLength: 30 }).map((edges) => {
    const neighbours = Array.from({ length: clients }, () => new Set<number>());
    for (const [a, b] of edges) {
      if (a === b) continue;
      neighbours[a]!.add(b);
      neighbours[b]!.add(a);
    }
    return neighbours.map((set) => [...set]);
  }),
);

const rowsOf = (rule: MixingRule, graph: readonly (readonly number[])[]) =>
  graph.map((list, i) => mixingRow(rule, i, list, (j) => graph[j]!.length));

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

describe('mixingRow', () => {
  test.each<MixingRule>(['uniform', 'metropolis'])('%s: weights are positive and add up to 1', (rule) => {
    fc.assert(
      fc.property(graphs, (graph) => {
        for (const { self, neighbours } of rowsOf(rule, graph)) {
          expect(self).toBeGreaterThan(0);
          for (const weight of neighbours) expect(weight).toBeGreaterThan(0);
          expect(self + sum(neighbours)).toBeCloseTo(1, 12);
        }
      }),
    );
  });

  test('metropolis is symmetric, so its columns add up to 1 too', () => {
    fc.assert(
      fc.property(graphs, (graph) => {
        const rows = rowsOf('metropolis', graph);
        const weight = (i: number, j: number) => (i === j ? rows[i]!.self : (rows[i]!.neighbours[graph[i]!.indexOf(j)] ?? 0));
        graph.forEach((list, i) => {
          for (const j of list) expect(weight(i, j)).toBe(weight(j, i));
          expect(sum(graph.map((_, j) => weight(j, i)))).toBeCloseTo(1, 12);
        });
      }),
    );
  });

  test('uniform gives everyone in the pool the same', () => {
    const row = mixingRow('uniform', 0, [1, 2, 3], () => 99);
    expect(row.neighbours).toEqual([0.25, 0.25, 0.25]);
    expect(row.self).toBeCloseTo(0.25, 12);
  });

  test('metropolis weighs an edge by the larger degree of its two ends', () => {
    const degrees = [2, 1, 4];
    const row = mixingRow('metropolis', 0, [1, 2], (j) => degrees[j]!);
    expect(row.neighbours).toEqual([1 / 3, 1 / 5]);
    expect(row.self).toBeCloseTo(7 / 15, 12);
  });

  test('a client alone keeps its own model', () => {
    expect(mixingRow('metropolis', 0, [], () => 0)).toEqual({ self: 1, neighbours: [] });
  });
});
