/** The options of `federation` and `simulate`, and the settings they make. */

import * as v from 'valibot';
import { FORMATS, isModelName } from '../export/modelFiles.ts';
import { logTopics, parseLogTopics, type LogTopic } from '../log/log.ts';
import {
  evolutionSchemas,
  isCentralised,
  methodSchemas,
  type EvolutionSettings,
  type FlowSettings,
  type GradientMethod,
  type Method,
  type Momentum,
  type NtkMethod,
} from '../settings/method.ts';
import { algorithms, evolvedBy, presets, usualRidge, usualTimed } from '../settings/presets.ts';
import {
  DEFAULT_ALPHA,
  defaultSettings,
  exchanges,
  MOST_OWN_SAMPLES,
  settingsSchema,
  withAlgorithm,
  type Exchange,
  type PartitionRule,
  type Settings,
  type TopologySettings,
} from '../settings/settings.ts';
import type { TabFederation } from '../runner/tabFederation.ts';
import { checkTopology, closestDegree, TopologyError } from '../topology/graph.ts';
import { entriesOf, type Entry, type EntryForm } from '../datasets/ownEntries.ts';
import { flagOf, inapplicable, numberText, option, parseOptions, refuse, toggle, toNumber, UsageError } from './commandLine.ts';
import { csvOnly, formsOf, path, readerOptions, type GivenForm } from './importOptions.ts';

export interface RunOptions {
  readonly settings: Settings;
  /** Clients 0 .. `clients - 1` take part. */
  readonly clients: number;
  readonly backend: 'auto' | 'webgpu' | 'wasm' | 'cpu';
  /** Where to write the report, if anywhere. */
  readonly json: string | null;
  /** The saved model to start from, if any. */
  readonly fromModel: string | null;
  /** Where to save the model, if anywhere. */
  readonly saveModel: string | null;
  /** What the clients tell stderr of; nothing if empty. */
  readonly log: readonly LogTopic[];
  /** Where each client's own data are, and how they are read; null for a dataset. */
  readonly data: OwnData | null;
}

export interface OwnData {
  /** By the clients' numbers. */
  readonly entries: readonly Entry[];
  readonly form: EntryForm;
}

export interface SimulationOptions extends RunOptions {
  /** Whether to leave aside what an interrupted run of the same command has done. */
  readonly fresh: boolean;
}

export type FederationOptions = RunOptions & TabFederation;

/** These runs are for comparison, so they score on every test sample. */
const defaults: Settings = { ...defaultSettings(), testSamples: 10_000 };

const DEFAULT_DEGREE = 4;
const DEFAULT_PROBABILITY = 0.3;
const DEFAULT_CLASSES = 2;

const schemas = settingsSchema.entries;
const flowSchemas = evolutionSchemas.flow.entries;
const ridgeSchemas = evolutionSchemas.ridge.entries;
const timedSchemas = evolutionSchemas.timed.entries;
const momentumSchemas = methodSchemas.ntk.entries.momentum.options[1].entries;
const gradientSchemas = methodSchemas.gradient.entries;
const [, , chance] = schemas.topology.options;
const [, dirichlet, shards] = schemas.partition.options;

const wholeNumber = (min: number, max: number) => v.pipe(numberText, v.number(), v.integer(), v.minValue(min), v.maxValue(max));

const listText = v.pipe(
  v.string(),
  v.transform((text) => (text === 'none' ? [] : text.split(',').map(toNumber))),
);

const SOFT_LABEL_SHAPE = 'stages such as 0:0,1:0.25 (first round:weight, rounds ascending) or none';

/** Of `first round:number`. */
function stageOf(text: string): { fromRound: number; value: number } {
  const [, fromRound, value] = /^(\d+):(\d*\.?\d+)$/.exec(text.trim()) ?? [];
  return { fromRound: Number(fromRound), value: Number(value) };
}

