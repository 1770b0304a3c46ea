/** What is run for which table. Conditions of the same study and name are the same and are run once. */

import type { NtkMethod } from '../settings/method.ts';
import { presets, type Algorithm } from '../settings/presets.ts';
import type { PartitionRule, Settings, TopologySettings } from '../settings/settings.ts';
import { attacks, type Attack } from './attacks.ts';
import { condition, constantly, ntkMethod, withFlow, withRidge, type Condition } from './condition.ts';
import { candidates, ofNtkDfl } from './grids.ts';
import type { TableKind } from './tables.ts';

export interface Row {
  readonly label: string;
  readonly condition: Condition;
  /** Beside the one of the same method that has what was chosen before the comparisons. */
  readonly isTriedLater?: true;
}

export interface Study {
  /** For `--only`; its table's name, and that of the file of its own runs. */
  readonly name: string;
  /** What its table shows. */
  readonly table: TableKind;
  readonly seeds: readonly number[];
  readonly rows: readonly Row[];
}

export const skews = ['0.1', '0.5', 'iid'] as const;
export type Skew = (typeof skews)[number];

const partitions: Readonly<Record<Skew, PartitionRule>> = {
  '0.1': { kind: 'dirichlet', alpha: 0.1 },
  '0.5': { kind: 'dirichlet', alpha: 0.5 },
  iid: { kind: 'iid' },
};

const SEEDS = [0, 1, 2];

/** In the order of the tables. */
export const compared = [
  'sparkmesh',
  'spark',
  'ntk-dfl',
  'ntk-dfl-fixed',
  'ntk-dfl-published',
  'dfedavgm',
  'dfedavg',
  'dpsgd',
  'centralised',
] as const satisfies readonly Algorithm[];

/**
 * A round of a gradient method costs and brings less; less skewed federations get where they get sooner. The clients of NTK-DFL
 * with its own integrators are watched until they could have got there.
 */
function roundsOf(algorithm: Algorithm, skew: Skew): number {
  if ((algorithm === 'ntk-dfl-fixed' || algorithm === 'ntk-dfl-published') && skew === '0.1') return 25;
  if (presets[algorithm].method.kind === 'ntk') return skew === '0.1' || algorithm === 'sparkmesh' ? 15 : 10;
  return skew === '0.1' ? 40 : 25;
}

export function methodsCondition(algorithm: Algorithm, skew: Skew): Condition {
  return condition(`methods-${skew}`, algorithm, algorithm, { partition: partitions[skew], rounds: roundsOf(algorithm, skew) });
}

/** SPARKmesh without the parts that make its step the solution of one problem: SPARK and our smaller additions. */
const averaged: NtkMethod = { ...withFlow(ntkMethod('sparkmesh')), kernel: 'averaged', pull: 0 };

/** A method as it is compared: a preset, or one with other parts. */
interface Form {
  readonly title: string;
  /** Begins the names of its runs. */
  readonly name: string;
  readonly algorithm: Algorithm;
  readonly changes: Partial<Settings>;
}

const formOf = (algorithm: Algorithm): Form => ({ title: presets[algorithm].title, name: algorithm, algorithm, changes: {} });

/** Both presets, what SPARKmesh is without its solver, and their strongest baseline: in every comparison. */
const kernelForms: readonly Form[] = [
  formOf('sparkmesh'),
  { title: 'SPARKmesh, averaged kernel', name: 'averaged', algorithm: 'sparkmesh', changes: { method: averaged } },
  formOf('spark'),
  formOf('ntk-dfl'),
];

/** Its other forms: the exchange of weights alone where the comparison is closest. */
function forms(skew: Skew): readonly Row[] {
  const of = (label: string, name: string, changes: Partial<Settings>): Row => ({
    label: `SPARKmesh, ${label}`,
    condition: condition(`methods-${skew}`, name, 'sparkmesh', { partition: partitions[skew], rounds: 15, ...changes }),
  });
  return [
    ...(skew === '0.1' ? [of('weights alone', 'weights', { exchange: 'weights' })] : []),
    of('averaged kernel', 'averaged', { method: averaged }),
  ];
}

