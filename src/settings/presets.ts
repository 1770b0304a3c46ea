/** The methods by name. A run's settings say which one it is and hold its parts, which may have been changed since. */

import type {
  EvolutionSettings,
  FlowSettings,
  GradientMethod,
  Method,
  Momentum,
  NtkMethod,
  RidgeSettings,
  TimedSettings,
} from './method.ts';

export const algorithms = [
  'sparkmesh',
  'spark',
  'ntk-dfl',
  'ntk-dfl-fixed',
  'ntk-dfl-published',
  'dfedavg',
  'dfedavgm',
  'dpsgd',
  'centralised',
] as const;
export type Algorithm = (typeof algorithms)[number];

export interface Preset {
  /** As people write it. */
  readonly title: string;
  /** One sentence; this project's own additions are named as such. */
  readonly description: string;
  readonly method: Method;
}

/**
 * The stages go from pure NTK evolution to soft labels, as published; their weights are a reconstruction. All numbers here were
 * chosen on validation data (docs/RESULTS.md).
 */
const usualFlow: Pick<FlowSettings, 'kind' | 'stepSize' | 'integrator' | 'steps'> = {
  kind: 'flow',
  stepSize: { rule: 'spectral', scale: 2 },
  integrator: 'accelerated',
  steps: 40,
};

const soft: FlowSettings = {
  ...usualFlow,
  temperature: 2,
  softLabels: [{ fromRound: 1, weight: 0.25 }],
  teacher: 'mixed',
  priorAdjustment: 0,
};

/** The ridge of a method that has no other: far steps at first, then near ones, so that the clients' own models come together. */
export const usualRidge: Pick<RidgeSettings, 'kind' | 'ridge' | 'prior' | 'tolerance' | 'maxProducts'> = {
  kind: 'ridge',
  ridge: [
    { fromRound: 0, ridge: 0.1 },
    { fromRound: 5, ridge: 0.3 },
    { fromRound: 10, ridge: 1 },
  ],
  prior: 20,
  tolerance: 0.01,
  maxProducts: 100,
};

/** Learning rate and decay are those of NTK-DFL's public code. */
export const usualTimed: Pick<TimedSettings, 'kind' | 'learningRate' | 'decay' | 'times' | 'tolerance'> = {
  kind: 'timed',
  learningRate: 0.01,
  decay: 0.07,
  times: [100, 200, 400, 800],
  tolerance: 0.01,
};

const usual = { flow: usualFlow, ridge: usualRidge, timed: usualTimed } as const;

const targetsOf = ({ temperature, softLabels, teacher, priorAdjustment }: EvolutionSettings) => ({
  temperature,
  softLabels,
  teacher,
  priorAdjustment,
});

/** The evolution of another kind, as it usually is, towards the same labels and soft labels. */
export function evolvedBy(kind: 'flow', evolution: EvolutionSettings): FlowSettings;
export function evolvedBy(kind: 'ridge', evolution: EvolutionSettings): RidgeSettings;
export function evolvedBy(kind: EvolutionSettings['kind'], evolution: EvolutionSettings): EvolutionSettings;
export function evolvedBy(kind: EvolutionSettings['kind'], evolution: EvolutionSettings): EvolutionSettings {
  return evolution.kind === kind ? evolution : { ...usual[kind], ...targetsOf(evolution) };
}

const plain: FlowSettings = { ...soft, temperature: 1, softLabels: [] };

/** A flow with the averaged kernel, as published. */
const averaged = (evolution: FlowSettings | TimedSettings, momentum: Momentum): NtkMethod => ({
  kind: 'ntk',
  kernel: 'averaged',
  evolution,
  momentum,
  pull: 0,
});

const dfedavgm: GradientMethod = {
  kind: 'gradient',
  order: 'step-then-mix',
  learningRate: 0.02,
  decay: 0,
  localSteps: 40,
  momentum: 0.9,
  batchSize: 25,
};

export const presets: Readonly<Record<Algorithm, Preset>> = {
  sparkmesh: {
    title: 'SPARKmesh',
    description: 'SPARK and our additions: whole kernel, ridge, prior adjustment, own velocity, prior.',
    method: {
      kind: 'ntk',
      kernel: 'whole',
      evolution: evolvedBy('ridge', { ...soft, priorAdjustment: 1 }),
      // The own velocity is as good as the mixed one, which costs a quarter of all bytes.
      momentum: { kind: 'nesterov', factor: 0.5, velocity: 'own' },
      pull: 0,
    },
  },
  spark: {
    title: 'SPARK',
    description: 'SPARK as reconstructed from arXiv 2512.12737, on this project’s accelerated evolution.',
    method: averaged(soft, { kind: 'nesterov', factor: 0.5, velocity: 'mixed' }),
  },
  'ntk-dfl': {
    title: 'NTK-DFL',
    description: 'No soft labels, no momentum (arXiv 2410.01922), on this project’s accelerated evolution.',
    method: averaged(plain, { kind: 'none' }),
  },
  'ntk-dfl-fixed': {
    title: 'NTK-DFL, fixed steps',
    description: 'NTK-DFL with a step size that stays fixed: 50 Euler steps of 0.08.',
    method: averaged(
      { ...plain, stepSize: { rule: 'fixed', learningRate: 0.08, decay: 0 }, integrator: 'euler', steps: 50 },
      { kind: 'none' },
    ),
  },
  'ntk-dfl-published': {
    title: 'NTK-DFL, as published',
    description: 'NTK-DFL as its authors run it: the flow with error control (arXiv 2410.01922).',
    // The longest of their times: chosen on validation data, it is better alone than with others to choose from.
    method: averaged({ ...usualTimed, times: [1000], ...targetsOf(plain) }, { kind: 'none' }),
  },
  dfedavg: {
    title: 'DFedAvg',
    description: 'Gradient steps on the own samples, then averaging with neighbours (arXiv 2104.11375).',
    method: { ...dfedavgm, learningRate: 0.1, momentum: 0 },
  },
  dfedavgm: {
    title: 'DFedAvgM',
    description: 'DFedAvg with heavy-ball momentum within a round’s steps (arXiv 2104.11375).',
    method: dfedavgm,
  },
  dpsgd: {
    title: 'D-PSGD',
    description: 'One gradient step on the own samples and one averaging a round (arXiv 1705.09056).',
    method: { ...dfedavgm, order: 'mix-plus-step', learningRate: 0.1, localSteps: 1, momentum: 0, batchSize: 'full' },
  },
  centralised: {
    title: 'Centralised',
    description: 'For reference: one client trains on everyone’s samples, and nothing is sent.',
    method: { ...dfedavgm, order: 'alone', localSteps: 100, batchSize: 100 },
  },
};
