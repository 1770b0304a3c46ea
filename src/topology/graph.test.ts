import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { TopologySettings } from '../settings/settings.ts';
import { checkTopology, closestDegree, graphOf, TopologyError, type Graph } from './graph.ts';

const regular = (degree: number, changing = false): TopologySettings => ({ kind: 'k-regular', degree, changing });

const topologies = fc.oneof(
  fc.constant<TopologySettings>({ kind: 'ring' }),
  fc.constant<TopologySettings>({ kind: 'full' }),
  fc
    .record({ degree: fc.integer({ min: 1, max: 12 }), changing: fc.boolean() })
    .map(({ degree, changing }) => regular(degree, changing)),
);

function reachedFrom(graph: Graph, start: number): Set<number> {
  const reached = new Set([start]);
  for (const client of reached) for (const neighbour of graph[client]!) reached.add(neighbour);
  return reached;
}

describe('graphOf', () => {
  test('is a connected regular graph of ascending lists without loops, for any number of clients', () => {
    fc.assert(
      fc.property(topologies, fc.integer({ min: 1, max: 30 }), fc.nat(), fc.nat(1000), (topology, clients, seed, round) => {
        const graph = graphOf(topology, clients, seed, round);
        expect(graph).toHaveLength(clients);
        expect(new Set(graph.map((list) => list.length)).size).toBe(1);
        graph.forEach((list, i) => {
          expect(list.every((j, at) => at === 0 || list[at - 1]! < j)).toBe(true);
          expect(list).not.toContain(i);
          for (const j of list) expect(graph[j]).toContain(i);
        });
        expect(reachedFrom(graph, 0).size).toBe(clients);
      }),
    );
  });

  test('ring: nobody, one edge, a circle', () => {
    const ring = (clients: number) => graphOf({ kind: 'ring' }, clients, 1, 0);
    expect(ring(1)).toEqual([[]]);
    expect(ring(2)).toEqual([[1], [0]]);
    expect(ring(3)).toEqual([
      [1, 2],
      [0, 2],
      [0, 1],
    ]);
    expect(ring(5)).toEqual([
      [1, 4],
      [0, 2],
      [1, 3],
      [2, 4],
      [0, 3],
    ]);
  });

  test('full: everyone with everyone else', () => {
    expect(graphOf({ kind: 'full' }, 4, 1, 0)).toEqual([
      [1, 2, 3],
      [0, 2, 3],
      [0, 1, 3],
      [0, 1, 2],
    ]);
    expect(graphOf({ kind: 'full' }, 1, 1, 0)).toEqual([[]]);
  });

  test('k-regular has the degree asked for where it exists, 300 clients too', () => {
    for (const list of graphOf(regular(5), 300, 0, 0)) expect(list).toHaveLength(5);
    for (const list of graphOf(regular(3), 4, 0, 0)) expect(list).toHaveLength(3);
  });

  test('the same arguments draw the same graph', () => {
    expect(graphOf(regular(4, true), 20, 7, 3)).toEqual(graphOf(regular(4, true), 20, 7, 3));
  });

  test('another seed draws another graph; another round only if it is changing', () => {
    const graph = graphOf(regular(4), 20, 7, 0);
    expect(graphOf(regular(4), 20, 8, 0)).not.toEqual(graph);
    expect(graphOf(regular(4), 20, 7, 1)).toEqual(graph);
    expect(graphOf(regular(4, true), 20, 7, 1)).not.toEqual(graphOf(regular(4, true), 20, 7, 0));
  });

  test.each([
    [10, 3],
    [12, 5],
    [9, 2],
  ])('on %i clients of degree %i every edge is as likely as any other', (clients, degree) => {
    const draws = 4000;
    const edges = new Map<string, number>();
    for (let round = 0; round < draws; round++) {
      graphOf(regular(degree, true), clients, 1, round).forEach((list, i) => {
        for (const j of list) if (i < j) edges.set(`${i}-${j}`, (edges.get(`${i}-${j}`) ?? 0) + 1);
      });
    }
    const expected = (draws * degree) / (clients - 1);
    const deviation = Math.sqrt(expected * (1 - degree / (clients - 1)));
    expect(edges.size).toBe((clients * (clients - 1)) / 2);
    for (const count of edges.values()) expect(Math.abs(count - expected)).toBeLessThan(5 * deviation);
  });
});

describe('closestDegree', () => {
  test.each([
    [4, 10, 4],
    [3, 5, 2],
    [9, 4, 3],
    [64, 2, 1],
    [3, 1, 0],
    [1, 2, 1],
    [1, 7, 2],
    [1, 8, 2],
    [5, 3, 2],
  ])('degree %i on %i clients becomes %i', (degree, clients, closest) => expect(closestDegree(degree, clients)).toBe(closest));
});

describe('checkTopology', () => {
  test('accepts exactly what graphOf draws unchanged', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 14 }), (degree, clients) => {
        const drawn = graphOf(regular(degree), clients, 1, 0)[0]!.length;
        const check = () => checkTopology(regular(degree), clients);
        if (drawn === degree) expect(check).not.toThrow();
        else expect(check).toThrow(TopologyError);
      }),
    );
  });

  test('ring and full fit any number of clients', () => {
    for (const kind of ['ring', 'full'] as const) expect(() => checkTopology({ kind }, 1)).not.toThrow();
  });

  test.each([
    [9, 4, 'A graph of degree 9 on 4 clients needs at least 10 clients; choose degree 3, or another number of clients.'],
    [
      3,
      5,
      'A graph of degree 3 on 5 clients does not exist because both numbers are odd; choose degree 2, or another number of clients.',
    ],
    [1, 6, 'A graph of degree 1 on 6 clients falls apart into pairs; choose degree 2, or another number of clients.'],
    [2, 1, 'One client alone has no graph of degree 2; choose the ring, or more clients.'],
  ])('degree %i on %i clients: one sentence says what to choose', (degree, clients, sentence) => {
    expect(() => checkTopology(regular(degree), clients)).toThrow(new TopologyError(sentence));
  });
});
