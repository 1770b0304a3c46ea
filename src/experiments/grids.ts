/** The hyperparameters tried for each method: eighteen settings each, scored on the validation split. The presets hold the best stable ones. */

import { isDeepStrictEqual } from 'node:util';
import type { GradientMethod, Method, NtkMethod, RidgeSettings, TimedSettings } from '../settings/method.ts';
import { algorithms, presets, usualTimed, type Algorithm } from '../settings/presets.ts';
import type { Settings } from '../settings/settings.ts';
import { condition, constantly, ntkMethod, withFlow, withRidge, type Condition } from './condition.ts';

export interface Candidate {
  readonly algorithm: Algorithm;
  /** What is varied, as people write it. */
  readonly label: string;
  readonly condition: Condition;
  /** Whether its method has it. */
  readonly isChosen: boolean;
}

/** Not one of the seeds that are reported. */
export const TUNING_SEED = 7;

const product = <A, B>(as: readonly A[], bs: readonly B[]) => as.flatMap((a) => bs.map((b) => [a, b] as const));

interface Variant {
  readonly label: string;
  readonly method: Method;
  /** Where it is not the one that all methods of its kernel have. */
  readonly sketchSize?: number;
}

function ntk(algorithm: Algorithm, vary: (method: NtkMethod) => Variant[]): Variant[] {
  const { method } = presets[algorithm];
  return method.kind === 'ntk' ? vary(method) : [];
}

function gradient(algorithm: Algorithm, changes: readonly Partial<GradientMethod>[]): Variant[] {
  const { method } = presets[algorithm];
  if (method.kind !== 'gradient') return [];
  return changes.map((change) => ({
    label: Object.entries(change)
      .map(([name, value]) => `${words[name] ?? name} ${String(value)}`)
      .join(', '),
    method: { ...method, ...change },
  }));
}

const words: Readonly<Record<string, string>> = { learningRate: 'η', localSteps: 'steps', batchSize: 'batch' };

/** Values by (first round, value); several are stages. */
type Stages = readonly (readonly [fromRound: number, value: number])[];

const staged = (name: string, stages: Stages) =>
  `${name} ${stages.map(([fromRound, value]) => (fromRound === 0 ? value : `${value} from round ${fromRound + 1}`)).join(', ')}`;

const ridges = (stages: Stages): RidgeSettings['ridge'] => stages.map(([fromRound, ridge]) => ({ fromRound, ridge }));

const weights = (stages: Stages): NtkMethod['evolution']['softLabels'] => stages.map(([fromRound, weight]) => ({ fromRound, weight }));

/** Soft labels begin in the second round. */
const withSoftLabels = (method: NtkMethod, stages: Stages): NtkMethod => ({
  ...method,
  evolution: { ...method.evolution, softLabels: weights(stages.map(([fromRound, weight]) => [Math.max(1, fromRound), weight])) },
});

const ridgeStages: readonly Stages[] = [
  [[0, 0.1]],
  [
    [0, 0.1],
    [5, 0.3],
  ],
  [
    [0, 0.05],
    [5, 0.3],
    [10, 1],
  ],
  [
    [0, 0.1],
    [5, 0.3],
    [10, 1],
  ],
  [
    [0, 0.1],
    [3, 0.3],
    [6, 1],
  ],
  [
    [0, 0.1],
    [5, 1],
    [10, 3],
  ],
];

/** The weights of soft labels, of SPARKmesh and of SPARK, which is tried over fewer rounds. */
const softWeights: readonly Stages[] = [
  [],
  [[0, 0.5]],
  [
    [0, 0.1],
    [5, 0.25],
    [10, 0.5],
  ],
];
const softWeightsOfSpark: readonly Stages[] = [
  [[0, 0.1]],
  [[0, 0.5]],
  [[0, 1]],
  [
    [0, 0.1],
    [3, 0.25],
    [5, 0.5],
  ],
];

/** (First round, ρ) of NTK-DFL. */
const ridgeStagesOfNtkDfl: readonly Stages[] = [
  [
    [0, 0.03],
    [4, 0.1],
  ],
  [
    [0, 0.03],
    [3, 0.1],
    [6, 0.3],
  ],
  [
    [0, 0.1],
    [4, 0.03],
  ],
];

/** The ridge by stages, then everything else of it, a thing at a time. */
const ofSparkmesh = (method: NtkMethod): Variant[] => [
  ...ridgeStages.map((stages) => ({ label: staged('ρ', stages), method: withRidge(method, { ridge: ridges(stages) }) })),
  ...softWeights.map((stages) => ({
    label: stages.length === 0 ? 'λ 0' : staged('λ', stages),
    method: withSoftLabels(method, stages),
  })),
  ...[0, 0.8].map((factor) => ({ label: `μ ${factor}`, method: withMomentum(method, factor) })),
  ...[0.5, 1.5].map((a) => ({ label: `a ${a}`, method: withRidge(method, { priorAdjustment: a }) })),
  ...[32, 128].map((m) => ({ label: `m ${m}`, method, sketchSize: m })),
  { label: 'tolerance 0.03', method: withRidge(method, { tolerance: 0.03 }) },
  ...[10, 40].map((prior) => ({ label: `c ${prior}`, method: withRidge(method, { prior }) })),
];