/**
 * Candidates that have scored better on validation data than what their methods have, of those that were tried when the comparisons
 * had been run: beside them where these are closest.
 */
const triedLater: readonly (readonly [algorithm: Algorithm, label: string])[] = [
  ['spark', 'λ 1'],
  ['ntk-dfl-fixed', 'η 0.04, S 200'],
  ['ntk-dfl-published', 'τ 2000, decay 0.2'],
  ['dfedavgm', 'η 0.05, momentum 0.5'],
  ['dfedavg', 'η 0.1, steps 80'],
  ['dpsgd', 'η 0.1, decay 0.02'],
];

function laterRows(algorithm: Algorithm, skew: Skew): Row[] {
  const ofIt = skew === '0.1' ? triedLater.filter(([of]) => of === algorithm) : [];
  return ofIt.map(([of, label]) => {
    const tried = candidates.find((candidate) => candidate.algorithm === of && candidate.label === label);
    if (!tried) throw new Error(`No candidate of ${of} is called "${label}"; take a label of grids.ts.`);
    const { settings } = methodsCondition(of, skew);
    const changes = { partition: settings.partition, rounds: settings.rounds, method: tried.condition.settings.method };
    return {
      label: `${presets[of].title}, ${label}`,
      condition: condition(`methods-${skew}`, `${of}-later`, of, changes),
      isTriedLater: true,
    };
  });
}

function methods(skew: Skew): Study {
  const [own, ...others] = compared.map((algorithm) => [
    { label: presets[algorithm].title, condition: methodsCondition(algorithm, skew) },
    ...laterRows(algorithm, skew),
  ]);
  return { name: `methods-${skew}`, table: 'methods', seeds: SEEDS, rows: [...own!, ...forms(skew), ...others.flat()] };
}

/** SPARKmesh needs fewer to get as far, gradient methods more. */
const largeRounds: Readonly<Record<string, number>> = { sparkmesh: 8, dfedavg: 24 };

/** All 60,000 images. */
const large: Study = {
  name: 'large',
  table: 'large',
  seeds: SEEDS,
  rows: [...kernelForms, formOf('dfedavg')].map(({ title, name, algorithm, changes }) => ({
    label: title,
    condition: condition('large', name, algorithm, { rounds: largeRounds[name] ?? 12, ...changes }, 300),
  })),
};

/** From NTK-DFL to SPARKmesh a part at a time, then what becomes of each with a part changed. Eight rounds tell them apart. */
function ablation(): Study {
  const own = ntkMethod('sparkmesh');
  const plain = ntkMethod('ntk-dfl');
  const usual = withRidge(own, { ridge: constantly(0.1) });
  const free = withRidge(usual, { prior: 0 });
  const part = (label: string, name: string, method: NtkMethod, changes: Partial<Settings> = {}): Row => ({
    label,
    condition: condition('ablation', name, 'ntk-dfl', { method, rounds: 8, ...changes }),
  });
  const whole = (label: string, name: string, method: NtkMethod, changes: Partial<Settings> = {}): Row => ({
    label,
    condition: condition('ablation', name, 'sparkmesh', { method, rounds: 8, ...changes }),
  });
  const longer = (algorithm: 'ntk-dfl' | 'spark', steps: number) =>
    part(`${presets[algorithm].title}, ${steps} steps`, `${algorithm}-${steps}`, withFlow(ntkMethod(algorithm), { steps }));
  return {
    name: 'ablation',
    table: 'course',
    seeds: SEEDS,
    rows: [
      { label: 'NTK-DFL', condition: methodsCondition('ntk-dfl', '0.1') },
      part('+ momentum 0.9, mixed, alone', 'heavy-momentum', { ...plain, momentum: { kind: 'nesterov', factor: 0.9, velocity: 'mixed' } }),
      part('+ momentum as in SPARKmesh', 'momentum', { ...plain, momentum: own.momentum }),
      part('+ soft labels = SPARK with an own velocity', 'soft', withFlow(averaged, { priorAdjustment: 0 })),
      { label: 'the same with a mixed velocity = SPARK', condition: methodsCondition('spark', '0.1') },
      { label: '+ prior adjustment', condition: condition('methods-0.1', 'averaged', 'sparkmesh', { method: averaged }) },
      whole('+ the whole kernel, 100 steps', 'whole-flow', { ...withFlow(own, { steps: 100 }), kernel: 'whole' }),
      whole('+ a ridge of 0.1 in place of a stopping time', 'ridge', free),
      whole('+ a prior', 'prior', usual),
      { label: '+ a ridge of 0.3 from round 6, of 1 from round 11 = SPARKmesh', condition: methodsCondition('sparkmesh', '0.1') },
      whole('NTK-DFL with the whole kernel and a ridge', 'ntk-dfl-whole', ofNtkDfl),
      whole('SPARKmesh without momentum', 'no-momentum', { ...own, momentum: { kind: 'none' } }),
      whole('without soft labels', 'hard', withRidge(own, { softLabels: [] })),
      whole('taught by the neighbours’ mean', 'ridge-neighbours', withRidge(own, { teacher: 'neighbours' })),
      whole('without prior adjustment', 'no-prior', withRidge(own, { priorAdjustment: 0 })),
      whole('solved to 0.001', 'tolerance', withRidge(own, { tolerance: 0.001 })),
      whole('sketches of 256 dimensions', 'sketch-256', own, { sketchSize: 256 }),
      part('Averaged kernel, 400 Euler steps', 'euler', withFlow(averaged, { integrator: 'euler', steps: 400 })),
      part('averaged kernel, taught by the neighbours’ mean', 'neighbours', withFlow(averaged, { teacher: 'neighbours' })),
      part('averaged kernel, 80 steps', 'averaged-80', withFlow(averaged, { steps: 80 })),
      longer('spark', 80),
      longer('ntk-dfl', 80),
      longer('ntk-dfl', 160),
    ],
  };
}

