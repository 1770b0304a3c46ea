/** Real tabs over many rounds: what they hold does not grow. */

import { afterEach, expect, test } from 'vitest';
import { isDone } from '../src/runner/conductor.ts';
import { Tabs } from '../src/runner/tabs.ts';
import { parameterCount } from '../src/model/model.ts';
import { defaultSettings, type Settings } from '../src/settings/settings.ts';
import { press } from './support/hands.ts';
import { TabInspector, type Holdings } from './support/holdings.ts';

let tabs: Tabs | undefined;
afterEach(async () => {
  await tabs?.close();
  tabs = undefined;
});

const TABS = 4;
const EARLY_ROUNDS = 5;

const settings: Settings = {
  ...defaultSettings(),
  samples: 20,
  hidden: [8],
  sketchSize: 16,
  testSamples: 50,
  topology: { kind: 'k-regular', degree: 2, changing: true },
};

/** What a tab remembers of a round for its charts, at most: plain objects, in the worker and on the page. */
const HISTORY_BYTES = 12_000;
/** And of code, once: what runs again and again is compiled anew, for all rounds to come. */
const CODE_BYTES = 400_000;
/** Of a share, as the page shows it. */
const IMAGES = 12;
/** What the wire q8 keeps of its neighbours, as many as the last rounds' graphs gave: given, taken, and the steps' errors. */
const KEPT_VECTORS = 3 * (TABS - 1);
const VECTOR_BYTES = 4 * parameterCount({ layers: [784, ...settings.hidden, 10] });

/** How much more may be held after so many rounds more, where it is any. */
const allowance = (rounds: number): ReadonlyMap<string, number> =>
  new Map([
    // React keeps the elements of a view or two that are gone, with their listeners and the images of a share that settings have
    // changed; a leak in every round would be more.
    ['page.listeners', rounds - 1],
    ['page.heapBytes', CODE_BYTES + HISTORY_BYTES * rounds],
    ['page.bufferBytes', 8 * rounds + 784 * IMAGES],
    ['worker.heapBytes', CODE_BYTES + HISTORY_BYTES * rounds],
    ['worker.bufferBytes', VECTOR_BYTES * KEPT_VECTORS],
    ['arrayBuffers', KEPT_VECTORS + IMAGES],
  ]);

function counts({ page, worker, arrayBuffers }: Holdings): Map<string, number> {
  const named = (place: string, held: object) => Object.entries(held).map(([name, count]): [string, number] => [`${place}.${name}`, count]);
  return new Map([['arrayBuffers', arrayBuffers], ...named('page', page), ...named('worker', worker ?? {})]);
}

/** What is held beyond what was held before and may have come since, in words. */
function excess(early: Holdings, late: Holdings, rounds: number): string[] {
  const before = counts(early);
  const spare = allowance(rounds);
  return [...counts(late)].flatMap(([name, count]) => {
    const known = before.get(name) ?? 0;
    return count > known + (spare.get(name) ?? 0) ? [`${name}: ${known}, then ${count}`] : [];
  });
}

/**
 * Trains in all tabs, for more rounds than the last time: until a tab has begun it shows what was. Tab 1 loses a channel
 * whenever it has done as many rounds as `accidents` says.
 */
async function train(inspectors: readonly TabInspector[], used: Settings, accidents: readonly number[]): Promise<void> {
  const everyone = async (condition: Parameters<Tabs['until']>[1]) => {
    for (const k of inspectors.keys()) await tabs!.until(k, condition);
  };
  await tabs!.command(0, { type: 'configure', settings: used });
  await everyone(({ status, peers, settings: { rounds } }) => {
    const areReady = peers.length === TABS - 1 && peers.every(({ readiness }) => readiness.kind === 'ready');
    return status.kind !== 'preparing' && areReady && rounds === used.rounds;
  });
  await tabs!.command(0, { type: 'start' });
  for (const round of accidents) {
    await tabs!.until(1, ({ own }) => own.length >= round);
    await inspectors[1]!.breakConnection();
  }
  await everyone((view) => isDone(view) && view.own.length === used.rounds && view.peers.every(({ channel }) => channel === 'open'));
}

test.each([
  ['wasm', 'q8', 50, [10, 30]],
  // An emulated GPU takes its time.
  ['webgpu', 'f16', 15, [6]],
] as const)(
  'on %s and the wire %s tabs hold after %d rounds what they held after 5, and nothing when they have left',
  async (backend, wire, rounds, accidents) => {
    tabs = await Tabs.open({ browsers: 1, headed: false });
    const inspectors: TabInspector[] = [];
    await tabs.fill(TABS, backend, async (page) => {
      inspectors.push(await TabInspector.open(page));
      await press(page, 'Try it with clothes');
    });
    for (const inspector of inspectors) await inspector.attachWorker();

    // With a lost channel, as later: the code that opens another is compiled once, and stays.
    await train(inspectors, { ...settings, wire, rounds: EARLY_ROUNDS }, [1]);
    const early: Holdings[] = [];
    for (const inspector of inspectors) {
      // A connection that was given up for another may take a moment to be gone.
      await expect
        .poll(() => inspector.holdings(), { timeout: 15_000 })
        .toMatchObject({
          page: { connections: TABS - 1, workers: 1 },
          // The samples.
          worker: { tensors: 1, tensorBytes: 4 * 784 * settings.samples },
        });
      early.push(await inspector.holdings());
    }

    // Long enough before the end for what a lost neighbour had to be there again.
    await train(inspectors, { ...settings, wire, rounds }, accidents);
    for (const [k, inspector] of inspectors.entries()) {
      await expect
        .poll(async () => excess(early[k]!, await inspector.holdings(), rounds - EARLY_ROUNDS), { timeout: 15_000, message: `tab ${k}` })
        .toEqual([]);
    }

    for (const page of tabs.pages) await press(page, 'Leave');
    for (const inspector of inspectors) {
      await expect
        .poll(() => inspector.holdings(), { timeout: 15_000 })
        .toMatchObject({
          page: { connections: 0, workers: 0, timers: 0 },
          worker: null,
          // The images that the last view showed.
          arrayBuffers: IMAGES,
        });
    }
  },
);
