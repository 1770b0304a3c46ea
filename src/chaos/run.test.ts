import { describe, expect, test } from 'vitest';
import type { Invariant } from './invariant.ts';
import { runChaos, type ChaosOptions, type ChaosParts } from './run.ts';

const kept: Invariant = { name: 'kept', measured: 'yes', holds: true };
const broken: Invariant = { name: 'kept', measured: '7 lost', holds: false };

/** Parts in which everything holds, unless others are given. */
const parts = (given: Partial<ChaosParts> = {}): ChaosParts => ({
  scenarios: [{ name: 'a storm', run: () => Promise.resolve([kept, kept]) }],
  inRealTabs: (_stop, tell) => Promise.resolve(tell('in tabs', [kept])),
  longRun: () => Promise.resolve([kept]),
  inLongRun: () => Promise.resolve([kept]),
  decoders: [{ name: 'words', of: 'json', valid: [{}], decode: () => null, refusals: [] }],
  fuzz: () => Promise.resolve(null),
  ...given,
});

async function run(options: Partial<ChaosOptions>, given?: Partial<ChaosParts>, stop = new AbortController().signal) {
  const lines: string[] = [];
  const code = await runChaos({ seed: 5, quick: true, inProcess: false, ...options }, parts(given), stop, (line) => lines.push(line));
  return { code, lines, last: lines.at(-1) };
}

test('where all holds the code is 0 and the last line says so', async () => {
  expect(await run({})).toMatchObject({ code: 0, last: 'chaos: 4 of 4 invariants held, 0 broke (seed 5, quick)' });
  expect(await run({ inProcess: true })).toMatchObject({ code: 0, last: 'chaos: 3 of 3 invariants held, 0 broke (seed 5, quick)' });
  // A scenario with three seeds, tabs, both long runs, inputs.
  expect(await run({ quick: false })).toMatchObject({ code: 0, last: 'chaos: 10 of 10 invariants held, 0 broke (seed 5)' });
});

describe('where one breaks the code is 1, the rest goes on, and the last line counts it', () => {
  const last = 'chaos: 9 of 10 invariants held, 1 broke (seed 5)';
  test.each<[string, Partial<ChaosParts>, string]>([
    [
      'of a scenario',
      { scenarios: [{ name: 'a storm', run: (seed) => Promise.resolve([kept, seed === 6 ? broken : kept]) }] },
      '  BROKEN  kept: 7 lost',
    ],
    ['of real tabs', { inRealTabs: (_stop, tell) => Promise.resolve(tell('in tabs', [broken])) }, '  BROKEN  kept: 7 lost'],
    ['of a long run', { longRun: () => Promise.resolve([broken]) }, '  BROKEN  kept: 7 lost'],
    ['of a long run in tabs', { inLongRun: () => Promise.resolve([broken]) }, '  BROKEN  kept: 7 lost'],
    ['of a decoder', { fuzz: () => Promise.resolve('It fell.') }, '  BROKEN  each is understood, or refused in words: It fell.'],
  ])('%s', async (_, given, line) => {
    const result = await run({ quick: false }, given);
    expect(result).toMatchObject({ code: 1, last });
    expect(result.lines.filter((said) => said.includes('BROKEN'))).toEqual([line]);
  });
});

test('it ends before the next scenario when it is told to stop', async () => {
  await expect(run({}, {}, AbortSignal.abort(new Error('Stopped.')))).rejects.toThrow('Stopped.');
});
