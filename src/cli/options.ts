import * as v from 'valibot';
import { catalogue } from '../data/catalogue.ts';
import {
  defaultSettings,
  settingsSchema,
  withAlgorithm,
  type EvolutionSettings,
  type Settings,
  type TopologySettings,
} from '../settings/settings.ts';
import { checkTopology, closestDegree, TopologyError } from '../topology/graph.ts';
import { numberText, option, parseOptions, toggle, toNumber, UsageError } from './commandLine.ts';

/** The options of `federation` and `simulate`, and the settings they make. */

export interface RunOptions {
  readonly settings: Settings;
  /** Clients 0 .. `clients - 1` take part. */
  readonly clients: number;
  readonly backend: 'auto' | 'webgpu' | 'wasm' | 'cpu';
  /** Where to write the report, if anywhere. */
  readonly json: string | null;
}

export interface FederationOptions extends RunOptions {
  /** Browser processes that the tabs are spread over. */
  readonly browsers: number;
  /** Whether the browsers have windows. */
  readonly headed: boolean;
}

/** These runs are for comparison, so they score on every test image. */
const defaults: Settings = { ...defaultSettings(), testSamples: 10_000 };

const DEFAULT_DEGREE = 4;

const schemas = settingsSchema.entries;
const evolutionSchemas = schemas.evolution.entries;

const [fixedSchemas] = evolutionSchemas.stepSize.options;

const wholeNumber = (min: number, max: number) => v.pipe(numberText, v.number(), v.integer(), v.minValue(min), v.maxValue(max));

const listText = v.pipe(
  v.string(),
  v.transform((text) => text.split(',').map(toNumber)),
);

const SOFT_LABEL_SHAPE = 'stages such as 0:0,1:0.25 (first round:weight, rounds ascending) or none';

const softLabelsText = v.pipe(
  v.string(),
  v.transform((text) =>
    text === 'none'
      ? []
      : text.split(',').map((stage) => {
          const [, fromRound, weight] = /^(\d+):(\d*\.?\d+)$/.exec(stage.trim()) ?? [];
          return { fromRound: Number(fromRound), weight: Number(weight) };
        }),
  ),
  v.check((stages) => stages.every(({ fromRound }, i) => fromRound > (stages[i - 1]?.fromRound ?? -1)), SOFT_LABEL_SHAPE),
  evolutionSchemas.softLabels,
);

const runOptions = {
  backend: option('NAME', 'auto, webgpu, wasm or cpu (default auto)', v.picklist(['auto', 'webgpu', 'wasm', 'cpu'])),
  json: option('FILE', 'write the report there', v.pipe(v.string(), v.minLength(1, 'the name of a file'))),
};

const settingOptions = {
  dataset: option('NAME', `fashion-mnist or mnist (default ${defaults.dataset})`, schemas.dataset),
  rounds: option('N', `rounds (default ${defaults.rounds})`, v.pipe(numberText, schemas.rounds)),
  samples: option('N', `training samples a client (default ${defaults.samples})`, v.pipe(numberText, schemas.samples)),
  alpha: option(
    'A',
    `Dirichlet concentration of a client's classes, or iid (default ${defaults.alpha})`,
    v.pipe(
      v.string(),
      v.transform((text) => (text === 'iid' ? text : toNumber(text))),
      schemas.alpha,
    ),
  ),
  testSamples: option('N', `test images (default ${defaults.testSamples})`, v.pipe(numberText, schemas.testSamples)),
  seed: option('N', `seed of everything random (default ${defaults.seed})`, v.pipe(numberText, schemas.seed)),
  hidden: option('SIZES', `hidden layers, e.g. 64,32 (default ${defaults.hidden.join()})`, v.pipe(listText, schemas.hidden)),
  topology: option(
    'KIND',
    `ring, k-regular or full (default ${defaults.topology.kind})`,
    v.picklist(['ring', 'k-regular', 'full']),
  ),
  degree: option('K', `neighbours of a client in a k-regular graph (default ${DEFAULT_DEGREE}, if possible)`, wholeNumber(1, 64)),
  changing: toggle('draw a new k-regular graph every round'),
  mixing: option('RULE', `uniform or metropolis (default ${defaults.mixing})`, schemas.mixing),
  algorithm: option('NAME', `spark or ntk-dfl (default ${defaults.algorithm})`, schemas.algorithm),
  exchange: option('FORM', `factors or sketch (default ${defaults.exchange})`, schemas.exchange),
  sketchSize: option('M', `dimensions of the sketch (default ${defaults.sketchSize})`, v.pipe(numberText, schemas.sketchSize)),
  wire: option('FORM', `f16 or f32 numbers between peers (default ${defaults.wire})`, schemas.wire),
  deadline: option(
    'SECONDS',
    `how long to wait for a silent neighbour (default ${defaults.deadlineMs / 1000})`,
    v.pipe(numberText, v.number(), v.minValue(0.1), v.maxValue(600)),
  ),
  steps: option(
    'S',
    "steps of the evolution (default: the algorithm's, as for all below)",
    v.pipe(numberText, evolutionSchemas.steps),
  ),
  integrator: option('NAME', 'euler or accelerated', evolutionSchemas.integrator),
  momentum: option('MU', 'outer Nesterov momentum, 0 for none', v.pipe(numberText, evolutionSchemas.momentum)),
  softLabels: option('STAGES', 'weights by first round, e.g. 0:0,1:0.25, or none', softLabelsText),
  temperature: option('T', 'temperature of the soft labels', v.pipe(numberText, evolutionSchemas.temperature)),
  priorAdjustment: option(
    'A',
    'how far class frequencies adjust the evolution, 0 to 10',
    v.pipe(numberText, evolutionSchemas.priorAdjustment),
  ),
  stepSize: option('RULE', 'spectral (from the kernel) or fixed (needs --learning-rate)', v.picklist(['spectral', 'fixed'])),
  learningRate: option('ETA', 'fixed step size', v.pipe(numberText, fixedSchemas.entries.learningRate)),
  decay: option('D', 'the fixed step size falls as exp(-D * round)', v.pipe(numberText, fixedSchemas.entries.decay)),
};

