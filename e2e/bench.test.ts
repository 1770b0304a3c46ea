import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import * as v from 'valibot';
import { expect, test } from 'vitest';
import { projectRoot } from '../src/datasets/paths.ts';

/** Runs the benchmark as a person would. @returns its last line and what it wrote. */
async function bench(name: string, ...args: string[]): Promise<{ summary: string; written: unknown }> {
  const folder = await mkdtemp(join(tmpdir(), 'sparkmesh-bench-'));
  try {
    const json = join(folder, 'bench.json');
    const call = ['--import', 'tsx', `src/bench/${name}.ts`, ...args, '--json', json];
    const { stdout } = await promisify(execFile)(process.execPath, call, { cwd: projectRoot });
    return { summary: stdout.trimEnd().split('\n').at(-1) ?? '', written: JSON.parse(await readFile(json, 'utf8')) };
  } finally {
    await rm(folder, { recursive: true });
  }
}

const kernelsSchema = v.object({
  format: v.literal('sparkmesh-bench-kernels/1'),
  results: v.array(v.object({ stage: v.string(), measurements: v.array(v.object({ way: v.string(), ms: v.number() })) })),
});

test.each([
  ['a browser', []],
  ['Node', ['--node']],
])('bench:kernels measures every stage in %s, ends with one line, and writes what it measured', async (_, where) => {
  const { summary, written } = await bench('kernels', '--quick', '--backend', 'wasm', ...where);
  expect(summary).toMatch(/^N = 64: own against tfjs on wasm: kernel .*layer-wise against Jacobian.*ridge against flow/);
  const { results } = v.parse(kernelsSchema, written);
  expect(results.map(({ stage }) => stage)).toEqual(['product', 'forward', 'kernel', 'evolution', 'pullback', 'solve', 'kernel']);
  for (const { measurements } of results) for (const { ms } of measurements) expect(ms).toBeGreaterThan(0);
});

const positive = v.pipe(v.number(), v.gtValue(0));
const byWay = v.object({ bare: positive, page: positive, worker: positive });
const wireSchema = v.object({
  format: v.literal('sparkmesh-bench-wire/1'),
  transfers: v.array(v.object({ size: v.number(), directions: v.number(), runs: v.array(byWay) })),
  roundTrips: v.array(byWay),
});

test('bench:wire measures every way between two tabs, ends with one line, and writes what it measured', async () => {
  const { summary, written } = await bench('wire', '--quick');
  expect(summary).toMatch(/^Between workers of two tabs, .*one way \d+ % \(64 KiB\), .*; both ways .*; a small one is answered/);
  const { transfers, roundTrips } = v.parse(wireSchema, written);
  expect(transfers.map(({ size, directions }) => [directions, size])).toEqual([
    [1, 65536],
    [1, 320_000],
    [2, 65536],
    [2, 320_000],
  ]);
  expect(roundTrips).toHaveLength(1);
});

const held = v.object({ idle: positive, lobby: positive, most: positive });
const roundSchema = v.object({
  format: v.literal('sparkmesh-report/1'),
  rounds: v.array(v.object({ seconds: positive })),
  memory: v.nullable(v.object({ tab: held, gpu: held })),
});

test('bench:round runs a federation of tabs, ends with one line, and writes its report with the memory of the largest tab', async () => {
  const tiny = ['--tabs', '2', '--rounds', '2', '--samples', '20', '--hidden', '8', '--test-samples', '50', '--backend', 'wasm'];
  const { summary, written } = await bench('round', ...tiny);
  const { rounds, memory } = v.parse(roundSchema, written);
  expect(rounds).toHaveLength(2);
  const onLinux = process.platform === 'linux';
  expect(summary).toMatch(
    onLinux ? /^On wasm, a round lasts .*; the largest tab took [\d.]+ MB above idle\.$/ : /^On wasm, a round lasts /,
  );
  expect(memory !== null).toBe(onLinux);
  // A page without a client, one with its worker and tfjs, and whatever the rounds need.
  if (memory) expect(memory.tab.lobby - memory.tab.idle).toBeGreaterThan(20e6);
  if (memory) expect(memory.tab.most).toBeGreaterThanOrEqual(memory.tab.lobby);
});

const readingSchema = v.object({
  format: v.literal('sparkmesh-bench-reading/1'),
  pictures: v.literal(200),
  seconds: positive,
  longestStopMs: v.pipe(v.number(), v.minValue(0)),
  idleBytes: v.number(),
  mostBytes: v.number(),
});

test('bench:reading reads a folder in the page, ends with one line, and holds a few of its pictures at a time', async () => {
  const { summary, written } = await bench('reading', '--pictures', '200');
  const { idleBytes, mostBytes } = v.parse(readingSchema, written);
  expect(summary).toMatch(/^200 pictures of 1152 x 864 in [\d.]+ s, .* MB at most\.$/);
  // Decoded they would all be 800 MB.
  expect(mostBytes - idleBytes).toBeLessThan(400e6);
});
