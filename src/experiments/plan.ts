/** What is run for which table. Conditions of the same study and name are the same and are run once. */

import { evolvedBy, presets, type Algorithm } from '../settings/presets.ts';
import type { NtkMethod } from '../settings/method.ts';
import type { PartitionRule, Settings, TopologySettings } from '../settings/settings.ts';
import { condition, withFlow, type Condition } from './condition.ts';
import type { TableKind } from './tables.ts';

export interface Row {
  readonly label: string;
  readonly condition: Condition;
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

/** Both presets and their strongest baseline: in every comparison. */
const kernelMethods = ['sparkmesh', 'spark', 'ntk-dfl'] as const satisfies readonly Algorithm[];

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

function methods(skew: Skew): Study {
  return {
    name: `methods-${skew}`,
    table: 'methods',
    seeds: SEEDS,
    rows: compared.map((algorithm) => ({ label: presets[algorithm].title, condition: methodsCondition(algorithm, skew) })),
  };
}

/** All 60,000 images. */
const large: Study = {
  name: 'large',
  table: 'large',
  seeds: SEEDS,
  rows: ([...kernelMethods, 'dfedavg'] as const).map((algorithm) => ({
    label: presets[algorithm].title,
    condition: condition('large', algorithm, algorithm, { rounds: algorithm === 'dfedavg' ? 24 : 12 }, 300),
  })),
};

function ntkMethod(algorithm: Algorithm): NtkMethod {
  const { method } = presets[algorithm];
  if (method.kind !== 'ntk') throw new Error(`${algorithm} has no kernel; ablate a method that has one.`);
  return method;
}

function ablation(): Study {
  const own = ntkMethod('sparkmesh');
  const plain = ntkMethod('ntk-dfl');
  /** Eight rounds tell the parts apart. */
  const part = (label: string, name: string, method: NtkMethod): Row => ({
    label,
    condition: condition('ablation', name, 'ntk-dfl', { method, rounds: 8 }),
  });
  const longer = (algorithm: 'ntk-dfl' | 'spark' | 'sparkmesh', steps: number) =>
    part(`${presets[algorithm].title}, ${steps} steps`, `${algorithm}-${steps}`, withFlow(ntkMethod(algorithm), { steps }));
  return {
    name: 'ablation',
    table: 'course',
    seeds: SEEDS,
    rows: [
      { label: 'NTK-DFL', condition: methodsCondition('ntk-dfl', '0.1') },
      part('+ momentum 0.9, mixed, alone', 'heavy-momentum', { ...plain, momentum: { kind: 'nesterov', factor: 0.9, velocity: 'mixed' } }),
      part('+ momentum as in SPARKmesh', 'momentum', { ...plain, momentum: own.momentum }),
      part('+ soft labels = SPARK with an own velocity', 'soft', withFlow(own, { priorAdjustment: 0 })),
      { label: 'the same with a mixed velocity = SPARK', condition: methodsCondition('spark', '0.1') },
      { label: '+ prior adjustment = SPARKmesh', condition: methodsCondition('sparkmesh', '0.1') },
      part('SPARKmesh by 400 Euler steps', 'euler', withFlow(own, { integrator: 'euler', steps: 400 })),
      part('SPARKmesh taught by the neighbours’ mean', 'neighbours', withFlow(own, { teacher: 'neighbours' })),
      longer('sparkmesh', 80),
      longer('spark', 80),
      longer('ntk-dfl', 80),
      longer('ntk-dfl', 160),
    ],
  };
}

/** The whole kernel, the ridge and the pull, which no preset has yet, and the exchange that they make worth while. */
function whole(): Study {
  const own = ntkMethod('sparkmesh');
  const solving: NtkMethod = { ...own, kernel: 'whole', evolution: evolvedBy('ridge', own.evolution) };
  const row = (label: string, name: string, changes: Partial<Settings>): Row => ({
    label,
    condition: condition('whole', name, 'sparkmesh', { rounds: 10, sketchSize: 64, ...changes }),
  });
  const pulled = { ...solving, pull: 0.02 };
  return {
    name: 'whole',
    table: 'course',
    seeds: SEEDS,
    rows: [
      { label: 'SPARKmesh', condition: methodsCondition('sparkmesh', '0.1') },
      row('the whole kernel and a ridge, m = 64', 'ridge', { method: solving }),
      row('+ pull 0.02', 'pull', { method: pulled }),
      row('the same by the exchange of weights alone', 'weights', { method: pulled, exchange: 'weights' }),
    ],
  };
}

/** A small federation for each of these methods, to see what a choice does to it. */
const twelve = (
  study: string,
  label: string,
  name: string,
  changes: Partial<Settings>,
  methods: readonly Algorithm[] = kernelMethods,
): readonly Row[] =>
  methods.map((algorithm) => ({
    label: `${label}, ${presets[algorithm].title}`,
    condition: condition(study, `${algorithm}-${name}`, algorithm, { rounds: 12, ...changes }, 12),
  }));

/** What is the default is run with all three, other forms with SPARKmesh alone. */
const withAll = (isDefault: boolean): readonly Algorithm[] => (isDefault ? kernelMethods : ['sparkmesh']);

const exchanges: readonly (readonly [label: string, name: string, changes: Partial<Settings>])[] = [
  ['sketch, m = 64', 'sketch-64', { sketchSize: 64 }],
  ['sketch, m = 256 (default)', 'sketch-256', {}],
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
  rows: kernelMethods.flatMap((algorithm) => {
    const { title } = presets[algorithm];
    const row = (label: string, name: string, changes: Partial<Settings>): Row => ({
      label: `${title}, ${label}`,
      condition: condition('hardships', `${algorithm}-${name}`, algorithm, { rounds: 6, ...changes }),
    });
    return [
      { label: `${title}, none`, condition: methodsCondition(algorithm, '0.1') },
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

/** From small federations to large ones. */
const stability: Study = {
  name: 'stability',
  table: 'course',
  seeds: SEEDS,
  rows: sizes.flatMap(({ clients, samples, topology }) =>
    skews.flatMap((skew) =>
      kernelMethods.map((algorithm) => ({
        label: `${clients} x ${samples}, ${skew === 'iid' ? 'IID' : `α = ${skew}`}, ${presets[algorithm].title}`,
        condition: condition(
          'stability',
          `${algorithm}-${clients}x${samples}-${skew}`,
          algorithm,
          { samples, topology, partition: partitions[skew], rounds: 12 },
          clients,
        ),
      })),
    ),
  ),
};

export const studies: readonly Study[] = [
  ...skews.map(methods),
  stability,
  ablation(),
  whole(),
  topologies,
  hardships,
  projection,
  wire,
  large,
];
