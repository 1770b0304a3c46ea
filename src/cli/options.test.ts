import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import type { GradientMethod } from '../settings/method.ts';
import { algorithms, presets, usualRidge } from '../settings/presets.ts';
import { defaultSettings, settingsSchema, withAlgorithm } from '../settings/settings.ts';
import { HelpRequest, UsageError } from './commandLine.ts';
import { parseFederation, parseSimulation } from './options.ts';

const words = (line: string) => line.split(' ').filter(Boolean);
const settingsOf = (line: string) => parseSimulation(words(line)).settings;

const defaults = { ...defaultSettings(), testSamples: 10_000 };

describe('without options', () => {
  test('federation runs 4 tabs of one browser with the default settings', () => {
    expect(parseFederation([])).toEqual({
      settings: defaults,
      clients: 4,
      backend: 'auto',
      json: null,
      fromModel: null,
      saveModel: null,
      log: [],
      data: null,
      browsers: 1,
      headed: false,
    });
  });

  test('simulate runs 10 clients with the default settings', () => {
    const run = { clients: 10, backend: 'auto', json: null, fromModel: null, saveModel: null, log: [], data: null, fresh: false };
    expect(parseSimulation([])).toEqual({ settings: defaults, ...run });
  });
});

test('options of the run itself', () => {
  expect(parseFederation(words('--tabs 6 --browsers 2 --headed --backend wasm --json report.json'))).toMatchObject({
    clients: 6,
    browsers: 2,
    headed: true,
    backend: 'wasm',
    json: 'report.json',
  });
  expect(parseSimulation(words('--clients 40 --backend=cpu'))).toMatchObject({ clients: 40, backend: 'cpu' });
});

test('models to start from and to save', () => {
  const saved = 'tabs/mine.SafeTensors';
  expect(parseFederation(words(`--from-model before.html --save-model ${saved}`))).toMatchObject({
    fromModel: 'before.html',
    saveModel: saved,
  });
  expect(() => parseSimulation(words('--save-model mine.h5'))).toThrow(
    /^--save-model cannot be "mine.h5": it must be a name that ends in .safetensors, .onnx, .+; see npm run simulate -- --help.$/,
  );
  expect(() => parseSimulation(words('--from-model a.html --hidden 8'))).toThrow(
    new UsageError('--hidden does not apply to --from-model; leave one of them out.'),
  );
});

test('the topics of the log', () => {
  expect(parseFederation(words('--log round,transport')).log).toEqual(['round', 'transport']);
  expect(parseSimulation(words('--log all')).log).toEqual(['signalling', 'transport', 'client', 'round']);
  expect(() => parseFederation(words('--log rounds'))).toThrow(
    new UsageError(
      '--log cannot be "rounds": it must be all, or some of signalling,transport,client,round; see npm run federation -- --help.',
    ),
  );
});

