import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defaultSettings, withAlgorithm } from '../settings/settings.ts';
import { dropsOut } from '../topology/dropout.ts';
import { graphOf } from '../topology/graph.ts';
import type { Presence } from '../transport/transport.ts';
import { edgesOf, neighbourhoodOf, neighboursAlong, wantedPeers, type Neighbourhood } from './neighbourhood.ts';

/** Members whose numbers have gaps, as when people have left. */
const membersOf = (count: number): Presence[] => Array.from({ length: count }, (_, k) => ({ id: `p${k}`, number: 2 * k + 1 }));

const federation = fc.record({
  members: fc.integer({ min: 3, max: 9 }).map(membersOf),
  mixing: fc.constantFrom('uniform', 'metropolis'),
  topology: fc.constantFrom({ kind: 'ring' } as const, { kind: 'star' } as const, { kind: 'full' } as const),
  dropout: fc.constantFrom(0, 0.4, 1),
  seed: fc.nat(50),
  round: fc.nat(20),
});

describe('a neighbourhood', () => {
  it('has weights that sum to one, whoever drops out', () => {
    fc.assert(
      fc.property(federation, ({ members, topology, round, ...choices }) => {
        const settings = { ...defaultSettings(), topology, ...choices };
        const graph = graphOf(topology, members.length, choices.seed, round);
        members.forEach(({ id }, me) => {
          const { selfWeight, neighbours, absent } = neighbourhoodOf(id, members, graph, settings, round);
          expect(neighbours.reduce((sum, { weight }) => sum + weight, selfWeight)).toBeCloseTo(1, 12);
          const all = graph[me]!.map((index) => members[index]!);
          const isOut = ({ number }: Presence) => dropsOut(settings, number, round);
          expect(absent).toEqual(all.filter(isOut).map((member) => member.id));
          expect(neighbours.map(({ peer }) => peer)).toEqual(all.filter((member) => !isOut(member)).map((member) => member.id));
        });
      }),
    );
  });

  it('is a row of a symmetric matrix with Metropolis weights', () => {
    fc.assert(
      fc.property(federation, ({ members, topology, round, seed }) => {
        const settings = { ...defaultSettings(), topology, seed, mixing: 'metropolis' as const };
        const graph = graphOf(topology, members.length, seed, round);
        const rows = new Map(members.map(({ id }) => [id, neighbourhoodOf(id, members, graph, settings, round)]));
        const weight = (from: string, to: string) => rows.get(from)!.neighbours.find(({ peer }) => peer === to)?.weight;
        for (const { a, b } of edgesOf(members, graph)) expect(weight(a, b)).toBe(weight(b, a));
      }),
    );
  });

  it('is empty where training is centralised, and of one who is no participant', () => {
    const members = membersOf(4);
    const graph = graphOf({ kind: 'full' }, 4, 1, 0);
    const nobody: Neighbourhood = { selfWeight: 1, neighbours: [], absent: [] };
    expect(neighbourhoodOf('p0', members, graph, withAlgorithm(defaultSettings(), 'centralised'), 0)).toEqual(nobody);
    expect(neighbourhoodOf('elsewhere', members, graph, defaultSettings(), 0)).toEqual(nobody);
  });
});

describe('edges', () => {
  it('lead from each client to the neighbours that its graph gives it, each once', () => {
    fc.assert(
      fc.property(federation, ({ members, topology, round, seed }) => {
        const graph = graphOf(topology, members.length, seed, round);
        const edges = edgesOf(members, graph);
        expect(new Set(edges.map(({ a, b }) => [a, b].sort().join())).size).toBe(edges.length);
        members.forEach(({ id }, me) => {
          expect(neighboursAlong(edges, id).sort()).toEqual(graph[me]!.map((index) => members[index]!.id).sort());
        });
      }),
    );
  });
});

describe('the channels that a run wants', () => {
  const members = membersOf(5);
  const round = (...peers: string[]): Neighbourhood => ({
    selfWeight: 0,
    neighbours: peers.map((peer) => ({ peer, weight: 1 })),
    absent: [],
  });

  it('are those to the neighbours of its rounds and along the tree of sums, each once', () => {
    expect(wantedPeers('p2', members, [round('p1', 'p3'), round('p3', 'p4')], true)).toEqual(['p1', 'p3', 'p4', 'p0']);
    expect(wantedPeers('p2', members, [round('p1'), round('p1')], false)).toEqual(['p1']);
  });

  it('are, at the root, those to everyone of few, and never to many', () => {
    expect(wantedPeers('p0', members, [round('p1'), round()], true)).toEqual(['p1', 'p2', 'p3', 'p4']);
    expect(wantedPeers('p0', members, [round('p1'), round()], false)).toEqual(['p1']);
    const many = membersOf(300);
    for (const { id } of many) expect(wantedPeers(id, many, [round()], true).length).toBeLessThanOrEqual(9);
  });
});