const softLabelsText = v.pipe(
  v.string(),
  v.transform((text) => (text === 'none' ? [] : text.split(',').map(stageOf))),
  v.transform((stages) => stages.map(({ fromRound, value }) => ({ fromRound, weight: value }))),
  v.check((stages) => stages.every(({ fromRound }, i) => fromRound > (stages[i - 1]?.fromRound ?? -1)), SOFT_LABEL_SHAPE),
  flowSchemas.softLabels,
);

const RIDGE_SHAPE = 'a number, or stages such as 0:0.1,5:0.3 (first round:ridge, rounds ascending from 0)';

const ridgeText = v.pipe(
  v.string(),
  v.transform((text) => (text.includes(':') ? text : `0:${text}`).split(',').map(stageOf)),
  v.transform((stages) => stages.map(({ fromRound, value }) => ({ fromRound, ridge: value }))),
  v.check((stages) => stages.every(({ fromRound, ridge }) => Number.isInteger(fromRound) && Number.isFinite(ridge)), RIDGE_SHAPE),
  ridgeSchemas.ridge,
);

const LOG_TOPICS = `all, or some of ${logTopics.join(',')}`;

const logText = v.pipe(
  v.string(),
  v.rawTransform(({ dataset, addIssue, NEVER }) => {
    const topics = parseLogTopics(dataset.value);
    if (topics) return [...topics];
    addIssue({ message: LOG_TOPICS });
    return NEVER;
  }),
);

const runOptions = {
  backend: option('NAME', 'auto, webgpu, wasm or cpu (default auto)', v.picklist(['auto', 'webgpu', 'wasm', 'cpu'])),
  json: option('FILE', 'write the report there', v.pipe(v.string(), v.minLength(1, 'the name of a file'))),
  fromModel: option(
    'FILE',
    'start from this saved model, .safetensors or .html, and its layers',
    v.pipe(v.string(), v.minLength(1, 'the name of a file')),
  ),
  saveModel: option(
    'FILE',
    `save the averaged model there, as ${FORMATS}`,
    v.pipe(v.string(), v.check(isModelName, `a name that ends in ${FORMATS}`)),
  ),
  log: option('TOPICS', `what clients tell stderr: ${LOG_TOPICS}`, logText),
  data: option('FOLDER', 'own data, for each client an entry: a folder of images, a CSV file, IDX files', path),
  colour: toggle('learn from the colours of such images, no longer from their shades of grey alone'),
};