describe('each option changes its setting and no other', () => {
  test.each([
    ['--dataset mnist', { dataset: 'mnist' }],
    ['--dataset my-own-2', { dataset: 'my-own-2' }],
    ['--rounds 3', { rounds: 3 }],
    ['--samples 50', { samples: 50 }],
    ['--alpha 0.5', { partition: { kind: 'dirichlet', alpha: 0.5 } }],
    ['--alpha iid', { partition: { kind: 'iid' } }],
    ['--partition iid', { partition: { kind: 'iid' } }],
    ['--partition shards', { partition: { kind: 'shards', classes: 2 } }],
    ['--classes 3', { partition: { kind: 'shards', classes: 3 } }],
    ['--partition dirichlet --alpha 1', { partition: { kind: 'dirichlet', alpha: 1 } }],
    ['--size-spread 0.5', { sizeSpread: 0.5 }],
    ['--test-samples 100', { testSamples: 100 }],
    ['--seed 0', { seed: 0 }],
    ['--hidden 64,32', { hidden: [64, 32] }],
    ['--hidden none --exchange exact', { hidden: [], exchange: 'exact' }],
    ['--convolutions 8,16', { convolutions: [8, 16] }],
    ['--convolutions 8 --exchange weights', { convolutions: [8], exchange: 'weights' }],
    ['--exchange weights', { exchange: 'weights' }],
    ['--convolutions none', {}],
    ['--topology full', { topology: { kind: 'full' } }],
    ['--topology k-regular', { topology: { kind: 'k-regular', degree: 4, changing: false } }],
    ['--topology k-regular --clients 4', { topology: { kind: 'k-regular', degree: 3, changing: false } }],
    ['--degree 5', { topology: { kind: 'k-regular', degree: 5, changing: false } }],
    ['--changing --degree 3', { topology: { kind: 'k-regular', degree: 3, changing: true } }],
    ['--topology star', { topology: { kind: 'star' } }],
    ['--topology erdos-renyi', { topology: { kind: 'erdos-renyi', probability: 0.3, changing: false } }],
    ['--probability 0.5 --changing', { topology: { kind: 'erdos-renyi', probability: 0.5, changing: true } }],
    ['--mixing uniform', { mixing: 'uniform' }],
    ['--aggregation clipped', { aggregation: 'clipped' }],
    ['--exchange exact', { exchange: 'exact' }],
    ['--exchange jacobian --samples 21', { exchange: 'jacobian', samples: 21 }],
    ['--exchange projected', { exchange: 'projected' }],
    ['--projection dense', { exchange: 'projected', projection: 'dense' }],
    ['--projection-size 250', { exchange: 'projected', projectionSize: 250 }],
    ['--sketch-size 64', { sketchSize: 64 }],
    ['--wire f32', { wire: 'f32' }],
    ['--deadline 2.5', { deadlineMs: 2500 }],
  ])('%s', (line, changed) => expect(settingsOf(line)).toEqual({ ...defaults, ...changed }));
});

const sparkmesh = presets.sparkmesh.method;

describe('each option of the evolution changes it and nothing else', () => {
  test.each([
    ['--ridge 0.3', { ridge: [{ fromRound: 0, ridge: 0.3 }] }],
    [
      '--ridge 0:0.2,4:2',
      {
        ridge: [
          { fromRound: 0, ridge: 0.2 },
          { fromRound: 4, ridge: 2 },
        ],
      },
    ],
    ['--prior 5', { prior: 5 }],
    ['--tolerance 0.001', { tolerance: 0.001 }],
    ['--max-products 30', { maxProducts: 30 }],
    [
      '--soft-labels 0:0,2:0.25',
      {
        softLabels: [
          { fromRound: 0, weight: 0 },
          { fromRound: 2, weight: 0.25 },
        ],
      },
    ],
    ['--soft-labels none', { softLabels: [] }],
    ['--teacher neighbours', { teacher: 'neighbours' }],
    ['--teacher mixed', {}],
    ['--temperature 1.5', { temperature: 1.5 }],
    ['--prior-adjustment 0', { priorAdjustment: 0 }],
  ])('%s', (line, changed) => {
    if (sparkmesh.kind !== 'ntk') throw new Error('sparkmesh has a kernel');
    const method = { ...sparkmesh, evolution: { ...sparkmesh.evolution, ...changed } };
    expect(settingsOf(line)).toEqual({ ...defaults, method });
  });

  test.each([
    ['--steps 160', { steps: 160 }],
    ['--integrator euler', { integrator: 'euler' }],
    ['--step-size spectral', {}],
    ['--learning-rate 0.08', { stepSize: { rule: 'fixed', learningRate: 0.08, decay: 0 } }],
    ['--step-size fixed --learning-rate 0.1 --decay 0.02', { stepSize: { rule: 'fixed', learningRate: 0.1, decay: 0.02 } }],
  ])('%s, of a flow', (line, changed) => {
    const base = withAlgorithm(defaults, 'spark');
    if (base.method.kind !== 'ntk') throw new Error('spark has a kernel');
    const method = { ...base.method, evolution: { ...base.method.evolution, ...changed } };
    expect(settingsOf(`--algorithm spark ${line}`)).toEqual({ ...base, method });
  });
});

