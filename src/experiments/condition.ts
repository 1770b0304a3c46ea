/** What is run: a federation, its method and its size. */

import { isCentralised, type FlowSettings, type NtkMethod } from '../settings/method.ts';
import type { Algorithm } from '../settings/presets.ts';
import { defaultSettings, type Settings } from '../settings/settings.ts';

/** One federation whose runs, one a seed, make one row of a table. */
export interface Condition {
  /** The study whose file keeps its runs, e.g. `methods-iid`; other studies may show them too. */
  readonly study: string;
  /** Names its runs there, e.g. `spark`. */
  readonly name: string;
  readonly clients: number;
  /** All but the seed. */
  readonly settings: Settings;
  /** Whether its runs also measure how wrong its exchange makes a kernel. */
  readonly measuresKernel?: boolean;
}

/** What all conditions have in common unless they say otherwise. */
const common: Partial<Settings> = {
  partition: { kind: 'dirichlet', alpha: 0.1 },
  samples: 200,
  topology: { kind: 'k-regular', degree: 5, changing: true },
  rounds: 15,
  testSamples: 10_000,
};

export function condition(study: string, name: string, algorithm: Algorithm, changes: Partial<Settings> = {}, clients = 40): Condition {
  const settings = { ...defaultSettings(algorithm), ...common, ...changes };
  return { study, name, clients, settings: isCentralised(settings.method) ? { ...settings, union: clients } : settings };
}

/** The same condition at a size that says whether everything works, and nothing about the methods. */
export function quick({ clients, settings, ...rest }: Condition): Condition {
  const few = Math.min(clients, 6);
  return {
    ...rest,
    clients: few,
    settings: {
      ...settings,
      samples: Math.min(settings.samples, 40),
      hidden: [32],
      rounds: Math.min(settings.rounds, 3),
      testSamples: 500,
      projectionSize: Math.ceil(settings.projectionSize / 16),
      union: isCentralised(settings.method) ? few : settings.union,
      topology:
        settings.topology.kind === 'k-regular'
          ? { ...settings.topology, degree: Math.min(settings.topology.degree, 5) }
          : settings.topology,
    },
  };
}

/** The method with another flow. @throws {TypeError} when it follows none. */
export function withFlow(method: NtkMethod, change: Partial<FlowSettings>): NtkMethod {
  const { evolution } = method;
  if (evolution.kind !== 'flow') throw new TypeError('This method solves for its step; vary its ridge instead.');
  return { ...method, evolution: { ...evolution, ...change } };
}
