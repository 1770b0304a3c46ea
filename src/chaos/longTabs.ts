/** Three real tabs over thousands of rounds: whether they slow down, and whether they grow. */

import { median } from '../math/median.ts';
import { isDone } from '../runner/conductor.ts';
import { heldBytes } from '../runner/heldBytes.ts';
import { Tabs } from '../runner/tabs.ts';
import { defaultSettings, type Settings } from '../settings/settings.ts';
import { atMost, noneUncaught, type Invariant } from './invariant.ts';

const TABS = 3;

const LOOK_MS = 500;

/** Hundreds of a run's rounds. */
type Span = 'second' | 'third' | 'last';

function spanOf(round: number, rounds: number): Span | null {
  if (round >= 100 && round < 300) return round < 200 ? 'second' : 'third';
  return round >= rounds - 100 && round < rounds ? 'last' : null;
}

/**
 * Of a browser each, with 40 images: the time of the last hundred rounds beside the second hundred, and what the tabs hold in them, in the
 * median of its looks, beside the third. What a tab holds is counted from its open page on, before it has joined.
 * @param rounds at least 400.
 */
export async function inLongRun(stop: AbortSignal, rounds: number): Promise<readonly Invariant[]> {
  const settings: Settings = { ...defaultSettings(), samples: 40, rounds };
  const tabs = await Tabs.open({ browsers: TABS, headed: false });
  const held: Record<Span, number[][]> = { second: [], third: [], last: [] };
  const seen: Record<Span, { since: number; until: number } | null> = { second: null, third: null, last: null };
  let looking: ReturnType<typeof setInterval> | undefined;
  try {
    /** Of each tab, bytes. */
    let look = (): number[] => [];
    let idle: number[] = [];
    const opened = async () => {
      const processes = await tabs.processes();
      look = () => processes.map(({ renderers }) => renderers.reduce((sum, id) => sum + (heldBytes(id) ?? 0), 0));
      idle = look();
    };
    await tabs.fill(TABS, 'wasm', (page) => page.getByRole('button', { name: 'Try it with clothes' }).click(), { opened });
    await tabs.configure(TABS, settings);
    let round = 0;
    looking = setInterval(() => {
      const span = spanOf(round, rounds);
      if (!span) return;
      const now = performance.now();
      seen[span] = { since: seen[span]?.since ?? now, until: now };
      held[span].push(look().map((bytes, k) => bytes - idle[k]!));
    }, LOOK_MS);
    await tabs.run(TABS, isDone, ({ self, own }) => {
      stop.throwIfAborted();
      if (self.number === 0) round = own.length;
    });
    const took = (span: Span) => (seen[span] ? seen[span].until - seen[span].since : NaN);
    const largest = (span: Span) => Math.max(...idle.map((_, k) => median(held[span].map((ofTabs) => ofTabs[k]!))));
    const invariants = [
      noneUncaught(tabs.uncaught),
      atMost('time of the last hundred rounds, of the second hundred', (100 * took('last')) / took('second'), 110, '%'),
    ];
    // Where the system does not tell, there is nothing to hold to.
    if (Math.min(...idle) === 0) return invariants;
    const [before, after] = [largest('third'), largest('last')];
    const grown = `the largest tab above idle in the last hundred, of the third (${(before / 1e6).toFixed(0)} MB)`;
    return [...invariants, atMost(grown, (100 * after) / before, 110, '%')];
  } catch (error) {
    // A run ends with the first, and has nothing more to measure.
    if (tabs.uncaught.length === 0) throw error;
    return [noneUncaught(tabs.uncaught)];
  } finally {
    clearInterval(looking);
    await tabs.close();
  }
}
