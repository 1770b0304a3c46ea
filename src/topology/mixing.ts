/** The mixing matrix, a row at a time. */

import type { Settings } from '../settings/settings.ts';

/** How a row of mixing weights is made: all alike, or Metropolis's, which are doubly stochastic on any graph. */
export type MixingRule = Settings['mixing'];

/** The weights m_ij with which one client averages the models of its pool. They add up to 1. */
export interface MixingRow {
  /** m_ii. */
  readonly self: number;
  /** m_ij, in the order of the neighbours given. */
  readonly neighbours: readonly number[];
}

/**
 * Client i = `me`'s row of the mixing matrix. `uniform`: 1 / (|N_i| + 1) each (NTK-DFL, arXiv 2410.01922). `metropolis`:
 * m_ij = 1 / (1 + max(deg_i, deg_j)) and m_ii the rest, doubly stochastic on every undirected graph.
 */
export function mixingRow(rule: MixingRule, me: number, neighbours: readonly number[], degreeOf: (client: number) => number): MixingRow {
  const weights = neighbours.map((j) => (rule === 'uniform' ? 1 / (neighbours.length + 1) : 1 / (1 + Math.max(degreeOf(me), degreeOf(j)))));
  return { self: 1 - weights.reduce((sum, weight) => sum + weight, 0), neighbours: weights };
}
