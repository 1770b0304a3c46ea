/** All that federations are put through, one after another, and what is said of it. */

import type { Decoder } from './decoders/decoder.ts';
import type { fuzz } from './fuzz.ts';
import type { Invariant } from './invariant.ts';
import type { inLongRun } from './longTabs.ts';
import type { inRealTabs } from './realTabs.ts';
import { LONG_ROUNDS, type longRun, type Scenario } from './scenarios.ts';

export interface ChaosOptions {
  readonly seed: number;
  /** Each scenario once and fewer inputs, and no long runs. */
  readonly quick: boolean;
  /** No real tabs. */
  readonly inProcess: boolean;
}

export interface ChaosParts {
  readonly scenarios: readonly Scenario[];
  readonly inRealTabs: typeof inRealTabs;
  readonly longRun: typeof longRun;
  readonly inLongRun: typeof inLongRun;
  readonly decoders: readonly Decoder[];
  readonly fuzz: typeof fuzz;
}

/**
 * @param say gets a line at a time, the summary last.
 * @returns the exit code: 1 when an invariant broke, else 0.
 */
export async function runChaos(
  { seed, quick, inProcess }: ChaosOptions,
  parts: ChaosParts,
  stop: AbortSignal,
  say: (line: string) => void,
): Promise<0 | 1> {
  const held: boolean[] = [];
  const tell = (name: string, invariants: readonly Invariant[]) => {
    say(name);
    for (const { name: what, measured, holds } of invariants) {
      held.push(holds);
      say(`  ${holds ? 'holds ' : 'BROKEN'}  ${what}: ${measured}`);
    }
  };
  for (const used of quick ? [seed] : [seed, seed + 1, seed + 2]) {
    for (const { name, run } of parts.scenarios) {
      stop.throwIfAborted();
      tell(`seed ${used}: ${name}`, await run(used));
    }
  }
  if (!inProcess) await parts.inRealTabs(stop, tell);
  if (!quick) {
    tell(`three clients over ${LONG_ROUNDS.toLocaleString('en')} rounds`, await parts.longRun(seed));
    if (!inProcess) tell(`three real tabs over ${LONG_ROUNDS.toLocaleString('en')} rounds`, await parts.inLongRun(stop, LONG_ROUNDS));
  }
  const inputs = quick ? 2000 : 1_000_000;
  say(`${inputs.toLocaleString('en')} damaged inputs to each decoder`);
  for (const decoder of parts.decoders) {
    stop.throwIfAborted();
    const broken = await parts.fuzz(decoder, seed, inputs);
    tell(`  ${decoder.name}`, [{ name: 'each is understood, or refused in words', measured: broken ?? 'all', holds: broken === null }]);
  }
  const failures = held.filter((holds) => !holds).length;
  say(`chaos: ${held.length - failures} of ${held.length} invariants held, ${failures} broke (seed ${seed}${quick ? ', quick' : ''})`);
  return failures > 0 ? 1 : 0;
}
