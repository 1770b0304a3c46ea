import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
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
      browsers: 1,
      headed: false,
    });
  });

  test('simulate runs 10 clients with the default settings', () => {
    expect(parseSimulation([])).toEqual({ settings: defaults, clients: 10, backend: 'auto', json: null });
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

describe('each option changes its setting and no other', () => {
  test.each([
    ['--dataset mnist', { dataset: 'mnist' }],
    ['--rounds 3', { rounds: 3 }],
    ['--samples 50', { samples: 50 }],
    ['--alpha 0.5', { alpha: 0.5 }],
    ['--alpha iid', { alpha: 'iid' }],
    ['--test-samples 100', { testSamples: 100 }],
    ['--seed 0', { seed: 0 }],
    ['--hidden 64,32', { hidden: [64, 32] }],
    ['--topology full', { topology: { kind: 'full' } }],
    ['--topology k-regular', { topology: { kind: 'k-regular', degree: 4, changing: false } }],
    ['--topology k-regular --clients 4', { topology: { kind: 'k-regular', degree: 3, changing: false } }],
    ['--degree 5', { topology: { kind: 'k-regular', degree: 5, changing: false } }],
    ['--changing --degree 3', { topology: { kind: 'k-regular', degree: 3, changing: true } }],
    ['--mixing uniform', { mixing: 'uniform' }],
    ['--exchange factors', { exchange: 'factors' }],
    ['--sketch-size 64', { sketchSize: 64 }],
    ['--wire f32', { wire: 'f32' }],
    ['--deadline 2.5', { deadlineMs: 2500 }],
  ])('%s', (line, changed) => expect(settingsOf(line)).toEqual({ ...defaults, ...changed }));
});

describe('each option of the evolution changes it and nothing else', () => {
  test.each([
    ['--steps 160', { steps: 160 }],
    ['--integrator euler', { integrator: 'euler' }],
    ['--momentum 0', { momentum: 0 }],
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
    ['--temperature 1.5', { temperature: 1.5 }],
    ['--prior-adjustment 0', { priorAdjustment: 0 }],
    ['--step-size spectral', {}],
    ['--learning-rate 0.08', { stepSize: { rule: 'fixed', learningRate: 0.08, decay: 0 } }],
    ['--step-size fixed --learning-rate 0.1 --decay 0.02', { stepSize: { rule: 'fixed', learningRate: 0.1, decay: 0.02 } }],
  ])('%s', (line, changed) =>
    expect(settingsOf(line)).toEqual({ ...defaults, evolution: { ...defaults.evolution, ...changed } }),
  );
});

test('an algorithm brings its own evolution, which other options still change, in any order', () => {
  const plain = withAlgorithm(defaults, 'ntk-dfl');
  expect(settingsOf('--algorithm ntk-dfl')).toEqual(plain);
  expect(settingsOf('--steps 7 --algorithm ntk-dfl')).toEqual({ ...plain, evolution: { ...plain.evolution, steps: 7 } });
});

test('what comes out is valid settings', () => {
  const settings = settingsOf('--degree 3 --clients 6 --alpha iid --learning-rate 1 --hidden 8 --deadline 0.1234');
  expect(v.parse(settingsSchema, settings)).toEqual(settings);
});

test('the last of a repeated option counts', () => expect(settingsOf('--rounds 3 --rounds 4').rounds).toBe(4));

describe('what cannot be is refused in one sentence', () => {
  const see = 'see npm run simulate -- --help.';
  test.each([
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
    ['--dataset cifar', `--dataset cannot be "cifar": it must be fashion-mnist or mnist; ${see}`],
    ['--topology star', `--topology cannot be "star": it must be ring or k-regular or full; ${see}`],
    ['--hidden 64,,32', `--hidden cannot be "64,,32": it must be a number; ${see}`],
    ['--hidden 1,1,1,1,1,1,1,1,1', `--hidden cannot be "1,1,1,1,1,1,1,1,1": it must be at most 8 values; ${see}`],
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
    ['--step-size fixed', 'A fixed step size needs its value; add --learning-rate, e.g. 0.08.'],
    ['--decay 0.1', 'A fixed step size needs its value; add --learning-rate, e.g. 0.08.'],
    ['--step-size spectral --learning-rate 1', '--learning-rate does not apply to --step-size spectral; leave one of them out.'],
    ['--step-size spectral --decay 1', '--decay does not apply to --step-size spectral; leave one of them out.'],
    [
      '--clients 301',
      '--clients 301 with --samples 200 needs 60200 images, and fashion-mnist has 60000; choose at most 300 clients, or fewer samples.',
    ],
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
    [
      '--tabs 13 --samples 5000',
      '--tabs 13 with --samples 5000 needs 65000 images, and fashion-mnist has 60000; choose at most 12 clients, or fewer samples.',
    ],
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
    const common = [
      '--rounds N',
      '--alpha A',
      '--sketch-size M',
      '--changing ',
      '--soft-labels STAGES',
      '--json FILE',
      '--help ',
    ];
    for (const option of [...own, ...common]) expect(text).toContain(`\n  ${option}`);
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThan(110);
  });
});