const federation = {
  call: 'npm run federation',
  summary: 'Runs a federation of real browser tabs on this machine.',
  options: v.strictObject({
    tabs: option('N', 'clients, a browser tab each (default 4)', wholeNumber(1, 64)),
    browsers: option('N', 'browser processes to spread the tabs over (default 1)', wholeNumber(1, 64)),
    headed: toggle('show the browsers'),
    ...runOptions,
    ...settingOptions,
  }),
};

const simulation = {
  call: 'npm run simulate',
  summary: 'Runs a federation inside one process, with the same code and the same bytes.',
  options: v.strictObject({
    clients: option('N', 'clients (default 10)', wholeNumber(1, 10_000)),
    ...runOptions,
    ...settingOptions,
  }),
};

type Given = v.InferOutput<v.StrictObjectSchema<typeof settingOptions, undefined>>;

function topologyOf({ topology, degree, changing }: Given, clients: number): TopologySettings {
  const kind = topology ?? (degree !== undefined || changing ? 'k-regular' : defaults.topology.kind);
  if (kind === 'k-regular') {
    // One client has no k-regular graph, whatever the degree: checked as any other degree.
    const chosen: TopologySettings = {
      kind,
      degree: degree ?? Math.max(1, closestDegree(DEFAULT_DEGREE, clients)),
      changing: changing ?? false,
    };
    try {
      checkTopology(chosen, clients);
    } catch (error) {
      throw error instanceof TopologyError ? new UsageError(`Option --degree: ${error.message}`) : error;
    }
    return chosen;
  }
  if (degree !== undefined) throw new UsageError(`--degree does not apply to --topology ${kind}; leave one of them out.`);
  if (changing) throw new UsageError(`--changing does not apply to --topology ${kind}; leave one of them out.`);
  return { kind };
}

function stepSizeOf(
  { stepSize, learningRate, decay }: Given,
  byDefault: EvolutionSettings['stepSize'],
): EvolutionSettings['stepSize'] {
  const rule = stepSize ?? (learningRate !== undefined || decay !== undefined ? 'fixed' : byDefault.rule);
  if (rule === 'fixed') {
    if (learningRate === undefined) throw new UsageError('A fixed step size needs its value; add --learning-rate, e.g. 0.08.');
    return { rule, learningRate, decay: decay ?? 0 };
  }
  if (learningRate !== undefined)
    throw new UsageError('--learning-rate does not apply to --step-size spectral; leave one of them out.');
  if (decay !== undefined) throw new UsageError('--decay does not apply to --step-size spectral; leave one of them out.');
  return byDefault.rule === 'spectral' ? byDefault : { rule, scale: 2 };
}

/** The settings of a run of `clients` clients, which the option `clientsFlag` counts. @throws {UsageError} */
function settingsOf(given: Given, clients: number, clientsFlag: string): Settings {
  const base = withAlgorithm(defaults, given.algorithm ?? defaults.algorithm);
  // `v.object` keeps the options that are named like a setting and drops the others.
  const evolution = v.parse(v.object(evolutionSchemas), {
    ...base.evolution,
    ...given,
    stepSize: stepSizeOf(given, base.evolution.stepSize),
  });
  const settings = v.parse(v.object(schemas), {
    ...base,
    ...given,
    topology: topologyOf(given, clients),
    evolution,
    deadlineMs: given.deadline === undefined ? base.deadlineMs : Math.round(given.deadline * 1000),
  });
  const { dataset, samples } = settings;
  const available = catalogue[dataset].trainSamples;
  if (clients * samples > available) {
    throw new UsageError(
      `${clientsFlag} ${clients} with --samples ${samples} needs ${clients * samples} images, and ${dataset} has ${available}; ` +
        `choose at most ${Math.floor(available / samples)} clients, or fewer samples.`,
    );
  }
  return settings;
}

/** @throws {UsageError} @throws {HelpRequest} */
export function parseFederation(argv: readonly string[]): FederationOptions {
  const {
    tabs: clients = 4,
    browsers = 1,
    headed = false,
    backend = 'auto',
    json = null,
    ...given
  } = parseOptions(federation, argv);
  if (browsers > clients)
    throw new UsageError(`--browsers ${browsers} is more than the ${clients} tabs; choose at most ${clients}.`);
  return { settings: settingsOf(given, clients, '--tabs'), clients, backend, json, browsers, headed };
}

/** @throws {UsageError} @throws {HelpRequest} */
export function parseSimulation(argv: readonly string[]): RunOptions {
  const { clients = 10, backend = 'auto', json = null, ...given } = parseOptions(simulation, argv);
  return { settings: settingsOf(given, clients, '--clients'), clients, backend, json };
}