describe('each option of the momentum changes it and nothing else', () => {
  const usual = sparkmesh.kind === 'ntk' ? sparkmesh.momentum : null;
  test.each([
    ['--momentum 0', { kind: 'none' }],
    ['--momentum-kind none', { kind: 'none' }],
    ['--momentum 0.25', { ...usual, factor: 0.25 }],
    ['--momentum-kind heavy-ball', { ...usual, kind: 'heavy-ball' }],
    ['--velocity own', { ...usual, velocity: 'own' }],
  ])('%s', (line, momentum) => {
    expect(settingsOf(line)).toEqual({ ...defaults, method: { ...sparkmesh, momentum } });
  });

  test.each([
    ['--momentum 0.8', { kind: 'nesterov', factor: 0.8, velocity: 'mixed' }],
    ['--velocity own', { kind: 'nesterov', factor: 0.9, velocity: 'own' }],
    ['--momentum-kind heavy-ball --momentum 0.5', { kind: 'heavy-ball', factor: 0.5, velocity: 'mixed' }],
  ] as const)('%s gives one to an algorithm without', (line, momentum) => {
    expect(settingsOf(`--algorithm ntk-dfl ${line}`).method).toEqual({ ...presets['ntk-dfl'].method, momentum });
  });
});

describe('each option of a gradient method changes it and nothing else', () => {
  const changes: [string, Partial<GradientMethod>][] = [
    ['--learning-rate 0.3', { learningRate: 0.3 }],
    ['--decay 0.01', { decay: 0.01 }],
    ['--local-steps 5', { localSteps: 5 }],
    ['--momentum 0.5', { momentum: 0.5 }],
    ['--batch-size 10', { batchSize: 10 }],
    ['--batch-size full', { batchSize: 'full' }],
  ];
  test.each(changes)('%s', (line, changed) => {
    const base = withAlgorithm(defaults, 'dfedavgm');
    expect(settingsOf(`--algorithm dfedavgm ${line}`)).toEqual({ ...base, method: { ...base.method, ...changed } });
  });
});

test.each(algorithms)('--algorithm %s brings its own method, valid and explained in the help', (algorithm) => {
  const settings = settingsOf(`--algorithm ${algorithm}`);
  expect(settings).toEqual({ ...withAlgorithm(defaults, algorithm), union: algorithm === 'centralised' ? 10 : 1 });
  expect(v.parse(settingsSchema, settings)).toEqual(settings);
});

test('other options change what the algorithm brings, in any order', () => {
  const { method } = presets['ntk-dfl'];
  if (method.kind !== 'ntk') throw new Error('NTK-DFL has a kernel');
  expect(settingsOf('--steps 7 --algorithm ntk-dfl').method).toEqual({ ...method, evolution: { ...method.evolution, steps: 7 } });
});

test('an algorithm with a fixed step size keeps it until told otherwise', () => {
  const stepSizeOf = (line: string) => {
    const { method } = settingsOf(`--algorithm ntk-dfl-fixed ${line}`);
    return method.kind === 'ntk' && method.evolution.kind === 'flow' ? method.evolution.stepSize : null;
  };
  expect(stepSizeOf('')).toEqual({ rule: 'fixed', learningRate: 0.08, decay: 0 });
  expect(stepSizeOf('--decay 0.1')).toEqual({ rule: 'fixed', learningRate: 0.08, decay: 0.1 });
  expect(stepSizeOf('--step-size spectral')).toEqual({ rule: 'spectral', scale: 2 });
});