const settingOptions = {
  dataset: option('NAME', `fashion-mnist, mnist, or one of your own (default ${defaults.dataset})`, schemas.dataset),
  rounds: option('N', `rounds (default ${defaults.rounds})`, v.pipe(numberText, schemas.rounds)),
  patience: option(
    'N',
    'rounds that may bring nothing before it ends by itself (default 0: any number)',
    v.pipe(numberText, schemas.patience),
  ),
  samples: option('N', `training samples a client (default ${defaults.samples})`, v.pipe(numberText, schemas.samples)),
  partition: option('RULE', 'iid, dirichlet or shards (default dirichlet)', v.picklist(['iid', 'dirichlet', 'shards'])),
  alpha: option(
    'A',
    `Dirichlet concentration of a client's classes, or iid (default ${DEFAULT_ALPHA})`,
    v.pipe(
      v.string(),
      v.transform((text) => (text === 'iid' ? text : toNumber(text))),
      v.union([dirichlet.entries.alpha, v.literal('iid')]),
    ),
  ),
  classes: option('C', `classes of a client's shards (default ${DEFAULT_CLASSES})`, v.pipe(numberText, shards.entries.classes)),
  sizeSpread: option(
    'SIGMA',
    `sigma of the log-normal that clients' sizes are drawn from (default ${defaults.sizeSpread}: all equal)`,
    v.pipe(numberText, schemas.sizeSpread),
  ),
  scoreOn: option('SPLIT', 'test, or validation: training samples that no client then holds (default test)', schemas.scoreOn),
  testSamples: option('N', `samples to score on, at most (default ${defaults.testSamples})`, v.pipe(numberText, schemas.testSamples)),
  seed: option('N', `seed of everything random (default ${defaults.seed})`, v.pipe(numberText, schemas.seed)),
  convolutions: option(
    'CHANNELS',
    'of convolution blocks below the dense layers, e.g. 8,16, or none (default none)',
    v.pipe(listText, schemas.convolutions),
  ),
  hidden: option('SIZES', `hidden dense layers, e.g. 64,32, or none (default ${defaults.hidden.join()})`, v.pipe(listText, schemas.hidden)),
  topology: option(
    'KIND',
    `ring, k-regular, erdos-renyi, star or full (default ${defaults.topology.kind})`,
    v.picklist(['ring', 'k-regular', 'erdos-renyi', 'star', 'full']),
  ),
  degree: option('K', `neighbours of a client in a k-regular graph (default ${DEFAULT_DEGREE}, if possible)`, wholeNumber(1, 64)),
  probability: option(
    'P',
    `of each edge in an erdos-renyi graph (default ${DEFAULT_PROBABILITY})`,
    v.pipe(numberText, chance.entries.probability),
  ),
  changing: toggle('draw a new k-regular or erdos-renyi graph every round'),
  dropout: option('P', 'the chance of a client to take no part in a round (default 0)', v.pipe(numberText, schemas.dropout)),
  mixing: option('RULE', `uniform or metropolis (default ${defaults.mixing})`, schemas.mixing),
  aggregation: option(
    'RULE',
    `of the mix: mean, or robust: clipped, nearest, trimmed or median (default ${defaults.aggregation})`,
    schemas.aggregation,
  ),
  algorithm: option('NAME', `one of those below (default ${defaults.algorithm})`, schemas.algorithm),
  exchange: option('FORM', `${exchanges.join(', ')} (default ${defaults.exchange})`, schemas.exchange),
  sketchSize: option('M', `dimensions of the sketch (default ${defaults.sketchSize})`, v.pipe(numberText, schemas.sketchSize)),
  projection: option(
    'FORM',
    `how projected Jacobians are projected: dense or khatri-rao (default ${defaults.projection})`,
    schemas.projection,
  ),
  projectionSize: option(
    'K',
    `dimensions of that projection (default ${defaults.projectionSize})`,
    v.pipe(numberText, schemas.projectionSize),
  ),
  wire: option('FORM', `f16, f32 or q8 numbers between peers (default ${defaults.wire})`, schemas.wire),
  deadline: option(
    'SECONDS',
    `how long to wait for a silent neighbour (default ${defaults.deadlineMs / 1000})`,
    v.pipe(numberText, v.number(), v.minValue(0.1), v.maxValue(600)),
  ),
  kernel: option('NAME', "averaged or whole (default: the algorithm's, as for all below)", methodSchemas.ntk.entries.kernel),
  evolution: option(
    'KIND',
    'flow, timed: to the best of several times, or ridge: solved for (whole kernel)',
    v.picklist(['flow', 'timed', 'ridge']),
  ),
  times: option('LIST', `the times to choose from, e.g. ${usualTimed.times.join()}`, v.pipe(listText, timedSchemas.times)),
  steps: option('S', 'steps of the flow', v.pipe(numberText, flowSchemas.steps)),
  integrator: option('NAME', 'of the flow: euler or accelerated', flowSchemas.integrator),
  ridge: option('RHO', 'how strongly a ridge holds steps back, or that by first round, e.g. 0:0.1,5:0.3', ridgeText),
  prior: option(
    'C',
    `samples that the initial weights count for with a ridge (usually ${usualRidge.prior})`,
    v.pipe(numberText, ridgeSchemas.prior),
  ),
  tolerance: option(
    'T',
    `gradient that a ridge has left (usually ${usualRidge.tolerance}), or a timed step's error (${usualTimed.tolerance})`,
    v.pipe(numberText, ridgeSchemas.tolerance),
  ),
  maxProducts: option(
    'N',
    `products with the kernel after which it is left at that (usually ${usualRidge.maxProducts})`,
    v.pipe(numberText, ridgeSchemas.maxProducts),
  ),
  softLabels: option('STAGES', 'weights by first round, e.g. 0:0,1:0.25, or none', softLabelsText),
  teacher: option('WHOSE', 'soft labels: of the mixed model, or the mean of the neighbours around a sample', flowSchemas.teacher.wrapped),
  temperature: option('T', 'temperature of the soft labels', v.pipe(numberText, flowSchemas.temperature)),
  priorAdjustment: option('A', 'how far class frequencies adjust the evolution, 0 to 10', v.pipe(numberText, flowSchemas.priorAdjustment)),
  momentum: option(
    'MU',
    'momentum from round to round, or within a round of a gradient method; 0 for none',
    v.pipe(numberText, momentumSchemas.factor),
  ),
  momentumKind: option('NAME', 'none, heavy-ball or nesterov', v.picklist(['none', ...momentumSchemas.kind.options])),
  velocity: option('WHOSE', 'mixed (neighbours send theirs) or own (never sent)', momentumSchemas.velocity),
  pull: option(
    'GAMMA',
    'how far each mix is pulled to the initial weights, 0 to 1, in place of a prior',
    v.pipe(numberText, methodSchemas.ntk.entries.pull),
  ),
  stepSize: option('RULE', 'spectral (from the kernel) or fixed (needs --learning-rate)', v.picklist(['spectral', 'fixed'])),
  learningRate: option('ETA', 'fixed step size, or what times are scaled by', v.pipe(numberText, gradientSchemas.learningRate)),
  decay: option('D', 'that falls as exp(-D * round)', v.pipe(numberText, gradientSchemas.decay)),
  localSteps: option('N', 'steps of a gradient method in a round', v.pipe(numberText, gradientSchemas.localSteps)),
  batchSize: option(
    'N',
    'samples of each of those steps, or full',
    v.pipe(
      v.string(),
      v.transform((text) => (text === 'full' ? text : toNumber(text))),
      gradientSchemas.batchSize,
    ),
  ),
};