/** A small federation for each of these forms, to see what a choice does to it. */
const twelve = (
  study: string,
  label: string,
  name: string,
  changes: Partial<Settings>,
  forms: readonly Form[] = kernelForms,
): readonly Row[] =>
  forms.map((form) => ({
    label: `${label}, ${form.title}`,
    condition: condition(study, `${form.name}-${name}`, form.algorithm, { rounds: 12, ...form.changes, ...changes }, 12),
  }));

/** What is usual is run with all four, other choices with SPARKmesh alone. */
const withAll = (isUsual: boolean): readonly Form[] => (isUsual ? kernelForms : kernelForms.slice(0, 2));

const exchanges: readonly (readonly [label: string, name: string, changes: Partial<Settings>])[] = [
  ['sketch, m = 64 (default)', 'sketch-64', { sketchSize: 64 }],
  ['sketch, m = 256', 'sketch-256', { sketchSize: 256 }],
  ['exact', 'exact', { exchange: 'exact' }],
  ...[250, 1000, 4000].map((k) => [`projected, k = ${k}`, `projected-${k}`, { exchange: 'projected', projectionSize: k }] as const),
];

/** Fewer samples than elsewhere: neighbours get n C k numbers. */
const projection: Study = {
  name: 'projection',
  table: 'exchanges',
  seeds: SEEDS,
  rows: exchanges
    .flatMap(([label, name, changes]) => twelve('projection', label, name, { samples: 100, ...changes }, withAll(name === 'sketch-256')))
    .map(({ label, condition: declared }) => ({ label, condition: { ...declared, measuresKernel: true } })),
};

const wire: Study = {
  name: 'wire',
  table: 'conditions',
  seeds: SEEDS,
  rows: (['f32', 'f16', 'q8'] as const).flatMap((form) => twelve('wire', form, form, { wire: form, rounds: 15 }, withAll(form === 'f16'))),
};

const topologyRows: readonly (readonly [label: string, name: string, topology: TopologySettings])[] = [
  ['ring', 'ring', { kind: 'ring' }],
  ['star', 'star', { kind: 'star' }],
  ['3-regular, one for the run', 'degree-3-static', { kind: 'k-regular', degree: 3, changing: false }],
  ['3-regular, new every round', 'degree-3', { kind: 'k-regular', degree: 3, changing: true }],
  ['5-regular, one for the run', 'degree-5-static', { kind: 'k-regular', degree: 5, changing: false }],
  ['5-regular, new every round', 'degree-5', { kind: 'k-regular', degree: 5, changing: true }],
  ['Erdős–Rényi, p = 0.4, new every round', 'erdos-renyi', { kind: 'erdos-renyi', probability: 0.4, changing: true }],
  ['full', 'full', { kind: 'full' }],
];