test('settings from before there was a choice of teacher have the mixed model', () => {
  const method = presets.spark.method;
  if (method.kind !== 'ntk') throw new Error('SPARK has a kernel');
  const { teacher, ...evolution } = method.evolution;
  expect(teacher).toBe('mixed');
  const { settings } = parseSimulation(words('--algorithm spark'));
  expect(v.parse(settingsSchema, { ...settings, method: { ...method, evolution } })).toEqual(settings);
});

test('a method of another family than its algorithm is no settings', () => {
  expect(v.is(settingsSchema, { ...defaults, method: presets.dpsgd.method })).toBe(false);
});

test('what comes out is valid settings', () => {
  const settings = settingsOf('--degree 3 --clients 6 --alpha iid --learning-rate 1 --hidden 8 --deadline 0.1234');
  expect(v.parse(settingsSchema, settings)).toEqual(settings);
});

test('the last of a repeated option counts', () => expect(settingsOf('--rounds 3 --rounds 4').rounds).toBe(4));

describe('what cannot be is refused in one sentence', () => {
  const see = 'see npm run simulate -- --help.';
  test.each([
    ['--times 100,50', `--times cannot be "100,50": it must be times in ascending order; ${see}`],
    ['--rounds 0', `--rounds cannot be "0": it must be at least 1; ${see}`],
    ['--rounds 1.5', `--rounds cannot be "1.5": it must be a whole number; ${see}`],
    ['--rounds many', `--rounds cannot be "many": it must be a number; ${see}`],
    ['--rounds=', `--rounds cannot be "": it must be a number; ${see}`],
    ['--clients 0', `--clients cannot be "0": it must be at least 1; ${see}`],
    ['--samples -5', `--samples cannot be "-5": it must be at least 2; ${see}`],
    ['--samples 5001', `--samples cannot be "5001": it must be at most 5000; ${see}`],
    ['--alpha 0', `--alpha cannot be "0": it must be at least 0.001; ${see}`],
    ['--alpha Infinity', `--alpha cannot be "Infinity": it must be a number; ${see}`],
    ['--alpha skewed', `--alpha cannot be "skewed": it must be number or iid; ${see}`],
    ['--seed 0.5', `--seed cannot be "0.5": it must be a whole number; ${see}`],
    ['--dataset ../cifar', `--dataset cannot be "../cifar": it must be a name of small letters, digits and dashes; ${see}`],
    ['--topology torus', `--topology cannot be "torus": it must be ring or k-regular or erdos-renyi or star or full; ${see}`],
    ['--probability 2', `--probability cannot be "2": it must be at most 1; ${see}`],
    ['--batch-size some', `--batch-size cannot be "some": it must be number or full; ${see}`],
    ['--hidden 64,,32', `--hidden cannot be "64,,32": it must be a number; ${see}`],
    ['--hidden 1,1,1,1,1,1,1,1,1', `--hidden cannot be "1,1,1,1,1,1,1,1,1": it must be at most 8 values; ${see}`],
    ['--convolutions 8,0', `--convolutions cannot be "8,0": it must be at least 1; ${see}`],
    ['--convolutions 8,65', `--convolutions cannot be "8,65": it must be at most 64; ${see}`],
    ['--convolutions 1,1,1,1,1', `--convolutions cannot be "1,1,1,1,1": it must be at most 4 values; ${see}`],
    ['--convolutions 8 --projection dense', '--projection does not apply to --convolutions 8; leave one of them out.'],
    ['--exchange sketch --projection dense', '--projection does not apply to --exchange sketch; leave one of them out.'],
    ['--projection-size 9 --sketch-size 64', '--sketch-size does not apply to --projection-size; leave one of them out.'],
    ['--exchange exact --sketch-size 64', '--sketch-size does not apply to --exchange exact; leave one of them out.'],
    ['--convolutions 8 --exchange weights --sketch-size 9', '--sketch-size does not apply to --convolutions 8; leave one of them out.'],
    ['--exchange weights --sketch-size 64', '--sketch-size does not apply to --exchange weights; leave one of them out.'],
    ['--algorithm dpsgd --pull 0.1', '--pull does not apply to --algorithm dpsgd; leave one of them out.'],
    ['--pull 1.5', `--pull cannot be "1.5": it must be at most 1; ${see}`],
    ['--convolutions 8 --exchange exact', '--exchange does not apply to --convolutions 8; leave one of them out.'],
    ['--convolutions 8 --sketch-size 9', '--sketch-size does not apply to --convolutions 8; leave one of them out.'],
    ['--momentum 1', `--momentum cannot be "1": it must be at most 0.999; ${see}`],
    ['--deadline 0', `--deadline cannot be "0": it must be at least 0.1; ${see}`],
    [
      '--soft-labels 1:0,1:0.25',
      `--soft-labels cannot be "1:0,1:0.25": it must be stages such as 0:0,1:0.25 (first round:weight, rounds ascending) or none; ${see}`,
    ],
    [
      '--soft-labels 0.25',
      `--soft-labels cannot be "0.25": it must be stages such as 0:0,1:0.25 (first round:weight, rounds ascending) or none; ${see}`,
    ],
    ['--soft-labels 0:101', `--soft-labels cannot be "0:101": it must be at most 100; ${see}`],
    ['--topology ring --degree 3', '--degree does not apply to --topology ring; leave one of them out.'],
    ['--degree 3 --probability 0.5', '--degree does not apply to --topology erdos-renyi; leave one of them out.'],
    ['--topology k-regular --probability 0.5', '--probability does not apply to --topology k-regular; leave one of them out.'],
    ['--partition iid --alpha 0.1', '--alpha does not apply to --partition iid; leave one of them out.'],
    ['--partition dirichlet --alpha iid', '--alpha iid does not apply to --partition dirichlet; leave one of them out.'],
    ['--partition shards --alpha 1', '--alpha does not apply to --partition shards; leave one of them out.'],
    ['--alpha 1 --classes 2', '--classes does not apply to --alpha; leave one of them out.'],
    ['--algorithm dfedavg --steps 7', '--steps does not apply to --algorithm dfedavg; leave one of them out.'],
    ['--algorithm dpsgd --teacher mixed', '--teacher does not apply to --algorithm dpsgd; leave one of them out.'],
    ['--teacher me', `--teacher cannot be "me": it must be mixed or neighbours; ${see}`],
    ['--algorithm dpsgd --velocity own', '--velocity does not apply to --algorithm dpsgd; leave one of them out.'],
    ['--local-steps 7', '--local-steps does not apply to --algorithm sparkmesh; leave one of them out.'],
    ['--momentum-kind none --momentum 0.9', '--momentum does not apply to --momentum-kind none; leave one of them out.'],
    ['--momentum-kind nesterov --momentum 0', '--momentum 0 does not apply to --momentum-kind nesterov; leave one of them out.'],
    ['--momentum 0 --velocity own', '--velocity does not apply to --momentum 0; leave one of them out.'],
    ['--topology full --changing', '--changing does not apply to --topology full; leave one of them out.'],
    [
      '--degree 9 --clients 4',
      'Option --degree: A graph of degree 9 on 4 clients needs at least 10 clients; choose degree 3, or another number of clients.',
    ],
    [
      '--degree 3 --clients 5',
      'Option --degree: A graph of degree 3 on 5 clients does not exist because both numbers are odd; choose degree 2, or another number of clients.',
    ],
    ['--changing --clients 1', 'Option --degree: One client alone has no graph of degree 1; choose the ring, or more clients.'],
    ['--clients 1', '--clients 1 has nobody to learn with; choose at least 2, or --algorithm centralised.'],
    ['--step-size fixed', 'A fixed step size needs its value; add --learning-rate, e.g. 0.08.'],
    ['--decay 0.1', 'A fixed step size needs its value; add --learning-rate, e.g. 0.08.'],
    ['--step-size spectral --learning-rate 1', '--learning-rate does not apply to --step-size spectral; leave one of them out.'],
    ['--step-size spectral --decay 1', '--decay does not apply to --step-size spectral; leave one of them out.'],
    ['--tabs 3', `There is no option --tabs; ${see}`],
    ['--round 3', `There is no option --round; ${see}`],
    ['-r 3', `There is no option -r; ${see}`],
    ['10', `"10" belongs to no option; ${see}`],
    ['--seed', `--seed needs a value, as in --seed N; ${see}`],
    ['--seed --changing', `--seed needs a value, as in --seed N; ${see}`],
    ['--changing=yes', '--changing takes no value, so leave out "yes".'],
  ])('%s', (line, sentence) => {
    expect(() => settingsOf(line)).toThrow(UsageError);
    expect(() => settingsOf(line)).toThrow(new UsageError(sentence));
  });

  test.each([
    ['--tabs 0', '--tabs cannot be "0": it must be at least 1; see npm run federation -- --help.'],
    ['--tabs 2 --browsers 3', '--browsers 3 is more than the 2 tabs; choose at most 2.'],
  ])('federation %s', (line, sentence) => expect(() => parseFederation(words(line))).toThrow(new UsageError(sentence)));
});