const columns = Math.max(...algorithms.map((name) => name.length));
const notes = ['', 'Algorithms:', ...algorithms.map((name) => `  ${name.padEnd(columns)}  ${presets[name].description}`)];

const federation = {
  call: 'npm run federation',
  summary: 'Runs a federation of real browser tabs on this machine.',
  options: v.strictObject({
    tabs: option('N', 'clients, a browser tab each (default 4)', wholeNumber(1, 64)),
    browsers: option('N', 'browser processes to spread the tabs over (default 1)', wholeNumber(1, 64)),
    headed: toggle('show the browsers'),
    ...runOptions,
    ...readerOptions,
    ...settingOptions,
  }),
  notes,
};

const simulation = {
  call: 'npm run simulate',
  summary: 'Runs a federation inside one process, with the same code and the same bytes.',
  options: v.strictObject({
    clients: option('N', 'clients (default 10)', wholeNumber(1, 10_000)),
    fresh: toggle('begin anew although an interrupted run of the same command could go on'),
    ...runOptions,
    ...readerOptions,
    ...settingOptions,
  }),
  notes,
};

type Given = v.InferOutput<v.StrictObjectSchema<typeof settingOptions, undefined>>;

function topologyOf(given: Given, clients: number): TopologySettings {
  const { topology, degree, probability, changing = false } = given;
  const implied = probability !== undefined ? 'erdos-renyi' : degree !== undefined || changing ? 'k-regular' : undefined;
  const kind = topology ?? implied ?? 'ring';
  const chosen = `--topology ${kind}`;
  switch (kind) {
    case 'k-regular': {
      refuse(given, ['probability'], chosen);
      // One client has no k-regular graph, whatever the degree: checked as any other degree.
      const regular: TopologySettings = {
        kind,
        degree: degree ?? Math.max(1, closestDegree(DEFAULT_DEGREE, clients)),
        changing,
      };
      try {
        checkTopology(regular, clients);
      } catch (error) {
        throw error instanceof TopologyError ? new UsageError(`Option --degree: ${error.message}`) : error;
      }
      return regular;
    }
    case 'erdos-renyi':
      refuse(given, ['degree'], chosen);
      return { kind, probability: probability ?? DEFAULT_PROBABILITY, changing };
    default:
      refuse(given, ['degree', 'probability', 'changing'], chosen);
      return { kind };
  }
}

