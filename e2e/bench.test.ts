import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import * as v from 'valibot';
import { expect, test } from 'vitest';
import { projectRoot } from '../src/cli/paths.ts';

const resultSchema = v.object({
  format: v.literal('sparkmesh-bench-kernels/1'),
  results: v.array(v.object({ stage: v.string(), measurements: v.array(v.object({ way: v.string(), ms: v.number() })) })),
});

test.each([
  ['a browser', []],
  ['Node', ['--node']],
])('bench:kernels measures every stage in %s, ends with one line, and writes what it measured', async (_, where) => {
  const folder = await mkdtemp(join(tmpdir(), 'sparkmesh-bench-'));
  try {
    const json = join(folder, 'bench.json');
    const args = ['--import', 'tsx', 'src/bench/kernels.ts', '--quick', '--backend', 'wasm', '--json', json, ...where];
    const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: projectRoot });
    expect(stdout.trimEnd().split('\n').at(-1)).toMatch(/^N = 64: own against tfjs on wasm: kernel .*layer-wise against Jacobian/);
    const { results } = v.parse(resultSchema, JSON.parse(await readFile(json, 'utf8')));
    expect(results.map(({ stage }) => stage)).toEqual(['product', 'forward', 'kernel', 'evolution', 'pullback', 'kernel']);
    for (const { measurements } of results) for (const { ms } of measurements) expect(ms).toBeGreaterThan(0);
  } finally {
    await rm(folder, { recursive: true });
  }
});
