/** `npm run bench:wire`: what the transport makes of a data channel between two real tabs, against bare messages on one. */

import { writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import type { Page } from 'playwright';
import * as v from 'valibot';
import { option, parseOptions, runCommand, toggle } from '../cli/commandLine.ts';
import type {} from './benchGlobals.ts';
import { openBenchPage } from './benchPage.ts';
import { ways, wireSummary, wireTable, type Transfer, type Way } from './wireReport.ts';

const KIB = 1024;
const BARE_BYTES = 64 * KIB;
const SMALL_BYTES = 100;

const command = {
  call: 'npm run bench:wire',
  summary: 'Sends frames between two real tabs, and bare messages over a plain channel of the same tabs in turn with them.',
  options: v.strictObject({
    json: option('FILE', 'write the measurements there', v.pipe(v.string(), v.minLength(1, 'the name of a file'))),
    quick: toggle('few bytes, sent once: whether all works, not how fast'),
  }),
};

/** `first`, then those after it, then those before it. */
const rotated = (first: number): Way[] => [...ways.slice(first % ways.length), ...ways.slice(0, first % ways.length)];

/** Opens every way between the two tabs. */
async function connect(a: Page, b: Page): Promise<void> {
  const room = `bench-${crypto.randomUUID()}`;
  await Promise.all([a, b].map((tab) => tab.evaluate((name) => wireBench.join(name), room)));
  const offer = await a.evaluate(() => wireBench.offer());
  const answer = await b.evaluate((theirs) => wireBench.answer(theirs), offer);
  await a.evaluate((theirs) => wireBench.accept(theirs), answer);
}

await runCommand(async (argv, stop) => {
  const { quick = false, json } = parseOptions(command, argv);
  // Many short runs, because a busy machine is busy by the moment.
  const { sizes, bytes, repeats, trips } = quick
    ? { sizes: [64 * KIB, 320_000], bytes: 640_000, repeats: 1, trips: 1 }
    : { sizes: [64 * KIB, 320_000, 4_000_000], bytes: 4_000_000, repeats: 8, trips: 40 };
  const { page: a, openTab, version, close } = await openBenchPage('wire');
  stop.addEventListener('abort', () => void close());
  try {
    const b = await openTab();
    await connect(a, b);
    const send = (from: Page, way: Way, size: number, count: number) =>
      from.evaluate((what) => wireBench.transfer(what.way, what.size, what.count), { way, size, count });
    /** MB/s. */
    const measure = async (way: Way, frame: number, directions: 1 | 2): Promise<number> => {
      const size = way === 'bare' ? BARE_BYTES : frame;
      // In each direction. At least three frames, so that the window matters.
      const count = Math.round(Math.max(bytes / directions, 3 * frame) / size);
      const times = await Promise.all([a, b].slice(0, directions).map((from) => send(from, way, size, count)));
      return (directions * count * size) / 1e3 / Math.max(...times);
    };
    const inTurn = async (repeat: number, of: (way: Way) => Promise<number>) => {
      const measured = { bare: 0, page: 0, worker: 0 };
      for (const way of rotated(repeat)) measured[way] = await of(way);
      return measured;
    };
    // Channels start slowly.
    for (const way of ways) await measure(way, 320_000, 2);
    const transfers: Transfer[] = [];
    for (const directions of [1, 2] as const) {
      for (const size of sizes) {
        process.stderr.write(`${size} bytes, ${directions === 1 ? 'one way' : 'both ways'}\n`);
        const runs: Transfer['runs'][number][] = [];
        for (let repeat = 0; repeat < repeats; repeat++) runs.push(await inTurn(repeat, (way) => measure(way, size, directions)));
        transfers.push({ size, directions, runs });
      }
    }
    const roundTrips: Transfer['runs'][number][] = [];
    for (let repeat = 0; repeat < trips; repeat++) roundTrips.push(await inTurn(repeat, (way) => send(a, way, SMALL_BYTES, 1)));
    const machine = { browser: `Chromium ${version}`, cpu: cpus()[0]?.model ?? 'unknown', cores: cpus().length };
    process.stdout.write(`${machine.browser}, ${machine.cores} x ${machine.cpu}\n\n`);
    process.stdout.write(`${wireTable(transfers, roundTrips)}\n\n${wireSummary(transfers, roundTrips)}\n`);
    if (json !== undefined) {
      await writeFile(json, `${JSON.stringify({ format: 'sparkmesh-bench-wire/1', machine, transfers, roundTrips }, null, 2)}\n`);
    }
  } finally {
    await close();
  }
});