function partitionOf(given: Given): PartitionRule {
  const { alpha, classes } = given;
  const implied = alpha === 'iid' ? 'iid' : alpha === undefined && classes !== undefined ? 'shards' : 'dirichlet';
  const kind = given.partition ?? implied;
  const chosen = given.partition ? `--partition ${kind}` : '--alpha';
  switch (kind) {
    case 'iid':
      refuse(given, alpha === 'iid' ? ['classes'] : ['alpha', 'classes'], chosen);
      return { kind };
    case 'dirichlet':
      if (alpha === 'iid') throw inapplicable('alpha iid', chosen);
      refuse(given, ['classes'], chosen);
      return { kind, alpha: alpha ?? DEFAULT_ALPHA };
    case 'shards':
      refuse(given, ['alpha'], chosen);
      return { kind, classes: classes ?? DEFAULT_CLASSES };
  }
}

function exchangeOf(given: Given, isOwn: boolean): Exchange {
  const { projection, projectionSize } = given;
  const isProjection = projection !== undefined || projectionSize !== undefined;
  const exchange = given.exchange ?? (isProjection ? 'projected' : isOwn ? 'weights' : defaults.exchange);
  const chosen = given.exchange ? `--exchange ${exchange}` : projection ? '--projection' : '--projection-size';
  if (exchange !== 'projected') refuse(given, ['projection', 'projectionSize'], chosen);
  if (exchange !== 'sketch') refuse(given, ['sketchSize'], chosen);
  return exchange;
}

function stepSizeOf(given: Given, byDefault: FlowSettings['stepSize']): FlowSettings['stepSize'] {
  const { stepSize, learningRate, decay } = given;
  const rule = stepSize ?? (learningRate !== undefined || decay !== undefined ? 'fixed' : byDefault.rule);
  if (rule === 'spectral') {
    refuse(given, ['learningRate', 'decay'], '--step-size spectral');
    return byDefault.rule === 'spectral' ? byDefault : { rule, scale: 2 };
  }
  const fixed = byDefault.rule === 'fixed' ? byDefault : { learningRate: undefined, decay: 0 };
  const rate = learningRate ?? fixed.learningRate;
  if (rate === undefined) throw new UsageError('A fixed step size needs its value; add --learning-rate, e.g. 0.08.');
  return { rule, learningRate: rate, decay: decay ?? fixed.decay };
}

function momentumOf(given: Given, byDefault: Momentum): Momentum {
  const { momentum: factor, momentumKind, velocity } = given;
  const usual = byDefault.kind === 'none' ? ({ kind: 'nesterov', factor: 0.9, velocity: 'mixed' } as const) : byDefault;
  const wanted = factor !== undefined || velocity !== undefined ? usual.kind : byDefault.kind;
  const kind = momentumKind ?? (factor === 0 ? 'none' : wanted);
  if (kind === 'none') {
    if (factor) throw inapplicable('momentum', '--momentum-kind none');
    refuse(given, ['velocity'], momentumKind ? '--momentum-kind none' : '--momentum 0');
    return { kind };
  }
  if (factor === 0) throw inapplicable('momentum 0', `--momentum-kind ${kind}`);
  return { kind, factor: factor ?? usual.factor, velocity: velocity ?? usual.velocity };
}

/** What each kind of evolution takes. Of an option that several take, the first is meant, unless the algorithm's own takes it. */
const evolutionOptions = {
  ridge: ['ridge', 'prior', 'tolerance', 'maxProducts'],
  flow: ['steps', 'integrator', 'stepSize', 'learningRate', 'decay'],
  timed: ['times', 'tolerance', 'learningRate', 'decay'],
} as const satisfies Record<EvolutionSettings['kind'], readonly (keyof Given)[]>;
const kinds = ['ridge', 'flow', 'timed'] as const;
type EvolutionOption = (typeof evolutionOptions)[EvolutionSettings['kind']][number];
/** The first of these that is given says the kind, if nothing else does. */
const telling = [
  'ridge',
  'prior',
  'maxProducts',
  'times',
  'tolerance',
  'steps',
  'integrator',
  'stepSize',
  'learningRate',
  'decay',
] as const satisfies readonly EvolutionOption[];

