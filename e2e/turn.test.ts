/** Tabs that reach each other through a real TURN server alone, by credentials that the server of the page makes. */

import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { projectRoot } from '../src/datasets/paths.ts';
import { startCoturn, type TurnServer } from './support/coturn.ts';

let turn: TurnServer;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sparkmesh-turn-'));
  turn = await startCoturn();
});

afterAll(async () => {
  await turn?.close();
  await rm(folder, { recursive: true });
});

const call = (name: string, ...args: string[]) => ['--import', 'tsx', join('src', 'cli', `${name}.ts`), ...args];
const environment = (secret: string) => ({ ...process.env, TURN_URLS: turn.url, TURN_SECRET: secret, ICE_POLICY: 'relay' });

test('a federation completes with nothing but relayed connections', async () => {
  const json = join(folder, 'report.json');
  const args = ['--tabs', '2', '--rounds', '2', '--samples', '20', '--test-samples', '200', '--backend', 'wasm', '--json', json];
  const { stderr } = await promisify(execFile)(process.execPath, call('federation', ...args, '--log', 'signalling'), {
    cwd: projectRoot,
    env: environment(turn.secret),
  });
  expect(stderr).toMatch(/signalling {2}ice {2}servers=1 {2}policy=relay/);
  const { rounds } = JSON.parse(await readFile(json, 'utf8'));
  expect(rounds.map(({ missed }: { missed: number }) => missed)).toEqual([0, 0]);
  // A user of the log is an expiry and a member's id.
  const users = new Set((await turn.log()).match(/user <\d{10}:[0-9a-f]{32}>: incoming packet ALLOCATE processed, success/g));
  expect(users.size).toBe(2);
});

test('an environment that cannot be used is refused in one sentence before anything is served', async () => {
  for (const command of ['serve', 'signal']) {
    const child = spawn(process.execPath, call(command, '--port', '0'), {
      cwd: projectRoot,
      env: { ...environment(turn.secret), TURN_URLS: 'x' },
    });
    const [[exitCode], stdout, stderr] = await Promise.all([once(child, 'exit'), text(child.stdout), text(child.stderr)]);
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toMatch(/^TURN_URLS cannot be used at 0\.urls\.0: an address is [^\n]*\.\n$/);
  }
});