function withMomentum(method: NtkMethod, factor: number): NtkMethod {
  const { momentum } = method;
  if (factor === 0 || momentum.kind === 'none') return { ...method, momentum: { kind: 'none' } };
  return { ...method, momentum: { ...momentum, factor } };
}

/** What other times than those of their code cost: each one the residuals and the step once more. */
const timeLists = [
  [100],
  [200],
  [400],
  [1000],
  [100, 300, 1000],
  [100, 200, 400, 800],
  [25],
  [50],
  [700],
  [1500],
  [2000],
  [200, 1000],
  [500, 1000],
];

const timedChanges: readonly (readonly [label: string, change: Partial<TimedSettings>])[] = [
  ['τ 1000, decay 0', { times: [1000], decay: 0 }],
  ['τ 1000, decay 0.2', { times: [1000], decay: 0.2 }],
  ['τ 2000, decay 0.2', { times: [2000], decay: 0.2 }],
  ['τ 1000, tolerance 0.1', { times: [1000], tolerance: 0.1 }],
  ['τ 1000, tolerance 0.001', { times: [1000], tolerance: 0.001 }],
];

const grids: Readonly<Record<Algorithm, () => Variant[]>> = {
  sparkmesh: () => ntk('sparkmesh', ofSparkmesh),
  spark: () =>
    ntk('spark', (method) => {
      const { evolution } = method;
      return [
        ...product([0.5, 0.9], [40, 80, 160]).map(([factor, steps]) => ({
          label: `μ ${factor}, S ${steps}`,
          method: withMomentum(withFlow(method, { steps }), factor),
        })),
        ...[0, 0.3, 0.7].map((factor) => ({ label: `μ ${factor}, S 40`, method: withMomentum(method, factor) })),
        ...softWeightsOfSpark.map((stages) => ({ label: staged('λ', stages), method: withSoftLabels(method, stages) })),
        ...[1, 4].map((temperature) => ({ label: `T ${temperature}`, method: { ...method, evolution: { ...evolution, temperature } } })),
        { label: 'λ 0.5, T 4', method: withSoftLabels({ ...method, evolution: { ...evolution, temperature: 4 } }, [[0, 0.5]]) },
        { label: 'taught by neighbours', method: { ...method, evolution: { ...evolution, teacher: 'neighbours' } } },
        { label: 'm 128', method, sketchSize: 128 },
      ];
    }),
  'ntk-dfl': () =>
    ntk('ntk-dfl', (method) =>
      product([2, 1, 0.5], [10, 20, 40, 80, 160, 320]).map(([scale, steps]) => ({
        label: scale === 2 ? `S ${steps}` : `S ${steps}, scale ${scale}`,
        method: withFlow(method, { steps, stepSize: { rule: 'spectral', scale } }),
      })),
    ),
  'ntk-dfl-fixed': () =>
    ntk('ntk-dfl-fixed', (method) =>
      [...product([0.02, 0.04, 0.08], [25, 50]), ...product([0.02, 0.04, 0.08], [100, 200]), ...product([0.16, 0.32], [25, 50, 100])].map(
        ([learningRate, steps]) => ({
          label: `η ${learningRate}, S ${steps}`,
          method: withFlow(method, { steps, stepSize: { rule: 'fixed', learningRate, decay: 0 } }),
        }),
      ),
    ),
  'ntk-dfl-published': () =>
    ntk('ntk-dfl-published', (method) =>
      [...timeLists.map((times) => [`τ ${times.join(', ')}`, { times }] as const), ...timedChanges].map(([label, change]) => ({
        label,
        method: { ...method, evolution: { ...method.evolution, ...usualTimed, ...change } },
      })),
    ),
  dfedavg: () =>
    gradient('dfedavg', [
      ...product([0.05, 0.1, 0.2], [20, 40]).map(([learningRate, localSteps]) => ({ learningRate, localSteps })),
      ...product([0.05, 0.1, 0.2], [10, 80]).map(([learningRate, localSteps]) => ({ learningRate, localSteps })),
      ...product([0.02, 0.4], [40, 80]).map(([learningRate, localSteps]) => ({ learningRate, localSteps })),
      ...[0.1, 0.2].map((learningRate) => ({ learningRate, batchSize: 50 })),
    ]),
  dfedavgm: () =>
    gradient('dfedavgm', [
      ...product([0.005, 0.01, 0.02], [20, 40]).map(([learningRate, localSteps]) => ({ learningRate, localSteps })),
      ...product([0.005, 0.01, 0.02], [10, 80]).map(([learningRate, localSteps]) => ({ learningRate, localSteps })),
      ...[20, 40].map((localSteps) => ({ learningRate: 0.04, localSteps })),
      ...product([0.5, 0.95], [0.02, 0.05]).map(([momentum, learningRate]) => ({ learningRate, momentum })),
    ]),
  dpsgd: () =>
    gradient('dpsgd', [
      ...[0.05, 0.1, 0.2, 0.3, 0.5, 1].map((learningRate) => ({ learningRate })),
      ...[0.03, 0.07, 0.15].map((learningRate) => ({ learningRate })),
      ...product([0.1, 0.2, 0.3], [0.02, 0.05]).map(([learningRate, decay]) => ({ learningRate, decay })),
      ...[0.05, 0.1, 0.2].map((learningRate) => ({ learningRate, batchSize: 100 })),
    ]),
  centralised: () =>
    gradient('centralised', [
      ...product([0.01, 0.02, 0.05], [25, 100] as const).map(([learningRate, batchSize]) => ({ learningRate, batchSize })),
      ...[0.005, 0.1].map((learningRate) => ({ learningRate, batchSize: 100 })),
      ...product([0.01, 0.02, 0.05], [50, 200]).map(([learningRate, localSteps]) => ({ learningRate, localSteps })),
      ...product([0.01, 0.02], [0.02, 0.05]).map(([learningRate, decay]) => ({ learningRate, decay })),
    ]),
};

