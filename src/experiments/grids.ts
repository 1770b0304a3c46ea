/** The hyperparameters tried for each method: six settings each, scored on the validation split. The presets hold the best stable ones. */

import type { GradientMethod, Method, NtkMethod } from '../settings/method.ts';
import { algorithms, presets, usualTimed, type Algorithm } from '../settings/presets.ts';
import { condition, constantly, ntkMethod, withFlow, withRidge, type Condition } from './condition.ts';

export interface Candidate {
  readonly algorithm: Algorithm;
  /** What is varied, as people write it. */
  readonly label: string;
  readonly condition: Condition;
}

/** Not one of the seeds that are reported. */
export const TUNING_SEED = 7;

const product = <A, B>(as: readonly A[], bs: readonly B[]) => as.flatMap((a) => bs.map((b) => [a, b] as const));

interface Variant {
  readonly label: string;
  readonly method: Method;
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

/** Their code's configuration names times from 25 to 1000. Each time costs the residuals and the step once more. */
const timeLists = [[100], [200], [400], [1000], [100, 300, 1000], [100, 200, 400, 800]];

/** (First round, ρ). */
const ridgeStages: readonly (readonly (readonly [fromRound: number, ridge: number])[])[] = [
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

const grids: Readonly<Record<Algorithm, () => Variant[]>> = {
  sparkmesh: () =>
    ntk('sparkmesh', (method) =>
      ridgeStages.map((stages) => ({
        label: `ρ ${stages.map(([fromRound, ridge]) => (fromRound === 0 ? ridge : `${ridge} from round ${fromRound + 1}`)).join(', ')}`,
        method: withRidge(method, { ridge: stages.map(([fromRound, ridge]) => ({ fromRound, ridge })) }),
      })),
    ),
  spark: () =>
    ntk('spark', (method) =>
      product([0.5, 0.9], [40, 80, 160]).map(([factor, steps]) => ({
        label: `μ ${factor}, S ${steps}`,
        method: { ...withFlow(method, { steps }), momentum: { kind: 'nesterov', factor, velocity: 'mixed' } },
      })),
    ),
  'ntk-dfl': () =>
    ntk('ntk-dfl', (method) => [10, 20, 40, 80, 160, 320].map((steps) => ({ label: `S ${steps}`, method: withFlow(method, { steps }) }))),
  'ntk-dfl-fixed': () =>
    ntk('ntk-dfl-fixed', (method) =>
      product([0.02, 0.04, 0.08], [25, 50]).map(([learningRate, steps]) => ({
        label: `η ${learningRate}, S ${steps}`,
        method: withFlow(method, { steps, stepSize: { rule: 'fixed', learningRate, decay: 0 } }),
      })),
    ),
  'ntk-dfl-published': () =>
    ntk('ntk-dfl-published', (method) =>
      timeLists.map((times) => ({
        label: `τ ${times.join(', ')}`,
        method: { ...method, evolution: { ...method.evolution, ...usualTimed, times } },
      })),
    ),
  dfedavg: () =>
    gradient(
      'dfedavg',
      product([0.05, 0.1, 0.2], [20, 40]).map(([learningRate, localSteps]) => ({ learningRate, localSteps })),
    ),
  dfedavgm: () =>
    gradient(
      'dfedavgm',
      product([0.005, 0.01, 0.02], [20, 40]).map(([learningRate, localSteps]) => ({ learningRate, localSteps })),
    ),
  dpsgd: () =>
    gradient(
      'dpsgd',
      [0.05, 0.1, 0.2, 0.3, 0.5, 1].map((learningRate) => ({ learningRate })),
    ),
  centralised: () =>
    gradient(
      'centralised',
      product([0.01, 0.02, 0.05], [25, 100] as const).map(([learningRate, batchSize]) => ({ learningRate, batchSize })),
    ),
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

const tried = (algorithm: Algorithm, name: string, method: Method) =>
  condition('tuning', name, algorithm, { method, scoreOn: 'validation', rounds: roundsOf(algorithm) }, 20);

/** NTK-DFL with the whole kernel and a ridge, which is no preset: as many settings as a method has. */
export const solverCandidates: readonly Candidate[] = [0.003, 0.01, 0.03, 0.1, 0.2, 0.3].map((ridge, k) => ({
  algorithm: 'ntk-dfl',
  label: `ρ ${ridge}`,
  condition: tried('ntk-dfl', `ntk-dfl-whole-${k}`, withRidge(ntkMethod('ntk-dfl'), { ridge: constantly(ridge), prior: 0 })),
}));

export const candidates: readonly Candidate[] = algorithms.flatMap((algorithm) =>
  grids[algorithm]().map(({ label, method }, k) => ({
    algorithm,
    label,
    condition: tried(algorithm, `${algorithm}-${k}`, method),
  })),
);
