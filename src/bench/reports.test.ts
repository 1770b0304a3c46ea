import { expect, test } from 'vitest';
import { defaultSettings } from '../settings/settings.ts';
import { summaryOf, tableOf, type StageResult } from './kernelReport.ts';
import type { Measurement } from './measure.ts';
import { roundSummary, roundTables, type RoundReport } from './roundReport.ts';
import { wireSummary, wireTable, type Transfer } from './wireReport.ts';

const measured = (way: string, ms: number, tensorBytes = 1e6): Measurement => ({
  way,
  backend: 'wasm',
  ms,
  gflops: 10 / ms,
  tensorBytes,
  gpuBytes: 0,
});

const stage = (name: StageResult['stage'], samples: number, ...measurements: Measurement[]): StageResult => ({
  stage: name,
  samples,
  hidden: 100,
  steps: 40,
  measurements,
});

test('the kernels are compared within one run, at the size nearest to 600', () => {
  const results = [
    stage('product', 600, measured('wasm own', 4), measured('wasm tfjs', 2)),
    stage('kernel', 600, measured('wasm own', 10), measured('wasm tfjs', 50)),
    stage('kernel', 1200, measured('wasm own', 10), measured('wasm tfjs', 1000)),
    stage('kernel', 100, measured('wasm own', 2), measured('wasm Jacobian', 2000, 300e6)),
    stage('solve', 4800, measured('wasm own, ridge', 20), measured('wasm own, flow with the averaged kernel', 300)),
  ];
  expect(summaryOf(results)).toBe(
    'N = 600: own against tfjs on wasm: kernel 5.00x; layer-wise against Jacobian (wasm, N = 100): time 1000x, tensors 300x; ' +
      'ridge against flow with the averaged kernel (wasm, N = 4800): 15.0x.',
  );
  const lines = tableOf(results).split('\n');
  expect(lines).toHaveLength(11);
  // 1 GFLOP/s of the 5 of the best product, which is tfjs's.
  expect(lines[3]).toMatch(/^kernel, N = 600, 100 hidden +wasm own +10\.0 +1\.00 +20 % +1\.00 MB +1\.00x$/);
  // 0.5 GFLOP/s of the 5 of the best product of the nearest size; a flow does other operations.
  expect(lines[9]).toMatch(/^solve, N = 4800, 100 hidden +wasm own, ridge +20\.0 +0\.500 +10 % +1\.00 MB +1\.00x$/);
  expect(lines[10]).toMatch(/wasm own, flow with the averaged kernel +300 +1\.00 MB +15\.0x$/);
});

test('a way of frames is compared with the bare channel in the same run', () => {
  const transfers: Transfer[] = [
    // Run by run three quarters, four fifths and nine tenths, whatever the machine did meanwhile.
    {
      size: 64 * 1024,
      directions: 1,
      runs: [
        { bare: 40, page: 40, worker: 30 },
        { bare: 10, page: 10, worker: 9 },
        { bare: 20, page: 20, worker: 16 },
      ],
    },
    { size: 320_000, directions: 2, runs: [{ bare: 20, page: 10, worker: 5 }] },
  ];
  const trips = [{ bare: 0.5, page: 1, worker: 2 }];
  const [speeds, times] = wireTable(transfers, trips)
    .split('\n\n')
    .map((part) => part.split('\n'));
  expect(speeds![1]).toMatch(/^64 KiB, one way +20\.0 +20\.0 +100 % +16\.0 +80 %$/);
  expect(speeds![2]).toMatch(/^320 kB, both ways +20\.0 +10\.0 +50 % +5\.00 +25 %$/);
  expect(times![1]).toMatch(/^100 bytes +0\.500 +1\.00 +2\.00$/);
  expect(wireSummary(transfers, trips)).toBe(
    "Between workers of two tabs, frames reach of the bare channel's 20.0 MB/s: one way 80 % (64 KiB); both ways 25 % (320 kB); " +
      'a small one is answered in 2.00 ms, bare in 0.500 ms.',
  );
});

test('a round is its phases, its bytes by kind, and its largest tab', () => {
  const round = (seconds: number, evolve: number) => ({
    round: 1,
    accuracy: { averaged: 0, mean: 0, clients: [] },
    loss: { averaged: 0, mean: 0, clients: [] },
    bytesSent: 4e6,
    seconds,
    phases: { mix: 100, evolve },
    work: { evolve: evolve / 3, score: 20 },
    solver: null,
    edges: 2,
    missed: 0,
  });
  const report: RoundReport = {
    format: 'sparkmesh-report/1',
    config: { ...defaultSettings(), clients: 2, runner: 'tabs' },
    versions: {},
    backend: 'cpu',
    adapter: '',
    scored: { on: 'test', samples: 0, confusion: [] },
    rounds: [round(9, 900), round(1, 300)],
    edges: [
      { from: 0, to: 1, bytes: { weights: 3e6 } },
      { from: 1, to: 0, bytes: { weights: 1e6, step: 4e6 } },
    ],
    memory: { tab: { idle: 50e6, lobby: 90e6, most: 160.5e6 }, gpu: { idle: 5e6, lobby: 7e6, most: 15e6 } },
  };
  // 120 ms on a core of its own; two clients on one core need 240 ms.
  expect(roundSummary(report, 8)).toBe(
    'On cpu, a round lasts 0.400 s (mix 25 %, evolve 75 %; the slowest client’s 1.00 s): 3.33 times the 120 ms that a client computes in it, ' +
      '3.33 times what all 2 compute on 8 cores; it sends 2000.0 kB a directed edge, 10.0 MB/s in all; the largest tab took 121 MB above idle.',
  );
  expect(roundSummary({ ...report, memory: null }, 8)).toMatch(/, 10\.0 MB\/s in all\.$/);
  expect(roundSummary(report, 1)).toContain('1.67 times what all 2 compute on 1 core;');
  const [timeline, works, bytes, memory] = roundTables(report)
    .split('\n\n')
    .map((part) => part.split('\n'));
  expect(timeline![1]).toMatch(/^1 +100 ms +900 ms +1000 ms +9000 ms +320 ms +4\.00$/);
  expect(works!.slice(1)).toEqual([expect.stringMatching(/^evolve +100\.0$/), expect.stringMatching(/^score +20\.0$/)]);
  expect(bytes![1]).toMatch(/^weights +4000\.0 kB +1000\.0 kB$/);
  expect(memory!.at(-1)).toMatch(/^above idle +111 +10 +121$/);
});
