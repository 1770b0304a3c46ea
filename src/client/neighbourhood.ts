/** Who a client's neighbours are in a round, how much each counts, and whom it wants channels to: all of it pure. */
import { isCentralised } from '../settings/method.ts';
import type { Settings } from '../settings/settings.ts';
import { dropsOut } from '../topology/dropout.ts';
import { mixingRow } from '../topology/mixing.ts';
import type { PeerId, Presence } from '../transport/transport.ts';
import { branchOf } from './sumTree.ts';

/** A round's graph: the neighbours of each participant, by their places in the list of participants. */
export type Graph = readonly (readonly number[])[];

/** One edge of the graph, between ids. */
export interface Edge {
  readonly a: PeerId;
  readonly b: PeerId;
}

/** A client's row of the round's mixing matrix. */
export interface Neighbourhood {
  /** m_ii, with the weights of those who are absent. */
  readonly selfWeight: number;
  /** Those who take part, each with its m_ij. */
  readonly neighbours: readonly { readonly peer: PeerId; readonly weight: number }[];
  /** Neighbours that drop out of the round. */
  readonly absent: readonly PeerId[];
}

/** @param members the participants by ascending number, this client among them. */
export function neighbourhoodOf(
  self: PeerId,
  members: readonly Presence[],
  graph: Graph,
  settings: Pick<Settings, 'method' | 'mixing' | 'seed' | 'dropout'>,
  round: number,
): Neighbourhood {
  if (isCentralised(settings.method)) return { selfWeight: 1, neighbours: [], absent: [] };
  const me = members.findIndex(({ id }) => id === self);
  const indices = graph[me] ?? [];
  const row = mixingRow(settings.mixing, me, indices, (client) => graph[client]?.length ?? 0);
  let selfWeight = row.self;
  const neighbours: { peer: PeerId; weight: number }[] = [];
  const absent: PeerId[] = [];
  indices.forEach((index, k) => {
    const member = members[index];
    const weight = row.neighbours[k]!;
    if (!member) return;
    if (dropsOut(settings, member.number, round)) {
      selfWeight += weight;
      absent.push(member.id);
    } else neighbours.push({ peer: member.id, weight });
  });
  return { selfWeight, neighbours, absent };
}

/** Each edge of the graph once. */
export function edgesOf(members: readonly Presence[], graph: Graph): Edge[] {
  return graph.flatMap((neighbours, i) =>
    neighbours.flatMap((j) => {
      const a = members[i];
      const b = members[j];
      return a && b && i < j ? [{ a: a.id, b: b.id }] : [];
    }),
  );
}

/** The peers at the other ends of a client's edges. */
export function neighboursAlong(edges: readonly Edge[], self: PeerId): PeerId[] {
  return edges.flatMap(({ a, b }) => (a === self ? [b] : b === self ? [a] : []));
}

/** The peers that a run wants channels to: the neighbours in these rounds and, where models are scored, those along the tree of sums. */
export function wantedPeers(
  self: PeerId,
  members: readonly Presence[],
  rounds: readonly Neighbourhood[],
  isScored: boolean,
): readonly PeerId[] {
  const neighbours = rounds.flatMap((round) => round.neighbours.map(({ peer }) => peer));
  const { parent, children } = branchOf(members, self);
  const along = isScored ? [...(parent === null ? [] : [parent]), ...children.map(({ id }) => id)] : [];
  return [...new Set([...neighbours, ...along])];
}