describe('--help', () => {
  const help = (parse: (argv: string[]) => unknown): string => {
    try {
      parse(['--rounds', '5', '--help']);
    } catch (error) {
      if (error instanceof HelpRequest) return error.message;
      throw error;
    }
    throw new Error('no help');
  };

  test.each([
    ['federation', parseFederation, ['--tabs N', '--browsers N', '--headed ']],
    ['simulate', parseSimulation, ['--clients N']],
  ] as const)('of %s names every option with its value', (name, parse, own) => {
    const text = help(parse);
    expect(text.startsWith(`Usage: npm run ${name} -- [options]\n`)).toBe(true);
    const common = ['--rounds N', '--alpha A', '--sketch-size M', '--changing ', '--soft-labels STAGES', '--json FILE', '--help '];
    for (const option of [...own, ...common, ...algorithms]) expect(text).toContain(`\n  ${option}`);
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThan(110);
  });
});

describe('kernel and evolution', () => {
  const methodOf = (line: string) => {
    const { method } = settingsOf(line);
    if (method.kind !== 'ntk') throw new Error('this method has a kernel');
    return method;
  };

  test('a ridge brings the whole kernel and what usually solves it', () => {
    const { kernel, evolution } = methodOf('--algorithm spark --evolution ridge');
    expect(kernel).toBe('whole');
    const { temperature, softLabels, teacher, priorAdjustment } = methodOf('--algorithm spark').evolution;
    expect(evolution).toEqual({
      ...usualRidge,
      temperature,
      softLabels,
      teacher,
      priorAdjustment,
    });
    expect(methodOf('--algorithm spark --ridge 0.3 --max-products 50 --temperature 3').evolution).toEqual({
      ...evolution,
      ridge: [{ fromRound: 0, ridge: 0.3 }],
      maxProducts: 50,
      temperature: 3,
    });
    expect(methodOf('--algorithm ntk-dfl --tolerance 0.001').evolution).toMatchObject({
      kind: 'ridge',
      tolerance: 0.001,
      priorAdjustment: 0,
    });
  });

  test('several times bring the flow to them, with either kernel, and keep what is given', () => {
    const { temperature, softLabels, teacher, priorAdjustment } = methodOf('').evolution;
    expect(methodOf('--times 5,50')).toMatchObject({
      kernel: methodOf('').kernel,
      evolution: {
        kind: 'timed',
        learningRate: 0.01,
        decay: 0.07,
        times: [5, 50],
        tolerance: 0.01,
        temperature,
        softLabels,
        teacher,
        priorAdjustment,
      },
    });
    expect(methodOf('--evolution timed --kernel whole --learning-rate 0.02 --tolerance 0.1')).toMatchObject({
      kernel: 'whole',
      evolution: { kind: 'timed', learningRate: 0.02, tolerance: 0.1 },
    });
    const published = '--algorithm ntk-dfl-published';
    expect(methodOf(`${published} --decay 0 --tolerance 0.001`).evolution).toMatchObject({ kind: 'timed', decay: 0, tolerance: 0.001 });
    expect(methodOf(`${published} --steps 9 --step-size spectral`).evolution).toMatchObject({ kind: 'flow', steps: 9 });
    expect(methodOf(`${published} --ridge 0.2`)).toMatchObject({
      kernel: 'whole',
      evolution: { kind: 'ridge', ridge: [{ fromRound: 0, ridge: 0.2 }] },
    });
  });

  test('a flow may have either kernel', () => {
    expect(methodOf('--kernel whole --steps 100')).toMatchObject({ kernel: 'whole', evolution: { kind: 'flow', steps: 100 } });
    expect(methodOf('--algorithm spark --kernel averaged')).toEqual(methodOf('--algorithm spark'));
    expect(methodOf('--kernel averaged')).toMatchObject({ kernel: 'averaged', evolution: { kind: 'flow', steps: 40, priorAdjustment: 1 } });
  });

  test.each([
    ['--evolution ridge --kernel averaged', '--evolution ridge does not apply to --kernel averaged; leave one of them out.'],
    ['--ridge 0.1 --kernel averaged', '--evolution ridge does not apply to --kernel averaged; leave one of them out.'],
    ['--times 100 --steps 40', '--steps does not apply to --times; leave one of them out.'],
    ['--evolution timed --ridge 1', '--ridge does not apply to --evolution timed; leave one of them out.'],
    ['--evolution ridge --steps 40', '--steps does not apply to --evolution ridge; leave one of them out.'],
    ['--ridge 0.1 --integrator euler', '--integrator does not apply to --ridge; leave one of them out.'],
    ['--tolerance 0.1 --learning-rate 0.1', '--learning-rate does not apply to --tolerance; leave one of them out.'],
    ['--evolution flow --max-products 9', '--max-products does not apply to --evolution flow; leave one of them out.'],
    ['--algorithm dpsgd --kernel whole', '--kernel does not apply to --algorithm dpsgd; leave one of them out.'],
    ['--algorithm dfedavg --ridge 1', '--ridge does not apply to --algorithm dfedavg; leave one of them out.'],
    ['--ridge 0', '--ridge cannot be "0": it must be at least 0.000001; see'],
    ['--ridge 3:1', '--ridge cannot be "3:1": it must be stages from round 0 on, in ascending order; see'],
    ['--ridge 0:0.1,5', '--ridge cannot be "0:0.1,5": it must be a number, or stages such as 0:0.1,5:0.3'],
    ['--pull 0.1 --prior 3', '--prior does not apply to --pull; leave one of them out.'],
  ])('%s is refused', (line, message) => {
    expect(() => settingsOf(line)).toThrow(message);
  });

  test('a pull takes the place of the prior', () => {
    expect(methodOf('--pull 0.1')).toMatchObject({ pull: 0.1, evolution: { kind: 'ridge', prior: 0 } });
    expect(() => v.parse(settingsSchema, { ...settingsOf(''), method: { ...methodOf(''), pull: 0.1 } })).toThrow(/a pull or a prior/);
  });

  test('settings of a ridge with the averaged kernel are none', () => {
    const settings = settingsOf('');
    const ridge = { ...methodOf('--evolution ridge'), kernel: 'averaged' };
    expect(() => v.parse(settingsSchema, { ...settings, method: ridge })).toThrow(/a ridge only with the whole kernel/);
  });
});