const topologies: Study = {
  name: 'topologies',
  table: 'conditions',
  seeds: SEEDS,
  rows: topologyRows.flatMap(([label, name, topology]) => twelve('topologies', label, name, { topology })),
};

const hardships: Study = {
  name: 'hardships',
  table: 'conditions',
  seeds: SEEDS,
  rows: kernelForms.flatMap(({ title, name: form, algorithm, changes }) => {
    const row = (label: string, name: string, hardship: Partial<Settings>): Row => ({
      label: `${title}, ${label}`,
      condition: condition('hardships', `${form}-${name}`, algorithm, { rounds: 6, ...changes, ...hardship }),
    });
    return [
      { label: `${title}, none`, condition: condition('methods-0.1', form, algorithm, changes) },
      row('10 % of the clients lost each round', 'lost-10', { dropout: 0.1 }),
      row('30 % of the clients lost each round', 'lost-30', { dropout: 0.3 }),
      row('unequal sizes, σ = 1', 'sizes-1', { sizeSpread: 1 }),
    ];
  }),
};

const sizes = [
  { clients: 3, samples: 50, topology: { kind: 'full' } },
  { clients: 6, samples: 100, topology: { kind: 'k-regular', degree: 3, changing: true } },
  { clients: 12, samples: 100, topology: { kind: 'k-regular', degree: 4, changing: true } },
] as const;

/** From small federations to large ones. SPARKmesh goes on for as long as its loss may climb. */
const stability: Study = {
  name: 'stability',
  table: 'stability',
  seeds: SEEDS,
  rows: sizes.flatMap(({ clients, samples, topology }) =>
    skews.flatMap((skew) => {
      const row = ({ title, name, algorithm, changes }: Form, rounds: number): Row => ({
        label: `${clients} x ${samples}, ${skew === 'iid' ? 'IID' : `α = ${skew}`}, ${title}`,
        condition: condition(
          'stability',
          `${name}-${clients}x${samples}-${skew}`,
          algorithm,
          { samples, topology, partition: partitions[skew], rounds, ...changes },
          clients,
        ),
      });
      const [own, ...others] = kernelForms;
      const eightBits = { title: 'SPARKmesh, q8', name: 'q8', algorithm: 'sparkmesh', changes: { wire: 'q8' } } as const;
      return [row(own!, 20), row(eightBits, 20), ...others.map((form) => row(form, 12))];
    }),
  ),
};

const attackNames = {
  labels: 'wrong labels',
  sign: 'opposite changes',
  scaled: 'changes times ten',
  random: 'noise',
  stale: 'weights of five rounds before',
  start: 'weights of the start',
} as const satisfies Record<Attack, string>;

/** What each way to mix costs among honest clients, and stands where a fifth lie. Each round's neighbours are others, so that liars meet all. */
const attacked: Study = {
  name: 'attacks',
  table: 'attacks',
  seeds: SEEDS,
  rows: (['mean', 'clipped', 'nearest', 'trimmed', 'median'] as const).flatMap((aggregation) => {
    const changes: Partial<Settings> = {
      exchange: 'weights',
      aggregation,
      samples: 60,
      partition: partitions['0.5'],
      topology: { kind: 'k-regular', degree: 6, changing: true },
      rounds: 10,
      testSamples: 1000,
    };
    const row = (label: string, name: string, attack?: Attack): Row => ({
      label: `${aggregation === 'mean' ? 'plain' : aggregation} mix, ${label}`,
      condition: { ...condition('attacks', `${aggregation}-${name}`, 'sparkmesh', changes, 20), ...(attack ? { attack } : {}) },
    });
    return [row('all honest', 'none'), ...attacks.map((attack) => row(attackNames[attack], attack, attack))];
  }),
};

export const studies: readonly Study[] = [
  ...skews.map(methods),
  stability,
  ablation(),
  topologies,
  hardships,
  projection,
  wire,
  attacked,
  large,
];
