/** How far projected kernels are off, in standard deviations. */

import { flatWeights, settingsOf, type CaseRun, type ConformanceResult } from '../client/conformance.ts';
import * as reference from './reference.ts';

/**
 * By how much the first round's kernels of a run with exchange `projected` are off, in standard deviations of their entries. The
 * case's clients must all start from the same weights, which are then their first mixed model too.
 */
export function projectedErrors(run: CaseRun, actual: ConformanceResult, expected: ConformanceResult): number[] {
  const { model, clients, graph } = run.given;
  const { projection: form, projectionSize: size, seed } = settingsOf(run);
  const weights = flatWeights(model, clients[0]!.weights);
  return clients.flatMap((_, k) => {
    const pool = [k, ...graph[0]![k]!].flatMap((client) => clients[client]!.x.map((x) => reference.linearise(model, weights, x)));
    const variance = reference.projectedVariance({ form, size, seed }, pool);
    const [estimate, exact] = [actual, expected].map(({ rounds }) => rounds[0]!.clients[k]!.kernel!.flat());
    // Signs leave nothing to chance where all hidden units are off: there the error is float32's.
    return exact!.map((value, at) => (estimate![at]! - value) / Math.max(1e-5, Math.sqrt(variance[at]!)));
  });
}
