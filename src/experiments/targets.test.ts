import { describe, expect, test } from 'vitest';
import type { Algorithm } from '../settings/presets.ts';
import { condition, type Condition } from './condition.ts';
import type { MeasuredRow } from './findings.ts';
import { compared, methodsCondition } from './plan.ts';
import type { RunRecord } from './record.ts';
import { table } from './tables.ts';
import { targets } from './targets.ts';

const runOf = ({ clients, settings }: Condition, averaged: (round: number) => number, mean = averaged): RunRecord => ({
  clients,
  settings,
  versions: { node: '20' },
  backend: 'wasm',
  seconds: 3,
  rounds: Array.from({ length: settings.rounds }, (_, t) => ({ averaged: averaged(t + 1), mean: mean(t + 1), loss: 1, bytes: 1e6 })),
});

/** The rows of α = 0.1, with runs of these methods alone. */
const rowsOf = (curves: Partial<Record<Algorithm, (round: number) => number>>): MeasuredRow[] =>
  compared.map((algorithm) => {
    const declared = methodsCondition(algorithm, '0.1');
    const curve = curves[algorithm];
    return { label: algorithm, condition: declared, records: curve ? [runOf(declared, curve)] : [] };
  });

const towards = (pace: number) => (t: number) => Math.min(0.84, 0.701 + pace * t);

test('a target is met, missed, open or not run, with its figure', () => {
  const rows = rowsOf({ sparkmesh: towards(0.05), 'ntk-dfl-published': towards(0.01), dfedavg: () => 0.7, dfedavgm: towards(0.05) });
  const verdicts = targets(new Map([['methods-0.1', rows]]));
  expect(verdicts.get('rounds-published')).toBe('met | 2.0 against 10.0 rounds');
  expect(verdicts.get('rounds-dfedavgm')).toBe('**missed** | 2.0 against 2.0 rounds');
  expect(verdicts.get('bytes-dfedavg')).toBe('met | 2.0 MB against > 40 MB');
  expect(verdicts.get('steady')).toBe('met | 0.0 points');
  expect(verdicts.get('rounds-0.80')).toBe('met | 2');
  expect(verdicts.get('rounds-0.84')).toBe('met | 3');
  expect(verdicts.get('clients-0.80')).toBe('met | 2');
  expect(verdicts.get('end')).toBe('**missed** | 84.0 % and 84.0 %');
  expect(verdicts.get('rounds-iid')).toBe('not run | ');
  expect(verdicts.get('centralised')).toBe('not run | ');
  expect(verdicts.get('highest-0.1')).toBe('not run | ');
  expect(table('methods', rows)).toContain('| sparkmesh | 1 | 15 | 2 | 3 | 3 |');
});

test('a ratio to runs that ended too early to tell is open', () => {
  const verdicts = targets(new Map([['methods-0.1', rowsOf({ sparkmesh: towards(0.01), dfedavgm: () => 0.7 })]]));
  expect(verdicts.get('rounds-dfedavgm')).toBe('open | 10.0 against > 40.0 rounds');
});

describe('a lead reads as a lead and a lag as a lag', () => {
  const verdicts = (own: number) => targets(new Map([['methods-0.1', rowsOf({ sparkmesh: () => own, 'ntk-dfl': () => 0.7 })]]));
  test.each([
    [0.724, 'met | 2.4 points ahead', '**missed** | 2.4 points ahead'],
    [0.8, 'met | 10.0 points ahead', 'met | 10.0 points ahead'],
    [0.697, 'met | 0.3 points behind', '**missed** | 0.3 points behind'],
    [0.69, '**missed** | 1.0 points behind', '**missed** | 1.0 points behind'],
  ])('at %d against 0.7', (own, neverBehind, clientsAhead) => {
    expect(verdicts(own).get('never-behind')).toBe(neverBehind);
    expect(verdicts(own).get('clients-ahead')).toBe(clientsAhead);
  });

  test('on the one federation where a preset is behind', () => {
    const federation = (study: string, suffix: string, finals: Partial<Record<Algorithm, number>>) =>
      Object.entries(finals).map(([name, final]): MeasuredRow => {
        const algorithm = compared.find((one) => one === name)!;
        const declared = condition(study, `${algorithm}${suffix}`, algorithm);
        return { label: name, condition: declared, records: [runOf(declared, () => final)] };
      });
    const of = (spark: number) =>
      targets(
        new Map([
          ['stability', federation('stability', '-3x50-iid', { sparkmesh: 0.8, spark, 'ntk-dfl': 0.7 })],
          ['methods-0.1', federation('methods-0.1', '', { sparkmesh: 0.8, spark: 0.75, 'ntk-dfl': 0.7, 'ntk-dfl-published': 0.9 })],
        ]),
      );
    expect(of(0.72).get('spark-everywhere')).toBe('met | 2.0 points ahead');
    expect(of(0.69).get('spark-everywhere')).toBe('**missed** | 1.0 points behind');
    expect(of(0.69).get('sparkmesh-everywhere')).toBe('met | 10.0 points ahead');
  });
});

