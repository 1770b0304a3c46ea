/** What is run: a federation, its method and its size. */

import { isCentralised, type FlowSettings, type Method, type NtkMethod, type RidgeSettings } from '../settings/method.ts';
import { evolvedBy, presets, type Algorithm } from '../settings/presets.ts';
import { defaultSettings, type Settings } from '../settings/settings.ts';
import type { Attack } from './attacks.ts';

/** One federation whose runs, one a seed, make one row of a table. */
export interface Condition {
  /** The study whose file keeps its runs, e.g. `methods-iid`; other studies may show them too. */
  readonly study: string;
  /** Names its runs there, e.g. `spark`. */
  readonly name: string;
  readonly clients: number;
  /** All but the seed. */
  readonly settings: Settings;
  /** What a fifth of the clients do to the others; the accuracies on record are then those of the rest. */
  readonly attack?: Attack;
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
  wire: 'f16',
};

/** The averaged kernel was tuned and run with larger sketches; it is as good with these (docs/RESULTS.md, section 3). */
const sketchSizeOf = (method: Method) => (method.kind === 'ntk' && method.kernel === 'whole' ? 64 : 256);

export function condition(study: string, name: string, algorithm: Algorithm, changes: Partial<Settings> = {}, clients = 40): Condition {
  const { method } = presets[algorithm];
  const settings = { ...defaultSettings(algorithm), ...common, sketchSize: sketchSizeOf(changes.method ?? method), ...changes };
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

/** The kernel method of a preset. @throws {TypeError} when it has none. */
export function ntkMethod(algorithm: Algorithm): NtkMethod {
  const { method } = presets[algorithm];
  if (method.kind !== 'ntk') throw new TypeError(`${algorithm} has no kernel; take a method that has one.`);
  return method;
}

/** The method following a flow: its own with these changes, or the usual one. */
export function withFlow(method: NtkMethod, change: Partial<FlowSettings> = {}): NtkMethod {
  return { ...method, evolution: { ...evolvedBy('flow', method.evolution), ...change } };
}

/** A ridge that is the same in every round. */
export const constantly = (ridge: number): RidgeSettings['ridge'] => [{ fromRound: 0, ridge }];

/** The method solving for its step with the whole kernel: by its own ridge with these changes, or by the usual one. */
export function withRidge(method: NtkMethod, change: Partial<RidgeSettings> = {}): NtkMethod {
  return { ...method, kernel: 'whole', evolution: { ...evolvedBy('ridge', method.evolution), ...change } };
}