function evolutionOf(given: Given, byDefault: EvolutionSettings): EvolutionSettings {
  if (given.pull !== undefined) refuse(given, ['prior'], '--pull');
  const taken = (kind: EvolutionSettings['kind']): readonly EvolutionOption[] => evolutionOptions[kind];
  const told = telling.find((name) => given[name] !== undefined);
  const usual = !told && given.kernel === 'averaged' && byDefault.kind === 'ridge' ? 'flow' : byDefault.kind;
  const implied = told && !taken(usual).includes(told) ? kinds.find((each) => taken(each).includes(told)) : usual;
  const kind = given.evolution ?? implied ?? usual;
  const others = telling.filter((name) => !taken(kind).includes(name));
  refuse(given, others, given.evolution || !told ? `--evolution ${kind}` : flagOf(told));
  const evolution = evolvedBy(kind, byDefault);
  // `v.object` keeps the options that are named like a setting and drops the others.
  switch (evolution.kind) {
    case 'ridge':
      return v.parse(v.object(ridgeSchemas), { ...evolution, ...(given.pull === undefined ? {} : { prior: 0 }), ...given });
    case 'timed':
      return v.parse(v.object(timedSchemas), { ...evolution, ...given });
    case 'flow':
      return v.parse(v.object(flowSchemas), { ...evolution, ...given, stepSize: stepSizeOf(given, evolution.stepSize) });
  }
}

function ntkMethodOf(given: Given, { kind, kernel: usual, evolution: byDefault, momentum, pull }: NtkMethod): NtkMethod {
  const evolution = evolutionOf(given, byDefault);
  const kernel = given.kernel ?? (evolution.kind === 'ridge' ? 'whole' : usual);
  if (evolution.kind === 'ridge' && kernel === 'averaged') throw inapplicable('evolution ridge', '--kernel averaged');
  return { kind, kernel, evolution, momentum: momentumOf(given, momentum), pull: given.pull ?? pull };
}

function gradientMethodOf(given: Given, method: GradientMethod): GradientMethod {
  return v.parse(v.object(gradientSchemas), { ...method, ...given });
}

const ntkOptions = [
  'kernel',
  'evolution',
  'times',
  'pull',
  'steps',
  'integrator',
  'ridge',
  'prior',
  'tolerance',
  'maxProducts',
  'softLabels',
  'teacher',
  'temperature',
  'priorAdjustment',
  'momentumKind',
  'velocity',
  'stepSize',
] as const satisfies readonly (keyof Given)[];
const gradientOptions = ['localSteps', 'batchSize'] as const satisfies readonly (keyof Given)[];

function methodOf(given: Given, { algorithm, method }: Settings): Method {
  const chosen = `--algorithm ${algorithm}`;
  if (method.kind === 'ntk') {
    refuse(given, gradientOptions, chosen);
    return ntkMethodOf(given, method);
  }
  refuse(given, ntkOptions, chosen);
  return gradientMethodOf(given, method);
}

/** The settings of a run of `clients` clients. @param isOwn if they learn from data of their own. @throws {UsageError} */
function settingsOf(given: Given, clients: number, isOwn: boolean): Settings {
  const base = withAlgorithm(defaults, given.algorithm ?? defaults.algorithm);
  if (given.convolutions?.length) {
    const forms = ['sketchSize', 'projection', 'projectionSize'] as const;
    refuse(given, given.exchange === 'weights' || isOwn ? forms : ['exchange', ...forms], `--convolutions ${given.convolutions.join()}`);
  }
  return v.parse(v.object(schemas), {
    ...base,
    ...given,
    partition: partitionOf(given),
    topology: topologyOf(given, clients),
    samples: given.samples ?? (isOwn ? MOST_OWN_SAMPLES : base.samples),
    exchange: exchangeOf(given, isOwn),
    method: methodOf(given, base),
    union: isCentralised(base.method) ? clients : base.union,
    deadlineMs: given.deadline === undefined ? base.deadlineMs : Math.round(given.deadline * 1000),
  });
}

