import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { TopologySettings } from '../settings/settings.ts';
import { checkTopology, closestDegree, graphOf, TopologyError, type Graph } from './graph.ts';

const regular = (degree: number, changing = false): TopologySettings => ({ kind: 'k-regular', degree, changing });

const topologies = fc.oneof(
  fc.constant<TopologySettings>({ kind: 'ring' }),
  fc.constant<TopologySettings>({ kind: 'full' }),
  fc.constant<TopologySettings>({ kind: 'star' }),
  fc
    .record({ probability: fc.double({ min: 0, max: 1, noNaN: true }), changing: fc.boolean() })
    .map((drawn): TopologySettings => ({ kind: 'erdos-renyi', ...drawn })),
  fc.record({ degree: fc.integer({ min: 1, max: 12 }), changing: fc.boolean() }).map(({ degree, changing }) => regular(degree, changing)),
);

function reachedFrom(graph: Graph, start: number): Set<number> {
  const reached = new Set([start]);
  for (const client of reached) for (const neighbour of graph[client]!) reached.add(neighbour);
  return reached;
}

describe('graphOf', () => {
  test('is a connected graph of ascending lists without loops, for any number of clients; regular where it should be', () => {
    fc.assert(
      fc.property(topologies, fc.integer({ min: 1, max: 30 }), fc.nat(), fc.nat(1000), (topology, clients, seed, round) => {
        const graph = graphOf(topology, clients, seed, round);
        expect(graph).toHaveLength(clients);
        const isRegular = topology.kind !== 'star' && topology.kind !== 'erdos-renyi';
        if (isRegular) expect(new Set(graph.map((list) => list.length)).size).toBe(1);
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

  test('star: everyone with the first', () => {
    expect(graphOf({ kind: 'star' }, 4, 1, 0)).toEqual([[1, 2, 3], [0], [0], [0]]);
    expect(graphOf({ kind: 'star' }, 1, 1, 0)).toEqual([[]]);
  });

  const chance = (probability: number, changing = false): TopologySettings => ({ kind: 'erdos-renyi', probability, changing });
  const edgesOf = (graph: Graph) => graph.reduce((sum, list) => sum + list.length, 0) / 2;

  test('Erdős–Rényi: from a random tree to everyone with everyone, each pair with its probability', () => {
    expect(edgesOf(graphOf(chance(0), 12, 1, 0))).toBe(11);
    expect(graphOf(chance(1), 6, 1, 0)).toEqual(graphOf({ kind: 'full' }, 6, 1, 0));
    const drawn = Array.from({ length: 50 }, (_, round) => edgesOf(graphOf(chance(0.3, true), 30, 1, round)));
    const expected = 0.3 * ((30 * 29) / 2);
    const mean = drawn.reduce((sum, edges) => sum + edges, 0) / drawn.length;
    expect(Math.abs(mean - expected)).toBeLessThan(5 * Math.sqrt((expected * 0.7) / drawn.length));
  });

  test('Erdős–Rényi: drawn once for the run, or anew every round', () => {
    expect(graphOf(chance(0.3), 20, 7, 1)).toEqual(graphOf(chance(0.3), 20, 7, 0));
    expect(graphOf(chance(0.3, true), 20, 7, 1)).not.toEqual(graphOf(chance(0.3, true), 20, 7, 0));
    expect(graphOf(chance(0.3), 20, 8, 0)).not.toEqual(graphOf(chance(0.3), 20, 7, 0));
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

  test('ring, star and full fit any number of clients', () => {
    for (const kind of ['ring', 'star', 'full'] as const) expect(() => checkTopology({ kind }, 1)).not.toThrow();
  });

  test.each([
    [9, 4, 'A graph of degree 9 on 4 clients needs at least 10 clients; choose degree 3, or another number of clients.'],
    [3, 5, 'A graph of degree 3 on 5 clients does not exist because both numbers are odd; choose degree 2, or another number of clients.'],
    [1, 6, 'A graph of degree 1 on 6 clients falls apart into pairs; choose degree 2, or another number of clients.'],
    [2, 1, 'One client alone has no graph of degree 2; choose the ring, or more clients.'],
  ])('degree %i on %i clients: one sentence says what to choose', (degree, clients, sentence) => {
    expect(() => checkTopology(regular(degree), clients)).toThrow(new TopologyError(sentence));
  });
});
