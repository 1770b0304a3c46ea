/** The commands as a person types them, on the real data. */

import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Report } from '../src/runner/report.ts';

const tsx = join(import.meta.dirname, '..', 'node_modules', '.bin', 'tsx');
const command = (name: string, ...args: string[]) =>
  promisify(execFile)(tsx, [join(import.meta.dirname, '..', 'src', 'cli', `${name}.ts`), ...args]);

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sparkmesh-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function run(name: 'federation' | 'simulate', ...args: string[]): Promise<Report> {
  const file = join(folder, `${name}.json`);
  await command(name, ...args, '--json', file);
  return JSON.parse(await readFile(file, 'utf8'));
}

const shared = ['--samples', '40', '--rounds', '3', '--test-samples', '2000', '--seed', '1'];

describe('a federation of real tabs', () => {
  it.each([
    // What every edge carries in three rounds: float16 weights, and the velocity where it is mixed.
    ['sparkmesh', 3 * 2 * 79_510],
    ['sparkmesh --teacher neighbours', 3 * 2 * 79_510],
    ['spark', 3 * 2 * 2 * 79_510],
    ['ntk-dfl', 3 * 2 * 79_510],
    ['ntk-dfl-published', 3 * 2 * 79_510],
    ['dfedavg', 3 * 2 * 79_510],
    ['dfedavgm', 3 * 2 * 79_510],
    ['dpsgd', 3 * 2 * 79_510],
  ] as const)('agrees with the simulator on %s, within a point and with the same bytes', async (method, weights) => {
    const options = ['--algorithm', ...method.split(' '), ...shared];
    const tabs = await run('federation', '--tabs', '3', '--backend', 'wasm', ...options);
    const simulated = await run('simulate', '--clients', '3', ...options);
    expect(tabs.config).toEqual({ ...simulated.config, runner: 'tabs' });
    expect(tabs.rounds).toHaveLength(3);
    tabs.rounds.forEach((round, t) => {
      expect(round.missed).toBe(0);
      expect(Math.abs(round.accuracy.averaged - simulated.rounds[t]!.accuracy.averaged)).toBeLessThanOrEqual(0.01);
      expect(round.bytesSent).toBe(simulated.rounds[t]!.bytesSent);
    });
    // More than chance, even for the three single gradient steps of D-PSGD.
    expect(tabs.rounds[2]!.accuracy.averaged).toBeGreaterThan(0.15);
    expect(tabs.edges.map(({ from, to }) => `${from}>${to}`).sort()).toEqual(['0>1', '0>2', '1>0', '1>2', '2>0', '2>1']);
    for (const { bytes } of tabs.edges) {
      expect(bytes['weights']).toBeGreaterThan(weights);
      expect(bytes['weights']).toBeLessThan(weights + 5000);
    }
  });

  it('trains on forced WebGPU over two browser processes and names the adapter', async () => {
    const report = await run('federation', '--tabs', '2', '--browsers', '2', '--backend', 'webgpu', ...shared);
    expect(report.backend).toBe('webgpu');
    expect(report.adapter).not.toBe('');
    expect(report.rounds.at(-1)!.accuracy.averaged).toBeGreaterThan(report.rounds[0]!.accuracy.averaged - 0.05);
    expect(report.rounds.at(-1)!.accuracy.averaged).toBeGreaterThan(0.25);
  });
});

describe('impossible requests', () => {
  const cases: [string, string[]][] = [
    ['federation', ['--tabs', '0']],
    ['federation', ['--degree', '9', '--tabs', '4']],
    ['federation', ['--speed', 'high']],
    ['simulate', ['--clients', '400', '--samples', '200']],
    ['conformance', ['package.json']],
    ['conformance', []],
  ];
  it.each(cases)('%s %j get one sentence and exit code 2', async (name, args) => {
    await expect(command(name, ...args)).rejects.toMatchObject({ code: 2, stdout: '', stderr: expect.stringMatching(/^[^\n]+[.]\n$/) });
  });
});