/** The runs of a study by their names, each with its accuracies and losses. */
const studyOf = (study: string, runs: Record<string, { readonly averaged: readonly number[]; readonly loss?: readonly number[] }>) =>
  new Map([
    [
      study,
      Object.entries(runs).map(([name, { averaged, loss }]): MeasuredRow => {
        const declared = condition(study, name, 'sparkmesh', { rounds: averaged.length });
        const run = runOf(declared, (t) => averaged[t - 1]!);
        const rounds = run.rounds.map((round, t) => ({ ...round, loss: loss?.[t] ?? 1 }));
        return { label: name, condition: declared, records: [{ ...run, rounds }] };
      }),
    ],
  ]);

const steadily = (accuracy: number, rounds = 20) => Array<number>(rounds).fill(accuracy);

test('what attacks cost is counted from what plain means come to among the honest', () => {
  const runs = (nearest: number) =>
    [
      ['mean-none', 0.76],
      ...['labels', 'sign', 'scaled', 'random', 'stale', 'start'].flatMap((attack) => [
        [`mean-${attack}`, attack === 'start' ? 0.5 : 0.7] as const,
        [`nearest-${attack}`, attack === 'stale' ? nearest : 0.755] as const,
      ]),
    ] as const;
  const verdict = (nearest: number) =>
    targets(studyOf('attacks', Object.fromEntries(runs(nearest).map(([name, end]) => [name, { averaged: steadily(end, 10) }])))).get(
      'attacks',
    );
  expect(verdict(0.745)).toBe('met | at most 1.50; by plain means 6.0 to 26.0');
  expect(verdict(0.73)).toBe('**missed** | at most 3.00; by plain means 6.0 to 26.0');
  expect(targets(new Map()).get('attacks')).toBe('not run | ');
});

describe('over the small federations', () => {
  const verdicts = (own: number, eightBits: number, loss: readonly number[]) =>
    targets(
      studyOf('stability', {
        'sparkmesh-3x50-iid': { averaged: steadily(own), loss },
        'q8-3x50-iid': { averaged: steadily(eightBits) },
        'averaged-3x50-iid': { averaged: steadily(0.7, 12) },
      }),
    );
  const falling = Array.from({ length: 20 }, (_, t) => 2 - t / 20);

  test('the loss has to stay near its lowest', () => {
    expect(verdicts(0.7, 0.7, falling).get('loss-settles')).toBe('met | 0.0 % above');
    expect(verdicts(0.7, 0.7, [...falling.slice(0, 19), 1.2]).get('loss-settles')).toBe('**missed** | 9.1 % above');
  });

  test('the accuracy that of the averaged kernel, and that with 8 bits near it', () => {
    expect(verdicts(0.71, 0.708, falling).get('averaged-everywhere')).toBe('met | 1.0 points ahead');
    expect(verdicts(0.71, 0.708, falling).get('q8-everywhere')).toBe('met | 0.2 points behind');
    expect(verdicts(0.69, 0.68, falling).get('averaged-everywhere')).toBe('**missed** | 1.0 points behind');
    expect(verdicts(0.69, 0.68, falling).get('q8-everywhere')).toBe('**missed** | 1.0 points behind');
  });
});
