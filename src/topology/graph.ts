/** The graphs of a federation, drawn from seeded streams. */

import { randomStream, type RandomStream } from '../math/random.ts';
import type { TopologySettings } from '../settings/settings.ts';

/** The neighbours of each client by number, ascending. */
export type Graph = readonly (readonly number[])[];

/** Signals a graph that these clients cannot have. */
export class TopologyError extends Error {
  override readonly name = 'TopologyError';
}

/** The degree nearest to `degree`, lower rather than higher, of which a connected regular graph on `clients` clients exists. */
export function closestDegree(degree: number, clients: number): number {
  if (clients <= 2) return clients - 1;
  const possible = Math.min(degree, clients - 1);
  return Math.max(2, (possible * clients) % 2 === 0 ? possible : possible - 1);
}

/**
 * For a person's choice of a graph: one that `graphOf` would have to bend.
 * @throws {TopologyError} when no connected graph of that degree exists.
 */
export function checkTopology(topology: TopologySettings, clients: number): void {
  if (topology.kind !== 'k-regular') return;
  const { degree } = topology;
  const closest = closestDegree(degree, clients);
  if (closest === degree) return;
  if (clients === 1) {
    throw new TopologyError(`One client alone has no graph of degree ${degree}; choose the ring, or more clients.`);
  }
  const reason =
    degree >= clients
      ? `needs at least ${degree + 1} clients`
      : (degree * clients) % 2 !== 0
        ? 'does not exist because both numbers are odd'
        : 'falls apart into pairs';
  throw new TopologyError(
    `A graph of degree ${degree} on ${clients} clients ${reason}; choose degree ${closest}, or another number of clients.`,
  );
}

/** Each client and the next one, all in one circle. */
function ring(clients: number): Graph {
  return circulant(clients, Math.min(2, clients - 1));
}

/** Each client and its `degree` nearest on a circle, with the opposite one if the degree is odd. */
function circulant(clients: number, degree: number): Graph {
  const steps = Array.from({ length: Math.floor(degree / 2) }, (_, i) => i + 1);
  const offsets = [...steps, ...steps.map((step) => clients - step), ...(degree % 2 ? [clients / 2] : [])];
  return Array.from({ length: clients }, (_, i) => offsets.map((offset) => (i + offset) % clients).sort((a, b) => a - b));
}

/** Everyone whom `start` is connected to, over any number of edges. */
function reachedFrom(start: number, neighbours: readonly ReadonlySet<number>[]): ReadonlySet<number> {
  const reached = new Set([start]);
  // A Set's iteration also visits what is added on the way.
  for (const client of reached) for (const neighbour of neighbours[client]!) reached.add(neighbour);
  return reached;
}

/**
 * Replaces random pairs of edges {a, b}, {c, d} by {a, d}, {c, b} where both are new, which keeps every degree (Milo et al. 2003,
 * arXiv cond-mat/0312028): ten tries an edge, and as many again while the graph is not connected.
 */
function switchEdges(graph: Graph, random: RandomStream): Graph {
  const neighbours = graph.map((list) => new Set(list));
  const edges = graph.flatMap((list, a) => list.filter((b) => a < b).map((b): [number, number] => [a, b]));
  do {
    for (let tries = 10 * edges.length; tries > 0; tries--) {
      const first = edges[random.integer(edges.length)]!;
      const second = edges[random.integer(edges.length)]!;
      const [a, b] = first;
      const [c, d] = random.integer(2) ? second : [second[1], second[0]];
      if (a === c || a === d || b === c || b === d || neighbours[a]!.has(d) || neighbours[c]!.has(b)) continue;
      neighbours[a]!.delete(b);
      neighbours[b]!.delete(a);
      neighbours[c]!.delete(d);
      neighbours[d]!.delete(c);
      neighbours[a]!.add(d);
      neighbours[d]!.add(a);
      neighbours[c]!.add(b);
      neighbours[b]!.add(c);
      first[1] = d;
      second[0] = c;
      second[1] = b;
    }
  } while (reachedFrom(0, neighbours).size < neighbours.length);
  return neighbours.map((set) => [...set].sort((a, b) => a - b));
}

/** The clients in groups that no edge connects. */
function components(neighbours: readonly ReadonlySet<number>[]): number[][] {
  const found = new Set<number>();
  return neighbours.flatMap((_, start) => {
    if (found.has(start)) return [];
    const reached = reachedFrom(start, neighbours);
    for (const client of reached) found.add(client);
    return [[...reached]];
  });
}

/**
 * G(n, p), Erdős and Rényi: each pair of clients an edge with probability p. Where that falls apart, one random edge ties each
 * further part to those before it, so that what one client learns can reach all others.
 */
function erdosRenyi(clients: number, probability: number, random: RandomStream): Graph {
  const neighbours = Array.from({ length: clients }, () => new Set<number>());
  const connect = (a: number, b: number) => {
    neighbours[a]!.add(b);
    neighbours[b]!.add(a);
  };
  for (let a = 0; a < clients; a++) {
    for (let b = a + 1; b < clients; b++) if (random.uniform() < probability) connect(a, b);
  }
  const [whole, ...parts] = components(neighbours);
  for (const part of parts) {
    connect(whole![random.integer(whole!.length)]!, part[random.integer(part.length)]!);
    whole!.push(...part);
  }
  return neighbours.map((set) => [...set].sort((a, b) => a - b));
}

/** Client 0 and everyone else. */
function star(clients: number): Graph {
  const others = Array.from({ length: clients - 1 }, (_, i) => i + 1);
  return [others, ...others.map(() => [0])];
}

/**
 * The graph of a round over clients 0 .. `clients - 1`: the same everywhere for the same arguments, connected for any number of
 * clients. A degree that does not exist for that number becomes the closest that does, so that a live federation goes on
 * when members come and go.
 */
export function graphOf(topology: TopologySettings, clients: number, seed: number, round: number): Graph {
  switch (topology.kind) {
    case 'ring':
      return ring(clients);
    case 'full':
      return circulant(clients, clients - 1);
    case 'star':
      return star(clients);
    case 'erdos-renyi': {
      const random = randomStream(seed, 'topology', clients, topology.changing ? round : 'fixed');
      return erdosRenyi(clients, topology.probability, random);
    }
    case 'k-regular': {
      const random = randomStream(seed, 'topology', clients, topology.changing ? round : 'fixed');
      return switchEdges(circulant(clients, closestDegree(topology.degree, clients)), random);
    }
  }
}
