/** Interrupted simulations, which go on on all cores: they end as one that ran through in this one thread. */

import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ClientView } from '../src/client/view.ts';
import { randomStream } from '../src/math/random.ts';
import { defaultSettings, type Settings } from '../src/settings/settings.ts';
import { Checkpoint } from '../src/runner/checkpoint.ts';
import { prepareData } from '../src/datasets/prepareData.ts';
import { packedProblems } from '../src/runner/packedProblems.ts';
import { makeReport } from '../src/runner/report.ts';
import { isDone } from '../src/runner/conductor.ts';
import { runInProcess } from '../src/runner/inProcess.ts';
import { runInThreads } from '../src/runner/threads.ts';
import { taskDigest } from '../src/task/digest.ts';
import { imageTask } from '../src/task/makeTask.ts';
import type { OwnRows } from '../src/task/ownRows.ts';

const clients = 5;
const base: Settings = {
  ...defaultSettings(),
  samples: 30,
  hidden: [16],
  rounds: 5,
  testSamples: 200,
  topology: { kind: 'k-regular', degree: 2, changing: true },
};

const { method } = base;
const taught: Settings['method'] =
  method.kind === 'ntk' ? { ...method, evolution: { ...method.evolution, teacher: 'neighbours' } } : method;

const ownTask = imageTask({ width: 4, height: 4, channels: 1 }, [['bright', 'dark']]);

/** Twenty images of a client, bright and dark by turns. */
function ownRows(client: number): OwnRows {
  const random = randomStream(1, 'checkpoint', client);
  const labels = Uint8Array.from({ length: 20 }, (__, row) => row % 2);
  const values = Uint8Array.from({ length: 20 * 16 }, (__, i) => random.integer(200) + 55 * (1 - (Math.floor(i / 16) % 2)));
  return { digest: taskDigest(ownTask), values, labels };
}

let folder = '';
beforeEach(async () => {
  await prepareData();
  folder = await mkdtemp(join(tmpdir(), 'sparkmesh-checkpoint-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** Messages that tell timings or gossip, and acknowledgements of gossip: their bytes differ from run to run. */
const telling: ReadonlySet<string> = new Set(['room', 'readiness', 'offer', 'metrics', 'averaged', 'summary', 'ack']);

/** What a run came to, but for its timings. */
async function resultOf(views: readonly ClientView[]) {
  const { rounds, edges } = await makeReport({ views, runner: 'in-process', versions: {} });
  return {
    rounds: rounds.map(({ round, accuracy, loss, bytesSent, missed }) => ({ round, accuracy, loss, bytesSent, missed })),
    edges: edges.map(({ from, to, bytes }) => ({
      from,
      to,
      bytes: Object.entries(bytes)
        .filter(([kind]) => !telling.has(kind))
        .sort(),
    })),
  };
}

test.each<[string, Partial<Settings>]>([
  ['sketches, an own velocity and differences in 8 bits', {}],
  [
    'exact inputs and a mixed velocity',
    { ...defaultSettings('spark'), ...base, algorithm: 'spark', method: defaultSettings('spark').method, exchange: 'exact' },
  ],
  ['projected Jacobians and neighbours that teach', { method: taught, exchange: 'projected', projectionSize: 64 }],
  ['convolutions', { convolutions: [2, 3] }],
  ['gradient steps', { algorithm: 'dfedavgm', method: defaultSettings('dfedavgm').method }],
  ['own data', { task: ownTask, exchange: 'weights' }],
])('a run that was interrupted ends as if it had not been, with %s', async (_, changes) => {
  const settings = { ...base, ...changes };
  const own = settings.task ? Array.from({ length: clients }, (_rows, k) => ownRows(k)) : [];
  const run = { settings, clients, own, backend: 'wasm' } as const;
  const source = packedProblems();
  own.forEach((rows, k) => source.bring(rows, k));
  const expected = await resultOf(await runInProcess({ ...run, source, isDone }));

  const interruption = new AbortController();
  const checkpoint = () => new Checkpoint(settings, clients, '', 0, folder);
  const interrupted = runInThreads({
    ...run,
    checkpoint: checkpoint(),
    stop: interruption.signal,
    onProgress: ({ own }) => own.length >= 3 && interruption.abort(),
  });
  await expect(interrupted).rejects.toThrow(/the same command goes on after round [23]\./);

  const seen: number[] = [];
  const { views } = await runInThreads({ ...run, checkpoint: checkpoint(), onProgress: ({ own }) => seen.push(own.length) });
  expect(await resultOf(views)).toEqual(expected);
  expect(Math.min(...seen.filter((rounds) => rounds > 0))).toBeGreaterThanOrEqual(2);
  expect(await readdir(folder)).toEqual([]);
});

test('a checkpoint that cannot be used is left aside', async () => {
  const checkpoint = new Checkpoint(base, clients, '', 0, folder);
  await checkpoint.save([]);
  const [file] = await readdir(folder);
  expect(await checkpoint.load()).toBeNull();
  await writeFile(join(folder, file!), 'garbage');
  expect(await checkpoint.load()).toBeNull();
});
