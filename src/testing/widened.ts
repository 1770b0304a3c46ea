/** Conformance cases made larger. */

import type { ConformanceCase } from '../client/conformance.ts';
import { randomStream } from '../math/random.ts';

/**
 * A case with one hidden layer of so many units, and weights of every client's own: large enough for the wire form `q8`, which
 * leaves the cases' own small arrays float16.
 */
export function widened(given: ConformanceCase, units: number): ConformanceCase {
  const [width, classes] = [given.model.layers[0]!, given.model.layers.at(-1)!];
  const layers = [width, units, classes];
  // The kernel grows with the units.
  const slower = <T extends { readonly learningRate: number }>(hyper: T): T => ({
    ...hyper,
    learningRate: (hyper.learningRate * given.model.layers[1]!) / units,
  });
  const wide = {
    model: { ...given.model, layers },
    clients: given.clients.map((client, k) => ({
      ...client,
      weights: layers.slice(1).map((outputs, l) => {
        const [shared, own] = [randomStream(1, 'widened', l), randomStream(1, 'widened', l, k)];
        const draw = () => (shared.normal() + 0.2 * own.normal()) * Math.sqrt(2 / layers[l]!);
        return {
          kernel: Array.from({ length: layers[l]! }, () => Array.from({ length: outputs }, draw)),
          bias: Array.from({ length: outputs }, draw),
        };
      }),
    })),
  };
  switch (given.algorithm) {
    case 'spark':
    case 'ntk-dfl':
      return { ...given, ...wide, hyper: 'ridge' in given.hyper ? given.hyper : slower(given.hyper) };
    case 'dfedavg':
    case 'dfedavgm':
      return { ...given, ...wide, hyper: slower(given.hyper) };
    case 'dpsgd':
      return { ...given, ...wide, hyper: slower(given.hyper) };
  }
}