/** What a saved model brings along. */
const layerOptions = ['convolutions', 'hidden'] as const satisfies readonly (keyof Given)[];

/** With centralised training one client holds the samples of all. @throws {UsageError} when one is to learn with nobody. */
function participants({ method }: Settings, clients: number, option: string): number {
  if (isCentralised(method)) return 1;
  if (clients === 1) throw new UsageError(`${option} 1 has nobody to learn with; choose at least 2, or --algorithm centralised.`);
  return clients;
}

/** What says how packed data are dealt out, which own data are already. */
const dealing = ['dataset', 'partition', 'alpha', 'classes', 'sizeSpread', 'scoreOn'] as const satisfies readonly (keyof Given)[];

type GivenData = GivenForm & Given & { readonly data?: string; readonly colour?: boolean };

const imagesOnly = ['skipBroken', 'colour'] as const satisfies readonly (keyof GivenData)[];

const readers = [...csvOnly, 'size', ...imagesOnly] as const satisfies readonly (keyof GivenData)[];

/** What each kind of entry leaves no meaning, and what it is called. */
const foreign = {
  folder: [csvOnly, 'folders of images'],
  csv: [imagesOnly, 'CSV files'],
  idx: [[...csvOnly, 'size', ...imagesOnly], 'IDX files'],
} as const satisfies Record<Entry['kind'], readonly [readonly (keyof GivenData)[], string]>;

/** @throws {UsageError} @throws {DatasetError} when there is no such folder, or it has no two entries of a kind. */
function dataOf(given: GivenData): OwnData | null {
  if (given.data === undefined) {
    refuse(given, readers, 'a dataset');
    return null;
  }
  refuse(given, dealing, '--data');
  if (given.algorithm === 'centralised') throw inapplicable('algorithm centralised', '--data');
  const entries = entriesOf(given.data);
  const [without, called] = foreign[entries[0]!.kind];
  refuse(given, without, called);
  return { entries, form: formsOf(given) };
}

/** How many clients there are: of own data as many as entries. */
function clientsOf(asked: number | undefined, byDefault: number, data: OwnData | null, option: string): number {
  if (data && asked !== undefined && asked !== data.entries.length) {
    throw new UsageError(`${option} ${asked} does not fit --data, which has ${data.entries.length} entries, a client each; leave it out.`);
  }
  return data ? data.entries.length : (asked ?? byDefault);
}

/** @throws {UsageError} @throws {HelpRequest} */
export function parseFederation(argv: readonly string[]): FederationOptions {
  const {
    tabs,
    browsers = 1,
    headed = false,
    backend = 'auto',
    json = null,
    fromModel = null,
    saveModel = null,
    log = [],
    ...given
  } = parseOptions(federation, argv);
  const data = dataOf(given);
  const clients = clientsOf(tabs, 4, data, '--tabs');
  if (fromModel !== null) refuse(given, layerOptions, '--from-model');
  if (browsers > clients) throw new UsageError(`--browsers ${browsers} is more than the ${clients} tabs; choose at most ${clients}.`);
  const settings = settingsOf(given, clients, data !== null);
  return { settings, clients: participants(settings, clients, '--tabs'), backend, json, fromModel, saveModel, log, data, browsers, headed };
}

/** @throws {UsageError} @throws {HelpRequest} */
export function parseSimulation(argv: readonly string[]): SimulationOptions {
  const {
    clients: asked,
    backend = 'auto',
    json = null,
    fromModel = null,
    saveModel = null,
    log = [],
    fresh = false,
    ...given
  } = parseOptions(simulation, argv);
  const data = dataOf(given);
  const clients = clientsOf(asked, 10, data, '--clients');
  if (fromModel !== null) refuse(given, layerOptions, '--from-model');
  const settings = settingsOf(given, clients, data !== null);
  return { settings, clients: participants(settings, clients, '--clients'), backend, json, fromModel, saveModel, log, data, fresh };
}