/** Longer accelerated evolutions swing in some federations of 40 clients (docs/RESULTS.md, section 2). */
const STABLE_STEPS = 40;

export function isStable(method: Method): boolean {
  if (method.kind !== 'ntk' || method.evolution.kind !== 'flow') return true;
  return method.evolution.integrator !== 'accelerated' || method.evolution.steps <= STABLE_STEPS;
}

/** Rounds of gradient methods cost little, and they need more of them; SPARKmesh’s ridge grows until the eleventh. */
function roundsOf(algorithm: Algorithm): number {
  if (algorithm === 'sparkmesh') return 15;
  return presets[algorithm].method.kind === 'ntk' ? 8 : 30;
}

function tried(algorithm: Algorithm, name: string, { method, sketchSize }: Omit<Variant, 'label'>): Condition {
  const changes: Partial<Settings> = { method, scoreOn: 'validation', rounds: roundsOf(algorithm) };
  return condition('tuning', name, algorithm, sketchSize === undefined ? changes : { ...changes, sketchSize }, 20);
}

/** NTK-DFL with the whole kernel and a ridge, which is no preset: as many settings as a method has. */
export const ofNtkDfl = withRidge(ntkMethod('ntk-dfl'), {
  ridge: ridges([
    [0, 0.03],
    [3, 0.1],
    [6, 0.3],
  ]),
  prior: 0,
});

function ofSolver(): Variant[] {
  const method = withRidge(ofNtkDfl, { ridge: constantly(0.03) });
  return [
    ...[0.003, 0.01, 0.03, 0.1, 0.2, 0.3, 0.02, 0.05].map((ridge) => ({
      label: `ρ ${ridge}`,
      method: withRidge(method, { ridge: constantly(ridge) }),
    })),
    ...ridgeStagesOfNtkDfl.map((stages) => ({ label: staged('ρ', stages), method: withRidge(method, { ridge: ridges(stages) }) })),
    ...[0.01, 0.03, 0.1].map((ridge) => ({
      label: `ρ ${ridge}, c 20`,
      method: withRidge(method, { ridge: constantly(ridge), prior: 20 }),
    })),
    ...[32, 128].map((m) => ({ label: `ρ 0.03, m ${m}`, method, sketchSize: m })),
    ...[0.001, 0.03].map((tolerance) => ({ label: `ρ 0.03, tolerance ${tolerance}`, method: withRidge(method, { tolerance }) })),
  ];
}

/** @param begin of the names of their runs. @param chosen the method as it is. */
function candidatesOf(algorithm: Algorithm, begin: string, variants: readonly Variant[], chosen: Method): readonly Candidate[] {
  const { settings } = tried(algorithm, begin, { method: chosen });
  return variants.map((variant, k) => {
    const declared = tried(algorithm, `${begin}-${k}`, variant);
    return { algorithm, label: variant.label, condition: declared, isChosen: isDeepStrictEqual(declared.settings, settings) };
  });
}

export const solverCandidates = candidatesOf('ntk-dfl', 'ntk-dfl-whole', ofSolver(), ofNtkDfl);

export const candidates = algorithms.flatMap((algorithm) =>
  candidatesOf(algorithm, algorithm, grids[algorithm](), presets[algorithm].method),
);
