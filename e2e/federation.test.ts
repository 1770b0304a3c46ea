/** The commands as a person types them, on the real data. */

import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseFederation } from '../src/cli/options.ts';
import { loadTest } from '../src/data/samples.ts';
import { fileSource } from '../src/datasets/fileSource.ts';
import { dataRoot } from '../src/datasets/paths.ts';
import { classifier } from '../src/export/classify.ts';
import { isDone } from '../src/runner/conductor.ts';
import { runInProcess } from '../src/runner/inProcess.ts';
import { packedProblems } from '../src/runner/packedProblems.ts';
import { makeReport, type Report } from '../src/runner/report.ts';
import { Tabs } from '../src/runner/tabs.ts';
import { openModel } from '../src/runner/takeHome.ts';

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
/** Of an edge in three rounds where its weights travel in 8 bits, with a float32 scale for every 64. */
const WEIGHTS = 3 * (79_510 + 4 * Math.ceil(79_510 / 64));

/** The bytes of weights that each directed edge has carried. */
const weightsBytes = ({ edges }: Report) => new Map(edges.map(({ from, to, bytes }) => [`${from}>${to}`, bytes['weights'] ?? 0] as const));

/**
 * The same method in tabs and in the simulator, on the same backend: the same figures but for few of 2,000 samples, the same bytes.
 * @param carried by each edge before, in earlier runs of the tabs' room.
 */
function expectSame(tabs: Report, simulated: Report, weights: number, carried: ReadonlyMap<string, number> = new Map()): void {
  expect(tabs.config).toEqual({ ...simulated.config, runner: 'tabs' });
  expect(tabs.rounds).toHaveLength(3);
  tabs.rounds.forEach((round, t) => {
    expect(round.missed).toBe(0);
    expect(Math.abs(round.accuracy.averaged - simulated.rounds[t]!.accuracy.averaged)).toBeLessThanOrEqual(0.002);
    expect(round.bytesSent).toBe(simulated.rounds[t]!.bytesSent);
  });
  // More than chance, even for the three single gradient steps of D-PSGD.
  expect(tabs.rounds[2]!.accuracy.averaged).toBeGreaterThan(0.15);
  expect(tabs.edges.map(({ from, to }) => `${from}>${to}`).sort()).toEqual(['0>1', '0>2', '1>0', '1>2', '2>0', '2>1']);
  for (const [edge, bytes] of weightsBytes(tabs)) {
    expect(bytes - (carried.get(edge) ?? 0)).toBeGreaterThan(weights);
    expect(bytes - (carried.get(edge) ?? 0)).toBeLessThan(weights + 5000);
  }
}

/** The saved model is the one that the report's last line is about. */
async function expectModel(name: string, { rounds }: Report): Promise<void> {
  const model = await openModel(join(folder, name));
  expect(model.card).toMatchObject({ weights: 'averaged', rounds: 3, participants: 3, hidden: [100] });
  const { averaged } = rounds.at(-1)!.accuracy;
  expect(model.card.scores).toMatchObject({ accuracy: averaged, samples: 2000, on: 'test' });
  const source = fileSource(join(dataRoot, 'fashion-mnist'));
  const { values, labels, width } = await loadTest(source, 2000);
  const answerOf = classifier(model);
  const right = labels.filter((label, n) => answerOf(values.subarray(n * width, (n + 1) * width)).best === label).length;
  expect(Math.abs(right / 2000 - averaged)).toBeLessThanOrEqual(0.001);
}

describe('a room of tabs that goes from method to method', () => {
  let tabs: Tabs;
  let carried: ReadonlyMap<string, number> = new Map();
  beforeAll(async () => {
    tabs = await Tabs.open({ browsers: 1, headed: false });
    await tabs.fill(3, 'wasm', (page) => page.getByRole('button', { name: 'Try it with clothes' }).click());
  });
  afterAll(() => tabs.close());

  it.each([
    ['sparkmesh --teacher neighbours', WEIGHTS],
    // With its velocity.
    ['spark', 2 * WEIGHTS],
    ['ntk-dfl', WEIGHTS],
    ['ntk-dfl-fixed', WEIGHTS],
    ['ntk-dfl-published --times 100,400', WEIGHTS],
    ['sparkmesh --kernel averaged', WEIGHTS],
    ['sparkmesh --exchange weights', WEIGHTS],
    ['dfedavg', WEIGHTS],
    ['dfedavgm', WEIGHTS],
    ['dpsgd', WEIGHTS],
  ] as const)('agrees with the simulator on %s', async (method, weights) => {
    const { settings } = parseFederation(['--tabs', '3', '--algorithm', ...method.split(' '), ...shared]);
    await tabs.configure(3, settings);
    const inTabs = await makeReport({ views: await tabs.run(3, isDone), runner: 'tabs', versions: {} });
    const views = await runInProcess({ settings, clients: 3, backend: 'wasm', source: packedProblems(), isDone });
    const before = carried;
    carried = weightsBytes(inTabs);
    expectSame(inTabs, await makeReport({ views, runner: 'in-process', versions: {} }), weights, before);
  });
});

describe('a federation of real tabs', () => {
  it('agrees with the simulator, each by its command', async () => {
    const saved = (name: string) => ['--save-model', join(folder, name)];
    const tabs = await run('federation', '--tabs', '3', '--backend', 'wasm', ...shared, ...saved('tabs.html'));
    const simulated = await run('simulate', '--clients', '3', ...shared, ...saved('simulated.safetensors'));
    expectSame(tabs, simulated, WEIGHTS);
    await expectModel('tabs.html', tabs);
    await expectModel('simulated.safetensors', simulated);
    const further = await run(
      'federation',
      '--tabs',
      '2',
      '--backend',
      'wasm',
      ...shared,
      '--rounds',
      '1',
      '--from-model',
      join(folder, 'tabs.html'),
    );
    expect(further.config.initialModel).toMatch(/^[0-9a-f]{64}$/);
    expect(further.rounds[0]!.accuracy.averaged).toBeGreaterThan(tabs.rounds[0]!.accuracy.averaged);
  });

  it('trains on forced WebGPU over two browser processes and names the adapter', async () => {
    const form = ['--tabs', '2', '--browsers', '2', '--backend', 'webgpu', '--test-samples', '500'];
    const report = await run('federation', ...shared, ...form);
    expect(report.backend).toBe('webgpu');
    expect(report.adapter).not.toBe('');
    expect(report.rounds.at(-1)!.accuracy.averaged).toBeGreaterThan(report.rounds[0]!.accuracy.averaged - 0.05);
    expect(report.rounds.at(-1)!.accuracy.averaged).toBeGreaterThan(0.25);
  });
});

describe('a tab whose process crashes in a run', () => {
  it('is opened again and goes on with what it had learned, under its number', async () => {
    const tabs = await Tabs.open({ browsers: 1, headed: false });
    try {
      await tabs.fill(3, 'wasm', (page) => page.getByRole('button', { name: 'Try it with clothes' }).click());
      const { settings } = parseFederation(['--tabs', '3', '--samples', '40', '--rounds', '40', '--test-samples', '500', '--seed', '1']);
      await tabs.configure(3, settings);
      let round: number | null = null;
      const views = await tabs.run(3, isDone, ({ self, own }) => {
        if (self.number !== 0 || own.length < 8 || round !== null) return;
        round = own.length;
        void tabs.pages[2]?.goto('chrome://crash').catch(() => undefined);
      });
      expect(tabs.crashes).toEqual(['Tab 2 crashed once and was opened again.']);
      expect(views.map(({ self, status }) => [self.number, status.kind])).toEqual([0, 1, 2].map((k) => [k, 'finished']));
      const rounds = views[2]!.own.map((own) => own.round);
      // From before the crash, and to the end.
      expect(rounds.filter((own) => own < 8).length).toBeGreaterThan(2);
      expect(rounds.at(-1)).toBe(39);
      expect(views[0]!.own.at(-1)!.neighbours).toHaveLength(2);
    } finally {
      await tabs.close();
    }
  });
});

describe('training that diverges', () => {
  const far = ['--algorithm', 'dfedavg', '--learning-rate', '1e6', '--samples', '20', '--rounds', '50', '--test-samples', '100'];
  it.each([
    ['simulate', ['--clients', '2']],
    ['federation', ['--tabs', '2', '--backend', 'cpu']],
  ])('ends %s with a sentence and exit code 1', async (name, args) => {
    await expect(command(name, ...args, ...far)).rejects.toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(/are not finite any more: training has diverged\. In the next run take a smaller step size[^\n]*\n$/),
    });
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
